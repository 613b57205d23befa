import type { HourlyPrice } from "./money.ts";

/** One line of a price book; null in a field: the line holds for any. */
interface PriceLine {
  readonly pool: string | null;
  readonly gpu: string | null;
  readonly spot: boolean | null;
  readonly microUsdPerHour: HourlyPrice;
}

/** Prices to judge costs by: as data, so that the same time can be valued in several. */
export interface PriceBook {
  readonly name: string;
  /** Paid in whole pieces of this; 0: to the millisecond. */
  readonly quantumMs: number;
  readonly lines: readonly PriceLine[];
}

/** A twelfth of a year of 365 days. */
const hoursPerMonth = 730;
const serverMicroUsdPerMonth = 800_000_000;

const ofPool = (pool: string, microUsdPerHour: number): PriceLine => ({
  pool,
  gpu: null,
  spot: null,
  microUsdPerHour,
});

/**
 * The request's own figures: $0.50 and $0.80 an hour, $800 a month for the server it replaces, and
 * no quantum. It names no container for both kinds of work: the larger of the two, which holds both
 * models, is taken for it.
 */
export const prdPriceBook: PriceBook = {
  name: "prd",
  quantumMs: 0,
  lines: [
    ofPool("vision", 500_000),
    ofPool("text", 800_000),
    ofPool("shared", 800_000),
    ofPool("dedicated", Math.round(serverMicroUsdPerMonth / hoursPerMonth)),
  ],
};

/**
 * An hour's price in millionths of a US dollar. 0 only where a line says so or nobody charges; what
 * no line names, or only lines without a price, is `unpriced`.
 */
export function priceIn(
  book: PriceBook,
  wanted: { readonly pool: string; readonly gpu: string | null; readonly spot: boolean },
): number | "unpriced" {
  const prices = book.lines
    .filter((line) => line.pool === null || line.pool === wanted.pool)
    .filter((line) => line.gpu === null || line.gpu === wanted.gpu)
    .filter((line) => line.spot === null || line.spot === wanted.spot)
    .flatMap(({ microUsdPerHour }) =>
      microUsdPerHour === "unpriced" ? [] : (microUsdPerHour ?? 0),
    );
  return prices.length === 0 ? "unpriced" : Math.max(...prices);
}
