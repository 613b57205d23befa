import type { PipelineState, ReplicaPhase, TaskState } from "./life-cycle.ts";

/** One state function for list, detail, stream and CLI: type for logic, name to show, a sentence. */
export interface Status {
  readonly type: "pending" | "running" | "done" | "failed" | "ended";
  readonly name: string;
  readonly sentence: string;
}

export interface TaskView {
  readonly task: string;
  readonly pool: string;
  readonly state: TaskState;
  readonly done: number | null;
  readonly total: number | null;
  readonly attempt: number;
  /** Of attempts, from 1. */
  readonly round: number;
  readonly gaps: readonly number[];
  readonly failure: { readonly title: string } | null;
  readonly retryInSeconds: number | null;
  /** Why nobody will ever take it, when it is ready and that is so. */
  readonly stranded?: string | null;
}

export interface PoolView {
  readonly pool: string;
  /** Phase of its furthest live replica; null when none runs. */
  readonly phase: ReplicaPhase | null;
  readonly sinceSeconds: number;
  readonly replica: string | null;
  readonly running: number;
  readonly max: number;
  /** Tasks of this pool that are ready ahead of this pipeline's. */
  readonly ahead: number;
  /** What the provider says is wrong with that replica. */
  readonly trouble?: string | null;
  /** An operator lets nothing new start; why. */
  readonly paused?: { readonly reason: string | null } | null;
  /** The replica that ended last, when it failed: with the title of its failure. */
  readonly failed?: { readonly replica: string; readonly title: string } | null;
}

export interface Waiting {
  readonly code: string;
  readonly sentence: string;
}

const words: Record<string, string> = {
  visual_analysis: "Reading the slides",
  slide_feedback: "Reviewing the slides",
  extractions_and_template: "Extracting the facts and answering the questions",
  specialized_clinical: "Clinical analysis",
  specialized_regulatory: "Regulatory analysis",
  specialized_science: "Science analysis",
};

/** What a task does, to begin a sentence with; a task of another pack goes by its own name. */
const taskWords = (task: string): string =>
  words[task] ?? task.charAt(0).toUpperCase() + task.slice(1).replaceAll("_", " ");

const phaseWords: Partial<Record<ReplicaPhase, string>> = {
  requested: "has been asked for",
  provisioning: "is being provided",
  pulling_image: "is loading its image",
  booting: "is starting",
  pulling_model: "is fetching its model",
  loading: "is loading its model",
  canary: "is proving its model",
};

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;
const slideList = (slides: readonly number[]): string =>
  `${slides.length === 1 ? "slide" : "slides"} ${slides.join(", ")}`;

/** Why nothing of this pipeline runs now, or null when something does. */
export function waitingOf(tasks: readonly TaskView[], pools: readonly PoolView[]): Waiting | null {
  if (tasks.some((task) => task.state === "leased")) return null;
  const late = tasks.find((task) => task.state === "delayed");
  const waiting = tasks.filter((task) => task.state === "ready");
  // One that goes on says more than one that does not.
  const ready = waiting.find((task) => !task.stranded) ?? waiting[0];
  if (!ready && late) return retryWait(late);
  if (!ready) return null;
  if (ready.stranded) return { code: "stranded", sentence: ready.stranded };
  const pool = pools.find((entry) => entry.pool === ready.pool);
  if (pool?.paused && (pool.phase === null || pool.phase === "draining")) {
    const why = pool.paused.reason === null ? "" : ` (${inBrackets(pool.paused.reason)})`;
    return { code: "pool_paused", sentence: `The ${pool.pool} pool is paused${why}.` };
  }
  if (!pool || pool.phase === null) {
    const sentence = pool?.failed
      ? `${failureWords(pool.failed)}; another one is being started.`
      : `No ${ready.pool} container runs yet; one is being started.`;
    return { code: "container_starting", sentence };
  }
  const doing = phaseWords[pool.phase];
  if (doing) {
    const seconds = Math.round(pool.sinceSeconds);
    const trouble = pool.trouble ? ` Its provider says: ${inBrackets(pool.trouble)}.` : "";
    const before = pool.failed ? ` Before, ${failureWords(pool.failed)}.` : "";
    return {
      code: "container_starting",
      sentence: `${pool.replica ?? "A container"} ${doing}, ${seconds} s so far.${trouble}${before}`,
    };
  }
  if (pool.phase === "draining") {
    return {
      code: "container_draining",
      sentence: `${pool.replica ?? "A container"} is finishing; another one follows.`,
    };
  }
  return queueWait(pool);
}

