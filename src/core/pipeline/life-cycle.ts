/** The life cycles, as data. A matrix test tries every pair of states against SQL. */
export const taskMoves = {
  blocked: ["ready", "skipped", "cancelled"],
  // Skipped from the queue: its document has come into quarantine.
  ready: ["leased", "skipped", "cancelled"],
  leased: ["done", "ready", "delayed", "dead", "skipped", "cancelled"],
  delayed: ["ready", "skipped", "cancelled"],
  // Only in a new generation: by a rerun, or by a retry of a task with gaps, and what stands on it.
  done: ["ready", "blocked"],
  dead: ["ready", "blocked"],
  // What it stands on is opened with it, and comes first.
  skipped: ["ready", "blocked"],
  cancelled: ["ready", "blocked"],
} as const satisfies Record<string, readonly string[]>;
export type TaskState = keyof typeof taskMoves;

export const pipelineMoves = {
  fetching: ["active", "failed", "cancelled"],
  active: ["done", "done_with_gaps", "failed", "cancelled"],
  // By a rerun alone.
  done: ["active"],
  done_with_gaps: ["active"],
  // Back to fetching when the file never came.
  failed: ["active", "fetching"],
  cancelled: ["active", "fetching"],
} as const satisfies Record<string, readonly string[]>;
export type PipelineState = keyof typeof pipelineMoves;

/** A replica goes forward only; from anywhere it may drain, stop or fail. */
export const replicaPhases = [
  "requested",
  "provisioning",
  "pulling_image",
  "booting",
  "pulling_model",
  "loading",
  "canary",
  "ready",
  "draining",
  "stopped",
  "failed",
] as const;
export type ReplicaPhase = (typeof replicaPhases)[number];

const endedPhases: readonly ReplicaPhase[] = ["stopped", "failed"];

export function replicaMayMove(from: ReplicaPhase, to: ReplicaPhase): boolean {
  if (endedPhases.includes(from)) return false;
  if (to === "failed" || to === "stopped") return true;
  return replicaPhases.indexOf(to) > replicaPhases.indexOf(from);
}
