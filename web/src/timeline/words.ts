import { clockWords, durationWords } from "../lib/format.ts";
import type { BandKind, BoxState, Chart } from "./model.ts";

export const bandWords: Readonly<Record<BandKind, string>> = {
  wait: "asked for, no machine yet",
  pull: "pulling",
  load: "booting and loading",
  ready: "ready",
  drain: "draining",
};

export const stateWords: Readonly<Record<BoxState, string>> = {
  running: "running",
  done: "done",
  failed: "failed",
  back: "given back",
  planned: "planned",
};

/** A moment of the chart: by the clock, or since its beginning. */
export function atWords(ms: number, { zeroMs }: Pick<Chart, "zeroMs">, wall: boolean): string {
  if (wall) return clockWords(new Date(ms).toISOString());
  const seconds = (ms - zeroMs) / 1000;
  if (Math.abs(seconds) < 0.5) return "0 s";
  return seconds < 0 ? `-${durationWords(-seconds)}` : durationWords(seconds);
}

/** One digit where a second is a lot. */
export function tookWords(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : durationWords(seconds);
}
