import { percentile } from "../../core/pipeline/estimate.ts";
import { histogram, splitHandoff } from "../../core/slo/handoff.ts";
import type { NeedRow } from "../../db/needs.ts";
import type { TextContainer, TextWork } from "../../db/slos.ts";

export const handoffSource =
  "stored results and attempts: from the last result text work stands on until its first attempt";

/** All handoffs of the window that have begun. */
export function handoffsView(
  needs: readonly NeedRow[],
  works: readonly TextWork[],
  containers: readonly TextContainer[],
  nowMs: number,
) {
  const begun = needs.flatMap((need) =>
    need.startedMs === null ? [] : [{ ...need, startedMs: need.startedMs }],
  );
  const waits = begun.map(({ neededMs, startedMs }) => Math.max(0, startedMs - neededMs) / 1000);
  return {
    asOf: new Date(nowMs).toISOString(),
    ...{ n: waits.length, source: handoffSource },
    p50Seconds: percentile(waits, 0.5),
    p95Seconds: percentile(waits, 0.95),
    buckets: histogram(waits),
    split: meanSplit(begun, works, containers),
  };
}

function meanSplit(
  begun: readonly (NeedRow & { readonly startedMs: number })[],
  works: readonly TextWork[],
  containers: readonly TextContainer[],
) {
  const known = new Map(containers.map((one) => [one.container, one]));
  const near = worksNear(works);
  const firstOf = new Map<number, TextWork>();
  for (const work of works) {
    if (work.generation === 1 && !firstOf.has(work.pipelineId)) firstOf.set(work.pipelineId, work);
  }
  const splits = begun.flatMap(({ pipelineId, neededMs, startedMs }) => {
    const first = firstOf.get(pipelineId);
    const container = known.get(first?.container ?? "");
    if (first === undefined || container === undefined) return [];
    const { readyMs, slots } = container;
    const others = near(first.container, neededMs, startedMs).filter((work) => work !== first);
    return [splitHandoff({ neededMs, startedMs, readyMs, slots }, others)];
  });
  if (splits.length === 0) return null;
  const mean = (of: (split: (typeof splits)[number]) => number): number =>
    splits.reduce((sum, split) => sum + of(split), 0) / splits.length / 1000;
  return {
    n: splits.length,
    coldStartSeconds: mean(({ coldStartMs }) => coldStartMs),
    queueSeconds: mean(({ queueMs }) => queueMs),
    claimSeconds: mean(({ claimMs }) => claimMs),
  };
}

/** Work of a container that may go on within a span: a machine of one's own has months of it. */
function worksNear(works: readonly TextWork[]) {
  const byContainer = new Map<string, { own: TextWork[]; longestMs: number }>();
  for (const work of works) {
    const known = byContainer.get(work.container) ?? { own: [], longestMs: 0 };
    known.own.push(work);
    known.longestMs = Math.max(known.longestMs, work.untilMs - work.fromMs);
    byContainer.set(work.container, known);
  }
  return (container: string, fromMs: number, untilMs: number): readonly TextWork[] => {
    const { own, longestMs } = byContainer.get(container) ?? { own: [], longestMs: 0 };
    return own.slice(firstFrom(own, fromMs - longestMs), firstFrom(own, untilMs));
  };
}

/** Index of the first work that began at an instant or later; they are in that order. */
function firstFrom(works: readonly TextWork[], atMs: number): number {
  let [low, high] = [0, works.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((works[middle]?.fromMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
