import { countUpTo } from "./sorted.ts";

/** What the start rule weighs. */
export interface StartOdds {
  /** Chance that one more instant of waiting would be free. */
  readonly early: number;
  /** Documents that are expected to wait an instant longer. */
  readonly late: number;
  /** Chance that the first document would find no replica ready. */
  readonly lateChance: number;
}

export interface StartPrices {
  /** A millisecond of the replica, and of a waiting document. */
  readonly replica: number;
  readonly waiting: number;
}

/**
 * Over the joint draws of `start` (from the request to ready) and of each document's `needs`, all in
 * milliseconds from now. `laterMs`: expected needs of documents that are not drawn, in order.
 */
export function startOdds(
  needs: readonly Float64Array[],
  start: Float64Array,
  laterMs: Float64Array,
): StartOdds {
  const draws = start.length;
  let free = 0;
  let waiting = 0;
  for (let s = 0; s < draws; s += 1) {
    const startMs = start[s] ?? 0;
    let late = laterMs.length === 0 ? 0 : countUpTo(laterMs, startMs);
    for (const need of needs) if ((need[s] ?? 0) <= startMs) late += 1;
    waiting += late;
    if (late === 0) free += 1;
  }
  return { early: free / draws, late: waiting / draws, lateChance: 1 - free / draws };
}

/**
 * Start now, or wait for the next instant: one-step look-ahead on the newsvendor. Waiting saves
 * `c early` and costs `w late`; with a goal, no chance of being late above `1 - goal` is taken either.
 * For one document it is the newsvendor's quantile: start when `P(late) >= c / (c + w)`.
 */
export function startNow(
  odds: StartOdds,
  prices: StartPrices,
  goal: number | null,
): "waiting-costs-more" | "goal" | null {
  if (prices.replica * odds.early <= prices.waiting * odds.late) return "waiting-costs-more";
  return goal !== null && odds.lateChance >= 1 - goal ? "goal" : null;
}

/** In how many milliseconds the money rule will say "start" if nothing happens until then; 0: now. */
export function startInMs(
  needs: readonly Float64Array[],
  start: Float64Array,
  prices: StartPrices,
  goal: number | null,
): number {
  const slack = new Float64Array(start.length);
  for (let s = 0; s < start.length; s += 1) {
    let least = Number.POSITIVE_INFINITY;
    for (const need of needs) least = Math.min(least, need[s] ?? 0);
    slack[s] = least - (start[s] ?? 0);
  }
  slack.sort();
  const byPrice = prices.replica / (prices.replica + prices.waiting);
  const share = goal === null ? byPrice : Math.min(byPrice, 1 - goal);
  return Math.max(0, slack[Math.ceil(share * slack.length) - 1] ?? 0);
}
