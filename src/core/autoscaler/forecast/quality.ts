import { type Share, wilson } from "../../slo/wilson.ts";

/** How far a document was when its end was foretold. */
export const buckets = ["not started", "0-25 %", "25-50 %", "50-75 %", "75-100 %"] as const;
export type Bucket = (typeof buckets)[number];

/** The shares that are foretold. */
export const levels = [0.1, 0.5, 0.9] as const;

/** What was foretold, and what came. */
export interface Prediction {
  readonly bucket: Bucket;
  readonly q10Seconds: number;
  readonly q50Seconds: number;
  readonly q90Seconds: number;
  readonly actualSeconds: number;
}

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

/** How good predictions were, by how far the document was; every bucket is in the answer. */
export function predictionQuality(predictions: readonly Prediction[]): readonly BucketQuality[] {
  return buckets.map((bucket) => {
    const own = predictions.filter((prediction) => prediction.bucket === bucket);
    return { bucket, n: own.length, quantiles: levels.map((level) => qualityOf(level, own)) };
  });
}

function qualityOf(level: (typeof levels)[number], own: readonly Prediction[]): QuantileQuality {
  let hits = 0;
  let loss = 0;
  for (const prediction of own) {
    const predicted = quantileOf(prediction, level);
    if (prediction.actualSeconds <= predicted) hits += 1;
    loss += pinball(level, predicted, prediction.actualSeconds);
  }
  return {
    level,
    coverage: wilson(hits, own.length),
    pinballSeconds: own.length === 0 ? null : loss / own.length,
  };
}

function quantileOf(prediction: Prediction, level: (typeof levels)[number]): number {
  if (level === 0.1) return prediction.q10Seconds;
  return level === 0.5 ? prediction.q50Seconds : prediction.q90Seconds;
}
