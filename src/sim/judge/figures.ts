import { type Share, wilson } from "../../core/slo/wilson.ts";
import type { PriceList } from "./judge.ts";
import { quantile } from "./sketch.ts";
import type { PoolTime, Tally } from "./tally.ts";

/** Prices of a second of waiting at which policies are compared, as multiples of a second of a text replica. */
export const waitPrices = [0.5, 1, 2, 4, 9, 20] as const;

/** What is told of a policy. Per-document figures are null where there was no document. */
export interface Figures {
  readonly documents: number;
  readonly usdPerDocument: number | null;
  readonly completionP50Ms: number | null;
  readonly completionP95Ms: number | null;
  readonly completionP99Ms: number | null;
  readonly meanDelayMs: number | null;
  readonly meanTextWaitMs: number | null;
  /** A text replica was ready, perhaps busy, when it was needed. */
  readonly onTime: Share;
  /** The first text task began within 30 s of its need. */
  readonly within30s: Share;
  /** On time among the documents for which that was possible: the predictive scaling accuracy. */
  readonly onTimeFeasible: Share;
  readonly wastedStartsPer100: number | null;
  readonly startsPer100: number | null;
  /** Hours of replica time by pool. */
  readonly hours: Readonly<Record<string, { busy: number; cold: number; idle: number }>>;
  /** J: dollars a document, waiting valued at so many times a text replica's price. By wait price. */
  readonly usdWithWaiting: Readonly<Record<string, number | null>>;
}

const hourMs = 3_600_000;

/** The figures of a stretch under one of its price lists, by its place in the list. */
export function figuresOf(tally: Tally, priceLists: readonly PriceList[], list: number): Figures {
  const prices = priceLists[list];
  if (prices === undefined) throw new RangeError(`there is no price list ${list}`);
  const each = (sum: number): number | null =>
    tally.documents === 0 ? null : sum / tally.documents;
  const at = (share: number) => quantile(tally.completion, share);
  return {
    documents: tally.documents,
    usdPerDocument: each((tally.microUsd[list] ?? 0) / 1e6),
    completionP50Ms: at(0.5),
    completionP95Ms: at(0.95),
    completionP99Ms: at(0.99),
    meanDelayMs: each(tally.delayMs),
    meanTextWaitMs: each(tally.textWaitMs),
    onTime: wilson(tally.onTime, tally.documents),
    within30s: wilson(tally.within30s, tally.documents),
    onTimeFeasible: wilson(tally.onTimeFeasible, tally.feasible),
    wastedStartsPer100: each(100 * tally.wastedStarts),
    startsPer100: each(100 * tally.starts),
    hours: Object.fromEntries([...tally.pools].map(([pool, time]) => [pool, inHours(time)])),
    usdWithWaiting: Object.fromEntries(
      waitPrices.map((w) => [w, each(usdWithWaiting(tally, prices, list, w))]),
    ),
  };
}

const inHours = ({ busyMs, coldMs, idleMs }: PoolTime) => ({
  busy: busyMs / hourMs,
  cold: coldMs / hourMs,
  idle: idleMs / hourMs,
});

/** The price of an hour against which waiting is valued: that of the pool that does text work. */
export function textMicroUsdPerHour({ name, microUsdPerHour }: PriceList): number {
  const price = microUsdPerHour.text ?? microUsdPerHour.shared;
  if (price === undefined) throw new RangeError(`the price list ${name} prices no text work`);
  return price;
}

/**
 * J_w = $ + w x (sum of completion time minus critical path), with w = `waitPrice` times the price of
 * a text replica. US dollars of the whole stretch.
 */
export function usdWithWaiting(
  tally: Tally,
  prices: PriceList,
  list: number,
  waitPrice: number,
): number {
  const waiting = (waitPrice * textMicroUsdPerHour(prices) * tally.delayMs) / hourMs;
  return ((tally.microUsd[list] ?? 0) + waiting) / 1e6;
}
