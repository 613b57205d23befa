import type { Share } from "../../slo/wilson.ts";

/** How far a document was when its end was foretold. */
export const buckets = ["not started", "0-25 %", "25-50 %", "50-75 %", "75-100 %"] as const;
export type Bucket = (typeof buckets)[number];

/** The shares that are foretold. */
export const levels = [0.1, 0.5, 0.9] as const;

/** How good one quantile was. */
export interface QuantileQuality {
  /** 0.1, 0.5 or 0.9: the share of actual times that should lie at or below it. */
  readonly level: number;
  /** The share that did, with its 95 % interval. */
  readonly coverage: Share;
  /** Mean pinball loss in seconds; null for none. */
  readonly pinballSeconds: number | null;
}

export interface BucketQuality {
  readonly bucket: Bucket;
  readonly n: number;
  readonly quantiles: readonly QuantileQuality[];
}

/** Koenker and Bassett (1978): the loss whose mean is least at the quantile. Seconds. */
export const pinball = (level: number, predicted: number, actual: number): number =>
  actual >= predicted ? level * (actual - predicted) : (1 - level) * (predicted - actual);
