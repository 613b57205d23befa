import type { LookPace } from "../model.ts";

/** When the scaler looks next. Infinite: not before something happens. */
export interface Looks {
  nextMs(): number;
  happened(nowMs: number): void;
  /** @param isBusy documents are on their way */
  looked(nowMs: number, againAtMs: number | null, isBusy: boolean): void;
}

/** Without a pace it looks at whatever happens, at once. */
export function createLooks(pace: LookPace | undefined): Looks {
  return pace === undefined ? atOnce() : paced(pace);
}

function atOnce(): Looks {
  let nextMs = Number.POSITIVE_INFINITY;
  return {
    nextMs: () => nextMs,
    happened(nowMs) {
      nextMs = nowMs;
    },
    looked(nowMs, againAtMs) {
      nextMs = Math.max(nowMs + 1, Math.ceil(againAtMs ?? Number.POSITIVE_INFINITY));
    },
  };
}

function paced({ pauseMs, everyMs, delayMs }: LookPace): Looks {
  let nextMs = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    nextMs: () => nextMs,
    happened(nowMs) {
      nextMs = Math.min(nextMs, Math.max(nowMs + delayMs, lastMs + pauseMs));
    },
    looked(nowMs, againAtMs, isBusy) {
      lastMs = nowMs;
      nextMs = isBusy || againAtMs !== null ? nowMs + everyMs : Number.POSITIVE_INFINITY;
    },
  };
}
