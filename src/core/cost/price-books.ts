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
export const hoursPerMonth = 730;
/** Of the server that on-demand containers replace: the request's figure. */
export const serverMicroUsdPerMonth = 800_000_000;

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

const ofGpu = (gpu: string, onDemandUsd: number, spotUsd: number): readonly PriceLine[] => [
  { pool: null, gpu, spot: false, microUsdPerHour: Math.round(onDemandUsd * 1_000_000) },
  { pool: null, gpu, spot: true, microUsdPerHour: Math.round(spotUsd * 1_000_000) },
];

/**
 * Verda's list prices for containers, one GPU each, and its billing by started ten minutes: pinned, so
 * that figures can be repeated; a running installation reads its provider's prices instead. Source: the
 * price catalogue of the provider's API as captured on 2026-08-11 in a test of its own command line
 * (`verda-cli`); the interval from docs.verda.com/containers. GPUs that it lists without a price are left out.
 */
export const verdaPriceBook: PriceBook = {
  name: "verda",
  quantumMs: 600_000,
  lines: [
    ...ofGpu("B300", 8.25, 4.13),
    ...ofGpu("B200", 6.72, 3.36),
    ...ofGpu("H200", 4.4, 2.2),
    ...ofGpu("H100", 3.58, 1.79),
    ...ofGpu("RTX PRO 6000", 2.08, 1.04),
    ...ofGpu("L40S", 1.51, 0.75),
  ],
};

/** The GPU that a pool's containers are taken to run on where nothing else is said: both models fit into its 48 GB. */
export const usualGpu = "L40S";

/** All that are pinned here. */
export const priceBooks: readonly PriceBook[] = [prdPriceBook, verdaPriceBook];

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
