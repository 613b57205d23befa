import { type Share, wilson } from "../slo/wilson.ts";
import type { Sample } from "./curve.ts";

/** A span of confidence, and how often what was said with it was right. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly meanConfidence: number;
  readonly right: Share;
}

/** Bins of equal width from 0 to 1; those without an answer are left out. */
export function reliability(samples: readonly Sample[], bins = 10): ReliabilityBin[] {
  return Array.from({ length: bins }, (_, at) => at).flatMap((at) => {
    const inside = samples.filter(
      ({ confidence }) => Math.min(bins - 1, Math.max(0, Math.floor(confidence * bins))) === at,
    );
    if (inside.length === 0) return [];
    const meanConfidence =
      inside.reduce((sum, { confidence }) => sum + confidence, 0) / inside.length;
    const right = wilson(inside.filter((one) => one.right).length, inside.length);
    return [{ from: at / bins, to: (at + 1) / bins, meanConfidence, right }];
  });
}

/** Mean squared distance between confidence and outcome (Brier, Monthly Weather Review 78, 1950); null for none. */
export function brierScore(samples: readonly Sample[]): number | null {
  if (samples.length === 0) return null;
  const sum = samples.reduce(
    (total, { confidence, right }) => total + (confidence - (right ? 1 : 0)) ** 2,
    0,
  );
  return sum / samples.length;
}

/**
 * Expected calibration error: how far confidence is from the share of right answers, bin by bin, weighted
 * by the answers of each (Naeini, Cooper and Hauskrecht, AAAI 2015). It is biased upwards where bins are
 * thin. null for none.
 */
export function calibrationError(samples: readonly Sample[], bins = 10): number | null {
  if (samples.length === 0) return null;
  return reliability(samples, bins).reduce(
    (total, { meanConfidence, right }) =>
      total + (Math.abs(meanConfidence - (right.share ?? 0)) * right.of) / samples.length,
    0,
  );
}
