import { useSyncExternalStore } from "react";
import { serverNowMs } from "../lib/now.ts";
import { isAsked } from "../session/session-store.ts";
import type { Carrier } from "./connect.ts";
import type { LiveState } from "./stream.ts";

export interface Live {
  /** How news reaches this page. */
  readonly state: LiveState;
  /** Somebody wants it to stand still. */
  readonly paused: boolean;
  /** Which connection carries the news; null until one does. */
  readonly carrier: Carrier | null;
}

let live: Live = { state: "connecting", paused: false, carrier: null };
let heardAt = serverNowMs();
const listeners = new Set<() => void>();
const pauseListeners = new Set<(paused: boolean) => void>();

export function changeLive(next: Partial<Live>): void {
  const before = live;
  const changed = { ...live, ...next };
  const keys = ["state", "paused", "carrier"] as const;
  if (keys.every((key) => changed[key] === before[key])) return;
  live = changed;
  for (const listener of listeners) listener();
  if (changed.paused === before.paused) return;
  for (const listener of pauseListeners) listener(changed.paused);
}

export const togglePause = (): void => changeLive({ paused: !live.paused });

/** When news, an answer or a sign of life last came in. Read by clocks, which tick by themselves. */
export const heardAtMs = (): number => heardAt;
export const noteHeard = (): void => {
  heardAt = serverNowMs();
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export function onPause(listener: (paused: boolean) => void): () => void {
  pauseListeners.add(listener);
  return () => pauseListeners.delete(listener);
}
export const useLive = (): Live => useSyncExternalStore(subscribe, () => live);
export const liveState = (): LiveState => live.state;
export const isPaused = (): boolean => live.paused;
/** Nobody looks, or somebody wants it to stand still: nothing is asked for meanwhile. */
export const isStill = (): boolean => document.hidden || isPaused() || isAsked();
/** The stream is there and followed: what is shown is of now, though nothing came. */
export const isLive = (): boolean => live.state === "live" && !live.paused;
