import type { Percentiles } from "./contestant.ts";

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
};

/** null: there is nothing to tell. */
export const percentilesOf = (values: readonly number[]): Percentiles | null =>
  values.length === 0
    ? null
    : {
        p50: percentile(values, 0.5),
        p95: percentile(values, 0.95),
        p99: percentile(values, 0.99),
      };
