import type { SimDocument, SimStart, Stage, World } from "../model.ts";
import { beginnings } from "./begin.ts";
import type { RecordedDocument, RecordedReplica, Recording } from "./recording.ts";

/**
 * The recorded traffic with the work that each of these very documents was, on machines that start as
 * they did: a start takes what the recorded start of its pool took that was asked for nearest to it.
 * Throws Error where a document lacks a task's time, or a pool never started.
 */
export function recordedWorld(recording: Recording, stage: Stage): World {
  const { documents, replicas } = recording;
  const begun = beginnings(recording, stage);
  const played = documents.map((one, id) => documentOf(one, id, begun[id] ?? {}, stage));
  return {
    name: "recorded",
    documents: () => played,
    start: (pool, atMs) => startOf(nearest(replicas, pool, atMs)),
  };
}

/** Whole and never none, as all time of a simulation is. */
const msOf = (ms: number): number => Math.max(1, Math.round(ms));

function documentOf(
  recorded: RecordedDocument,
  id: number,
  begun: Readonly<Record<string, number>>,
  { graph, visual }: Stage,
): SimDocument {
  let slideMs: number[] = [];
  const taskMs = graph.names.map((name, task) => {
    const doneMs = recorded.tasks[name]?.doneMs;
    const fromMs = begun[name];
    if (doneMs === undefined || fromMs === undefined) {
      throw new Error(`document ${id} has no time of ${name}`);
    }
    if (task !== visual) return msOf(doneMs - fromMs);
    slideMs = slideTimes(fromMs, recorded.slidesDoneMs, doneMs);
    return slideMs.reduce((sum, ms) => sum + ms, 0);
  });
  return { id, arrivalMs: Math.round(recorded.arrivalMs), slideMs, taskMs };
}

/**
 * What a slide took, from the end of the one before. The first has what comes before it (fetching the
 * document), and the last what comes after (storing the result), so that the whole is the lease.
 */
function slideTimes(fromMs: number, slidesDoneMs: readonly number[], doneMs: number): number[] {
  const ends = slidesDoneMs.length === 0 ? [doneMs] : [...slidesDoneMs.slice(0, -1), doneMs];
  return ends.map((endMs, at) => msOf(endMs - (ends[at - 1] ?? fromMs)));
}

function nearest(
  replicas: readonly RecordedReplica[],
  pool: string,
  atMs: number,
): RecordedReplica {
  const own = replicas.filter((one) => one.pool === pool);
  const [first] = own;
  if (first === undefined) throw new Error(`no start of ${pool} was recorded`);
  const away = ({ requestedMs }: RecordedReplica): number => Math.abs(requestedMs - atMs);
  return own.reduce((best, one) => (away(one) < away(best) ? one : best), first);
}

function startOf({ requestedMs, readyMs, stoppedMs, endMs }: RecordedReplica): SimStart {
  if (readyMs === null) {
    // One that was taken back would have been ready at some later time: its end is the best that is known.
    const how = stoppedMs === null ? "failed" : "ready";
    return { tookMs: msOf(endMs - requestedMs), how, lostAfterMs: null };
  }
  const lostAfterMs = stoppedMs === null ? msOf(endMs - readyMs) : null;
  return { tookMs: msOf(readyMs - requestedMs), how: "ready", lostAfterMs };
}
