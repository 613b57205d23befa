import type { Fact } from "../../core/autoscaler/facts.ts";
import type { Happening, TextStart, ToldRun } from "../../db/scaling-facts.ts";

/**
 * What a policy learns from what has happened, in order of time.
 * @param first text tasks that were the first of their pipelines
 * @param sinceMs up to when facts were told: none is older, so that their order holds across questions
 */
export function factsOf(
  happenings: readonly Happening[],
  first: readonly TextStart[],
  sinceMs: number,
): Fact[] {
  const firsts = new Set(first.map(keyOf));
  return happenings
    .flatMap((one) => (one.run === null ? ofDocument(one, firsts) : ofReplica(one, one.run)))
    .map((fact) => (fact.atMs < sinceMs ? { ...fact, atMs: sinceMs } : fact))
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** Text tasks that may be the first of their pipelines: the earliest of each. */
export function textStarts(happenings: readonly Happening[]): TextStart[] {
  const earliest = new Map<number, number>();
  for (const one of happenings) {
    if (!isTextStart(one) || one.pipelineId === null) continue;
    const known = earliest.get(one.pipelineId) ?? Number.POSITIVE_INFINITY;
    earliest.set(one.pipelineId, Math.min(known, one.at.getTime()));
  }
  return [...earliest].map(([pipelineId, atMs]) => ({ pipelineId, atMs }));
}

const keyOf = ({ pipelineId, atMs }: TextStart): string => `${pipelineId} ${atMs}`;

const isTextStart = ({ type, pool, data }: Happening): boolean =>
  type === "task.leased" && pool === "text" && data.attempt === 1;

function ofDocument(one: Happening, firsts: Set<string>): Fact[] {
  const { type, pipeline, pipelineId } = one;
  if (pipeline === null || pipelineId === null) return [];
  const atMs = one.at.getTime();
  switch (type) {
    case "document.accepted":
    // Opened again, it comes like a new one.
    case "pipeline.rerun":
    case "pipeline.retried":
      return [{ kind: "uploaded", atMs, pipeline, slides: one.pages }];
    case "slide.done": {
      const tookMs = millis(one.data.seconds);
      if (!one.isVisual || tookMs === null) return [];
      return [{ kind: "slide-done", atMs, pipeline, tookMs }];
    }
    case "task.leased": {
      // Several of one moment are one start.
      const isFirst = isTextStart(one) && firsts.delete(keyOf({ pipelineId, atMs }));
      return isFirst ? [{ kind: "text-started", atMs, pipeline }] : [];
    }
    case "task.done":
      return ofTask(one, pipeline, atMs);
    case "pipeline.finished":
    case "pipeline.cancelled":
      return [{ kind: "pipeline-ended", atMs, pipeline }];
    default:
      return [];
  }
}

function ofTask(one: Happening, pipeline: string, atMs: number): Fact[] {
  const { pool, task, isVisual, data } = one;
  const tookMs = millis(data.seconds);
  if (pool === null || task === null || tookMs === null) return [];
  const done: Fact = { kind: "task-done", atMs, pipeline, pool, task, tookMs };
  return isVisual ? [done, { kind: "text-needed", atMs, pipeline }] : [done];
}

/** The row's own time and that of its event are taken one after the other. */
const sameMomentMs = 1_000;

function ofReplica({ type, at, data }: Happening, run: ToldRun): Fact[] {
  const { pool, replica } = data;
  if (typeof pool !== "string" || typeof replica !== "string") return [];
  const atMs = at.getTime();
  const about = { atMs, pool, replica };
  const offMs = run.endedBeforeMs === null ? null : run.requestedAtMs - run.endedBeforeMs;
  const start = { ...about, kind: "start-ended", offMs } as const;
  if (type === "container.phase") {
    const tookMs = (run.readyAtMs ?? Number.NaN) - run.requestedAtMs;
    // A second boot in the same run is ready again: that is no start.
    const isFirst = run.readyAtMs !== null && atMs - run.readyAtMs < sameMomentMs;
    return isFirst && run.isOurs ? [{ ...start, how: "ready", tookMs }] : [];
  }
  const how = type === "replica.failed" ? "failed" : "stopped";
  if (run.readyAtMs !== null) {
    return [{ ...about, kind: "replica-ended", how, worked: run.worked }];
  }
  // It ended with its control plane, some time before anybody noted it: that says nothing about starts.
  if (data.restarted === true || !run.isOurs) return [];
  return [{ ...start, how, tookMs: atMs - run.requestedAtMs }];
}

const millis = (seconds: unknown): number | null =>
  typeof seconds === "number" && seconds >= 0 ? seconds * 1000 : null;
