import type { Random } from "../../../lib/random.ts";
import { shuffle } from "./shuffle.ts";
import {
  type Distribution,
  distributionOf,
  type Starts,
  sampleOverdue,
  shareBelow,
  valueAt,
} from "./start-distribution.ts";

/** How long starts of one pool take and how often they fail. A type, not an interface: only that is plain JSON to the compiler. */
export type StartsState = {
  /** The longest that a start may last: `startup_timeout`. */
  readonly priorMaxMs: number;
  /** After less than half an hour off: image and model may still lie on the machine. */
  readonly recent: Starts;
  readonly cold: Starts;
  /** Weighted counts. */
  readonly failed: number;
  readonly succeeded: number;
};

/** Older starts of a kind are dropped. */
const startsMax = 100;
const recentMs = 30 * 60_000;
/** Failures are rarer than starts, so they are remembered for longer. */
const forgetFailure = 0.99;

/** What is believed of a pool whose starts may take `priorMaxMs` at most. */
export const emptyStarts = (priorMaxMs: number): StartsState => ({
  priorMaxMs,
  recent: { tookMs: [], how: "" },
  cold: { tookMs: [], how: "" },
  failed: 0,
  succeeded: 0,
});

/** Learns how a start ended. `stopped`: taken back, so all it says is that it lasts longer than that. */
export function learnStart(
  state: StartsState,
  start: {
    readonly how: "ready" | "failed" | "stopped";
    readonly tookMs: number;
    readonly offMs: number | null;
  },
): StartsState {
  if (!(start.tookMs >= 0) || start.tookMs === Number.POSITIVE_INFINITY) return state;
  const failed = state.failed * forgetFailure;
  const succeeded = state.succeeded * forgetFailure;
  if (start.how === "failed") return { ...state, failed: failed + 1, succeeded };
  const kind = isRecent(start.offMs) ? "recent" : "cold";
  const learned = {
    ...state,
    [kind]: added(state[kind], start.tookMs, start.how === "stopped" ? "s" : "r"),
  };
  return start.how === "stopped" ? learned : { ...learned, failed, succeeded: succeeded + 1 };
}

const added = (starts: Starts, tookMs: number, how: "s" | "r"): Starts => ({
  tookMs: [...starts.tookMs.slice(1 - startsMax), Math.round(tookMs)],
  how: `${starts.how.slice(1 - startsMax)}${how}`,
});

const isRecent = (offMs: number | null): boolean => offMs !== null && offMs < recentMs;

const ofKind = (state: StartsState, offMs: number | null): Distribution =>
  isRecent(offMs)
    ? distributionOf(state.recent, state.cold, state.priorMaxMs)
    : distributionOf(state.cold, state.recent, state.priorMaxMs);

/** The share of starts that fail: the mean of Beta(1 + failed, 20 + succeeded). */
export const failureShare = (state: StartsState): number =>
  (1 + state.failed) / (21 + state.failed + state.succeeded);

/**
 * Draws of the milliseconds from now to ready for a start that has lasted `elapsedMs` (0: one made
 * now), were it not to fail. Fills `out`, in random order.
 */
export function sampleStarts(
  state: StartsState,
  elapsedMs: number,
  offMs: number | null,
  random: Random,
  out: Float64Array,
): void {
  const { quantiles } = ofKind(state, offMs);
  const share = elapsedMs > 0 ? shareBelow(quantiles, elapsedMs) : 0;
  if (share >= 1) {
    sampleOverdue(state.priorMaxMs, elapsedMs, random, out);
    return;
  }
  for (let i = 0; i < out.length; i += 1) {
    const at = share + (1 - share) * ((i + random.next()) / out.length);
    out[i] = Math.max(0, valueAt(quantiles, at) - elapsedMs);
  }
  shuffle(out, random);
}

/** How long a start takes at most in `share` of cases, were it not to fail. */
export const startQuantileMs = (state: StartsState, share: number, offMs: number | null): number =>
  valueAt(ofKind(state, offMs).quantiles, share);

/** How long a start takes on average, were it not to fail. */
export const startMeanMs = (state: StartsState, offMs: number | null): number =>
  ofKind(state, offMs).meanMs;

/** A start that is not ready by then is stuck: 99 of 100 take less. */
export const stuckAfterMs = (state: StartsState): number =>
  Math.max(startQuantileMs(state, 0.99, null), startQuantileMs(state, 0.99, 0));
