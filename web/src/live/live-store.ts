import { useSyncExternalStore } from "react";
import { serverNowMs } from "../lib/now.ts";
import type { LiveState } from "./stream.ts";

export interface Live {
  /** How news reaches this page; `paused` when somebody wants it to stand still. */
  readonly state: LiveState | "paused";
  /** Which connection carries it: one for all tabs, this or another tab's, or this tab's alone. */
  readonly carrier: string;
}

let live: Live = { state: "connecting", carrier: "" };
let heardAt = serverNowMs();
const listeners = new Set<() => void>();

export function changeLive(next: Partial<Live>): void {
  const changed = { ...live, ...next };
  if (changed.state === live.state && changed.carrier === live.carrier) return;
  live = changed;
  for (const listener of listeners) listener();
}

/** When news, an answer or a sign of life last came in. Read by clocks, which tick by themselves. */
export const heardAtMs = (): number => heardAt;
export const noteHeard = (): void => {
  heardAt = serverNowMs();
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export const useLive = (): Live => useSyncExternalStore(subscribe, () => live);
export const isLive = (): boolean => live.state === "live";
