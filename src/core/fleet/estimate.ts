import { charge } from "../cost/charge.ts";
import { type Candidate, type Circumstances, machineKey } from "./candidate.ts";

/** What a start on one machine is expected to take and to cost. */
export interface Estimate {
  readonly candidate: Candidate;
  /** From the order until the expected work is done. */
  readonly expectedMs: number;
  /** Millionths of a US dollar for the paid time; `unpriced` when nobody says. */
  readonly expectedMicroUsd: number | "unpriced";
}

/** Between the two limits of the request's own containers, 180 s and 240 s, with room below. */
const coldStartUnknownMs = 150_000;
/**
 * A machine that is taken away costs another cold start and the slide at hand; finished slides stay.
 * How often that happens no provider tells: a tenth more is assumed.
 */
const spotPerMille = 1_100n;

/** Slower than this no machine is: the figure is a mistake. */
const slowestKnown = 0.001;

/** A figure that cannot be is as good as none. */
const measured = (value: number | null, min: number): number | null =>
  value !== null && Number.isFinite(value) && value >= min ? value : null;

/** Cold start and work at this machine's speed, paid in its quanta; a spot machine repeats a part. */
export function estimate(candidate: Candidate, circumstances: Circumstances): Estimate {
  const { learned, expectedWorkMs } = circumstances;
  const { provider, gpu, microUsdPerHour, quantumMs } = candidate;
  const coldStartMs = measured(learned.coldStartMs(provider, gpu), 0) ?? coldStartUnknownMs;
  const throughput = measured(learned.throughput(provider, gpu), slowestKnown) ?? 1;
  const expectedMs = Math.ceil(coldStartMs + Math.max(0, expectedWorkMs) / throughput);
  if (microUsdPerHour === "unpriced") {
    return { candidate, expectedMs, expectedMicroUsd: "unpriced" };
  }
  const paid = charge({ fromMs: 0, untilMs: expectedMs, microUsdPerHour, quantumMs });
  const repeated = Number((BigInt(paid.microUsd) * spotPerMille + 999n) / 1_000n);
  return {
    candidate,
    expectedMs,
    expectedMicroUsd: candidate.spot ? repeated : paid.microUsd,
  };
}

/** What nobody charges for, then what has a price, then what has none. */
const rankOf = ({ microUsdPerHour }: Candidate): number =>
  microUsdPerHour === null ? 0 : microUsdPerHour === "unpriced" ? 2 : 1;

const costOf = ({ expectedMicroUsd }: Estimate): number =>
  expectedMicroUsd === "unpriced" ? 0 : expectedMicroUsd;

/** The cheapest first, then the earliest end, then by name: no two different machines are equal. */
export function compareEstimates(a: Estimate, b: Estimate): number {
  return (
    rankOf(a.candidate) - rankOf(b.candidate) ||
    costOf(a) - costOf(b) ||
    a.expectedMs - b.expectedMs ||
    compareCandidates(a.candidate, b.candidate)
  );
}

/** By name, then by all the rest, so that not even the order of two offers of one machine matters. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  return compareText(machineKey(a), machineKey(b)) || compareText(restOf(a), restOf(b));
}

function restOf(candidate: Candidate): string {
  const { vramGb, microUsdPerHour, isAvailable, quantumMs, sharedVramGb, usedVramGb } = candidate;
  return JSON.stringify([
    vramGb,
    microUsdPerHour,
    isAvailable,
    quantumMs,
    sharedVramGb ?? null,
    usedVramGb ?? null,
  ]);
}

/** The same on every machine, unlike an order by language. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
