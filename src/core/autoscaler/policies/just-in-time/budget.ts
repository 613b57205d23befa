/** What was spent, and what may still be spent on replicas that nothing needs yet. */
export type BudgetState = {
  /** `w / c_T` as the budget lets it be now. */
  readonly waitPrice: number;
  /** Up to when spending is counted; null: not begun. */
  readonly countedToMs: number | null;
  /** What ran when it was last counted: millionths of a dollar a millisecond, in all and without need. */
  readonly rate: number;
  readonly speculativeRate: number;
  /** Spent in the current hour, and in each of the last 24, oldest first. */
  readonly hour: number;
  readonly spentInHour: number;
  readonly spentByHour: readonly number[];
  /** What the bucket for speculative seconds holds, in millionths of a dollar. */
  readonly tokens: number | null;
};

export const emptyBudget = (waitPrice: number): BudgetState => ({
  waitPrice,
  countedToMs: null,
  rate: 0,
  speculativeRate: 0,
  hour: 0,
  spentInHour: 0,
  spentByHour: [],
  tokens: null,
});

/** What runs at an instant, in millionths of a dollar a millisecond. */
export interface Burn {
  readonly rate: number;
  /** The part of it that serves no work: ready replicas without leases while nothing waits. */
  readonly speculativeRate: number;
}

const hourMs = 3_600_000;
const hoursOfDay = 24;
/** The bucket holds what three hours of the day's budget are. */
const depthHours = 3;
const waitPriceMin = 0.5;
const waitPriceMax = 20;

/**
 * Counted up to `nowMs` at the rates seen last; from now on `burn` counts. Each full hour moves the price
 * of waiting: `w exp(-0.5 (spent - B) / B)` with the spending of the last day, between 0.5 and 20.
 */
export function spend(
  state: BudgetState,
  burn: Burn,
  nowMs: number,
  microUsdPerDay: number,
): BudgetState {
  const depth = (microUsdPerDay / hoursOfDay) * depthHours;
  const hour = Math.floor(nowMs / hourMs);
  if (state.countedToMs === null) {
    return { ...state, ...burn, countedToMs: nowMs, hour, tokens: depth };
  }
  if (nowMs <= state.countedToMs) {
    const isSame = burn.rate === state.rate && burn.speculativeRate === state.speculativeRate;
    return isSame ? state : { ...state, ...burn };
  }
  let { waitPrice, spentInHour, spentByHour } = state;
  let fromMs = state.countedToMs;
  for (let ended = Math.max(state.hour, hour - 2 * hoursOfDay); ended < hour; ended += 1) {
    const endMs = (ended + 1) * hourMs;
    spentInHour += state.rate * Math.max(0, endMs - Math.max(fromMs, ended * hourMs));
    spentByHour = [...spentByHour.slice(1 - hoursOfDay), Math.round(spentInHour)];
    waitPrice = adapted(waitPrice, spentByHour, microUsdPerDay);
    spentInHour = 0;
    fromMs = endMs;
  }
  spentInHour += state.rate * (nowMs - fromMs);
  const passedMs = nowMs - state.countedToMs;
  const income = (microUsdPerDay / hoursOfDay / hourMs) * passedMs;
  const tokens = (state.tokens ?? depth) + income - state.speculativeRate * passedMs;
  return {
    ...burn,
    waitPrice,
    countedToMs: nowMs,
    hour,
    spentInHour,
    spentByHour,
    tokens: Math.min(depth, Math.max(0, tokens)),
  };
}

/** A day that is not full yet counts for the share of it that has passed. */
function adapted(waitPrice: number, spentByHour: readonly number[], perDay: number): number {
  const budget = (perDay * spentByHour.length) / hoursOfDay;
  const spent = spentByHour.reduce((sum, microUsd) => sum + microUsd, 0);
  const over = Math.min(4, (spent - budget) / budget);
  return Math.min(waitPriceMax, Math.max(waitPriceMin, waitPrice * Math.exp(-0.5 * over)));
}

/** What an emptying bucket takes away, one after the other. */
export type Thrift = "free" | "no-pool" | "short-keep" | "reactive";

export function thriftOf({ tokens }: BudgetState, microUsdPerDay: number | null): Thrift {
  if (microUsdPerDay === null || tokens === null) return "free";
  const share = tokens / ((microUsdPerDay / hoursOfDay) * depthHours);
  if (share <= 0) return "reactive";
  if (share < 1 / 6) return "short-keep";
  return share < 1 / 3 ? "no-pool" : "free";
}
