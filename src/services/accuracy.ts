import type { Json } from "../core/autoscaler/decision.ts";
import type { BucketQuality } from "../core/autoscaler/forecast/quality.ts";
import { predictionsIn } from "../core/autoscaler/policies/just-in-time/quality.ts";
import { expectedStartMs } from "../core/autoscaler/verdicts/expected-start.ts";
import {
  createReadinessTally,
  documentsMin,
  graceMs,
  readinessOf,
} from "../core/autoscaler/verdicts/readiness.ts";
import { mergeSpans, readySpans } from "../core/autoscaler/verdicts/spans.ts";
import type { Share } from "../core/slo/wilson.ts";
import { type NeedRow, readNeedsSince } from "../db/needs.ts";
import { readPolicyMemory } from "../db/scaler-state.ts";
import {
  countWastedRuns,
  type ReadyRun,
  readReadyRuns,
  readVerdictTotals,
} from "../db/verdicts.ts";
import type { ServiceContext } from "./context.ts";

/** Documents and runs looked at, the newest ones: a week of a busy installation. */
const documentsMax = 20_000;
const runsMax = 5_000;
/** Whose containers do text work. */
const textPools = ["text", "shared", "dedicated"];

/** How documents of the last `forMs` found their text containers, and what came of the starts. */
export async function readAccuracy({ sql, clock }: ServiceContext, forMs: number) {
  const nowMs = clock.nowMs();
  const sinceMs = nowMs - forMs;
  const [needs, runs, totals, wasted, memory] = await Promise.all([
    readNeedsSince(sql, ["text"], { sinceMs, limit: documentsMax + 1 }),
    readReadyRuns(sql, textPools, { sinceMs, limit: runsMax }),
    readVerdictTotals(sql, sinceMs),
    countWastedRuns(sql, sinceMs),
    readPolicyMemory(sql),
  ]);
  const isPart = needs.length > documentsMax;
  const report = reportOf(needs.slice(-documentsMax), runs, nowMs);
  const startsOf = (kind: string) => totals.find((row) => row.kind === kind)?.starts ?? 0;
  const { documents, meanWaitMs } = report;
  return {
    since: new Date(sinceMs).toISOString(),
    ...{ documents, documentsMax, isPart, documentsMin },
    accuracy: shareView(report.accuracy),
    onTime: shareView(report.raw),
    within30s: shareView(report.withinGrace),
    meanTextWaitSeconds: meanWaitMs === null ? null : meanWaitMs / 1000,
    starts: {
      ...{ onTime: startsOf("on-time"), early: startsOf("early"), late: startsOf("late") },
      ...{ unused: startsOf("unused"), failed: startsOf("failed") },
    },
    wastedPer100: documents < documentsMin ? null : (100 * wasted) / documents,
    wastedUsd: totals.reduce((sum, { microUsd }) => sum + microUsd, 0) / 1e6,
    predictions: (predictionsIn((memory ?? null) as Json) ?? []).map(predictionView),
  };
}

function predictionView({ bucket, n, quantiles }: BucketQuality) {
  return {
    progress: bucket,
    documents: n,
    quantiles: quantiles.map(({ level, coverage, pinballSeconds }) => ({
      ...{ level, coverage: shareView(coverage) },
      pinballSeconds: n < documentsMin ? null : pinballSeconds,
    })),
  };
}

function reportOf(needs: readonly NeedRow[], runs: readonly ReadyRun[], nowMs: number) {
  const ready = mergeSpans(
    runs.flatMap(({ phases, endedMs }) =>
      readySpans(
        phases.map(({ phase, at }) => ({ phase, atMs: Date.parse(at) })),
        endedMs,
      ),
    ),
  );
  const starts = runs
    .flatMap(({ requestedMs, readyMs }) =>
      readyMs === null ? [] : [{ requestedMs, tookMs: readyMs - requestedMs }],
    )
    .sort((a, b) => a.requestedMs - b.requestedMs);
  const tally = createReadinessTally();
  for (const need of needs.filter((one) => isKnown(one, nowMs))) {
    const { uploadedMs, neededMs, startedMs } = need;
    const facts = { uploadedMs, textNeededMs: neededMs, textStartMs: startedMs };
    tally.add(readinessOf(facts, ready, expectedStartMs(starts, uploadedMs)));
  }
  return tally.report();
}

/** One that waits may still begin within the grace; one that was called off asks for nothing any more. */
const isKnown = ({ neededMs, startedMs, ended }: NeedRow, nowMs: number): boolean =>
  startedMs !== null || (!ended && nowMs - neededMs > graceMs);

function shareView({ hits, of, share, low, high }: Share) {
  return of < documentsMin
    ? { hits, of, share: null, low: null, high: null }
    : { hits, of, share, low, high };
}