/** `vision-1 failed (The model is not installed)` */
const failureWords = ({ replica, title }: NonNullable<PoolView["failed"]>): string =>
  `${replica} failed (${inBrackets(title)})`;

/** A sentence without its full stop. */
const inBrackets = (sentence: string): string => sentence.replace(/\.$/, "");

function retryWait(task: TaskView): Waiting {
  const seconds = Math.max(0, Math.ceil(task.retryInSeconds ?? 0));
  const because = task.failure ? ` (${inBrackets(task.failure.title)})` : "";
  return {
    code: "retrying",
    sentence: `${taskWords(task.task)} failed${because}; attempt ${task.attempt}${roundWords(task)} starts in ${seconds} s.`,
  };
}

/** Why it waits longer than before: all attempts so far were spent. */
const roundWords = ({ round }: TaskView): string =>
  round > 1 ? `, in round ${round} of attempts,` : "";

function queueWait(pool: PoolView): Waiting {
  if (pool.ahead === 0) return { code: "claiming", sentence: "A container is about to take it." };
  const limit =
    pool.running >= pool.max
      ? ` The ${pool.pool} pool is at its limit of ${plural(pool.max, "container")}.`
      : "";
  return { code: "queued", sentence: `Waiting behind ${plural(pool.ahead, "task")}.${limit}` };
}

export interface PipelineView {
  readonly state: PipelineState;
  readonly tasks: readonly TaskView[];
  readonly waiting: Waiting | null;
  readonly failureTitle: string | null;
  /** Containers kept going away over it: nothing is tried again by itself. */
  readonly isQuarantined: boolean;
  readonly cancelledBy: string | null;
}

export function statusOf(pipeline: PipelineView): Status {
  const status = plainStatus(pipeline);
  if (!pipeline.isQuarantined) return status;
  const sentence = pipeline.failureTitle ?? status.sentence;
  return { type: "failed", name: "Quarantined", sentence };
}

function plainStatus(pipeline: PipelineView): Status {
  switch (pipeline.state) {
    case "fetching":
      return { type: "pending", name: "Fetching", sentence: "The file is being fetched." };
    case "active":
      return activeStatus(pipeline);
    case "done":
      return { type: "done", name: "Done", sentence: "All results are ready." };
    case "done_with_gaps":
      return { type: "done", name: "Done with gaps", sentence: gapSentence(pipeline) };
    case "failed":
      return {
        type: "failed",
        name: "Failed",
        sentence: pipeline.failureTitle ?? "No task of this pipeline succeeded.",
      };
    case "cancelled":
      return {
        type: "ended",
        name: "Cancelled",
        sentence: "Cancelled; what was finished is kept.",
      };
  }
}

function activeStatus(pipeline: PipelineView): Status {
  if (pipeline.waiting) {
    const names: Record<string, string> = {
      container_starting: "Starting container",
      retrying: "Retrying",
      stranded: "Stranded",
    };
    const type = pipeline.waiting.code === "retrying" ? "running" : "pending";
    return {
      type,
      name: names[pipeline.waiting.code] ?? "Queued",
      sentence: pipeline.waiting.sentence,
    };
  }
  const running = pipeline.tasks.filter((task) => task.state === "leased");
  const parts = running.map((task) =>
    task.total === null || task.total === 0
      ? taskWords(task.task)
      : `${taskWords(task.task)}, ${task.done ?? 0} of ${task.total}`,
  );
  const again = running.some((task) => task.attempt > 1);
  const sentence = parts.length > 0 ? `${parts.join("; ")}.` : "Between two tasks.";
  return { type: "running", name: again ? "Running again" : "Running", sentence };
}

function gapSentence(pipeline: PipelineView): string {
  const notes = pipeline.tasks.flatMap((task) => {
    if (task.gaps.length > 0)
      return [`${taskWords(task.task)}: ${slideList(task.gaps)} could not be read`];
    if (task.state === "dead") return [`${taskWords(task.task)} failed`];
    if (task.state === "skipped") return [`${taskWords(task.task)} was skipped`];
    return [];
  });
  return notes.length > 0 ? `${notes.join("; ")}.` : "Some results are missing.";
}
