import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Evidence } from "../api/types.ts";
import { common, useKeys } from "../shell/keys.ts";

const route = getRouteApi("/documents/$id");

/** The row that is looked at, by its path, in the address; `j` and `k` go on and back. */
export function useChosen(group: string, paths: readonly string[]) {
  const { at, slide, quote } = route.useSearch();
  const navigate = useNavigate({ from: "/documents/$id" });
  const index = Math.max(0, at === undefined ? 0 : paths.indexOf(at));
  const path = paths[index];
  const choose = (next: string | undefined): void => {
    if (next === undefined) return;
    void navigate({
      search: ({ slide: _slide, quote: _quote, ...rest }) => ({ ...rest, at: next }),
      replace: true,
      resetScroll: false,
    });
  };
  const step = (by: number) => (): void => {
    choose(paths[index + by]);
    const row = document.querySelectorAll<HTMLElement>("[data-choice]")[index + by];
    row?.scrollIntoView({ block: "nearest" });
  };
  useKeys(group, [
    { ...common.next, run: step(1) },
    { ...common.previous, run: step(-1) },
  ]);
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
