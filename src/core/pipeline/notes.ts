import { tellsEarlyStart } from "../autoscaler/words.ts";
import type { TaskState } from "./life-cycle.ts";

/** A replica that runs or starts, as far as the documents that wait for it go. */
export interface StartedReplica {
  /** Pools whose tasks it does. */
  serves(pool: string): boolean;
  /** Since it was asked for. */
  readonly sinceSeconds: number;
  readonly hasWorked: boolean;
  readonly isLeaving: boolean;
  /** The decision that asked for it, and its sentence as it was stored; null: none did. */
  readonly decision: number | null;
  readonly reason: string | null;
}

export interface NotedPipeline {
  readonly isOpen: boolean;
  readonly generation: number;
  /** Since it was accepted. */
  readonly seconds: number;
  readonly tasks: readonly { readonly pool: string; readonly state: TaskState }[];
}

export interface Note {
  readonly code: "begun_anew" | "started_early";
  readonly sentence: string;
  readonly decision: number | null;
}

/**
 * What is said beside the bar of a document that goes on: that the bar began anew, and what was started early
 * while it was on its way, in the words that were stored with the decision, until that has its first work.
 */
export function notesOf(pipeline: NotedPipeline, replicas: readonly StartedReplica[]): Note[] {
  if (!pipeline.isOpen) return [];
  const early = replicas.filter((replica) => isAwaited(pipeline, replica));
  return [
    ...(pipeline.generation > 1 ? [begunAnew(pipeline.generation)] : []),
    ...early.map(({ reason, decision }): Note => {
      return { code: "started_early", sentence: `${reason ?? ""}.`, decision };
    }),
  ];
}

const begunAnew = (generation: number): Note => ({
  code: "begun_anew",
  sentence: `Run ${generation} of this document: its bar began anew, at what was kept of the run before.`,
  decision: null,
});

function isAwaited({ tasks, seconds }: NotedPipeline, replica: StartedReplica): boolean {
  const { reason, hasWorked, isLeaving, sinceSeconds } = replica;
  if (reason === null || hasWorked || isLeaving || !tellsEarlyStart(reason)) return false;
  // What ran before the document came was not started for it.
  if (sinceSeconds > seconds) return false;
  return tasks.some(
    ({ pool, state }) => replica.serves(pool) && (state === "blocked" || state === "ready"),
  );
}
