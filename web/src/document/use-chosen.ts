import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { createContext, useContext } from "react";
import type { Evidence } from "../api/types.ts";
import { common, type KeyAction, useKeys } from "../shell/keys.ts";

const route = getRouteApi("/documents/$id");

/** Whether keys are about this table: of several on a screen, they are about one. */
export const HasKeys = createContext(true);
const noKeys: readonly KeyAction[] = [];

/** The row that is looked at, by its path, in the address; `j` and `k` go on and back. */
export function useChosen(group: string, paths: readonly string[]) {
  const { at, slide, quote } = route.useSearch();
  const navigate = useNavigate({ from: "/documents/$id" });
  const index = Math.max(0, at === undefined ? 0 : paths.indexOf(at));
  const path = paths[index];
  const choose = (at: string): void =>
    void navigate({
      search: ({ slide: _slide, quote: _quote, ...rest }) => ({ ...rest, at }),
      replace: true,
      resetScroll: false,
    });
  const step = (by: number) => (): void => {
    const to = paths[index + by];
    if (to === undefined) return;
    choose(to);
    document
      .querySelector(`[data-choice="${CSS.escape(to)}"]`)
      ?.scrollIntoView({ block: "nearest" });
  };
  const next = { ...common.next, run: step(1) };
  const previous = { ...common.previous, run: step(-1) };
  useKeys(group, useContext(HasKeys) ? [next, previous] : noKeys);
  return {
    path,
    choose,
    chosen: { slide, quote },
    show: ({ slide: shown, quote: words }: Evidence): void =>
      void navigate({
        search: (old) => ({ ...old, slide: shown, quote: words }),
        replace: true,
        resetScroll: false,
      }),
  };
}
