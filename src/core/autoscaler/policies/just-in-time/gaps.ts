/** How long demand stayed below a level before it rose to it again: what a keep-alive is fitted to. */
export type LevelGaps = {
  /** The last gaps, oldest first, in milliseconds. */
  readonly gaps: readonly number[];
  /** Gaps since the last fit. */
  readonly fresh: number;
  /** Since when demand has been below this level; null: it is at it, or never was. */
  readonly belowSinceMs: number | null;
  readonly reached: boolean;
  /** The fitted time to keep an idle replica of this level; null: too few gaps were seen. */
  readonly keepMs: number | null;
};

export const emptyGaps: LevelGaps = {
  gaps: [],
  fresh: 0,
  belowSinceMs: null,
  reached: false,
  keepMs: null,
};

/** How many gaps are remembered. */
export const gapsMax = 400;
/** A fit is made again after this many new gaps, and first after `firstFit`. */
const refitEvery = 5;
const firstFit = 10;

/** Seen at `nowMs`: demand is at this level or above it, or below. Unchanged data keeps its identity. */
export function observeLevel(state: LevelGaps, isReached: boolean, nowMs: number): LevelGaps {
  if (!isReached) {
    if (!state.reached || state.belowSinceMs !== null) return state;
    return { ...state, belowSinceMs: nowMs };
  }
  if (state.belowSinceMs !== null) {
    const gapMs = Math.max(0, nowMs - state.belowSinceMs);
    return {
      ...state,
      belowSinceMs: null,
      gaps: pushed(state.gaps, gapMs),
      fresh: state.fresh + 1,
    };
  }
  return state.reached ? state : { ...state, reached: true };
}

/** The last `gapsMax` values with one more at the end. */
export function pushed(values: readonly number[], value: number, max = gapsMax): number[] {
  const kept = values.length < max ? values.slice() : values.slice(values.length - max + 1);
  kept.push(Math.round(value));
  return kept;
}

export const isFitDue = (gaps: number, fresh: number): boolean =>
  gaps >= firstFit && fresh >= refitEvery;
