import { type Duration, samplesMin } from "./estimate.ts";
import type { ReplicaPhase, TaskState } from "./life-cycle.ts";
import { taskWords } from "./task-words.ts";

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
  /** Since that replica was asked for. */
  readonly sinceSeconds: number;
  readonly replica: string | null;
  readonly running: number;
  readonly max: number;
  /** Tasks of this pool that are ready ahead of this pipeline's. */
  readonly ahead: number;
  /** Tasks its containers work on now. */
  readonly busy?: number;
  /** How long the one that was begun first runs already; null: none does. */
  readonly busySeconds?: number | null;
  /** Of its last starts, from asking for a container to its being ready. */
  readonly startup?: Duration | null;
  /** Of the last tasks like the one that waits. */
  readonly taskTime?: Duration | null;
  /** What the provider says is wrong with that replica. */
  readonly trouble?: string | null;
  /** An operator lets nothing new start; why. */
  readonly paused?: { readonly reason: string | null } | null;
  /** The replica that ended last, when it failed: with the title of its failure. */
  readonly failed?: { readonly replica: string; readonly title: string } | null;
}

/** Why nothing runs, and until when that is expected to last. */
export interface Waiting {
  readonly code: string;
  /** Tells the estimate too, or that there is none. */
  readonly sentence: string;
  /** null: no estimate. */
  readonly untilSeconds: number | null;
  /** What was measured that the estimate rests on, or would; null where measuring tells nothing. */
  readonly samples: number | null;
}

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
const whole = (seconds: number): number => Math.max(0, Math.round(seconds));

/** Nobody knows how large the file is, or how fast it comes. */
export const fetching: Waiting = {
  code: "fetching",
  sentence: "The file is being fetched; how long that takes cannot be told.",
  untilSeconds: null,
  samples: null,
};

/** Why nothing of this pipeline runs now, or null when something does. */
export function waitingOf(tasks: readonly TaskView[], pools: readonly PoolView[]): Waiting | null {
  if (tasks.some((task) => task.state === "leased")) return null;
  const late = tasks.find((task) => task.state === "delayed");
  const waiting = tasks.filter((task) => task.state === "ready");
  // One that goes on says more than one that does not.
  const ready = waiting.find((task) => !task.stranded) ?? waiting[0];
  if (!ready && late) return retryWait(late);
  if (!ready) return null;
  if (ready.stranded) return unknown("stranded", ready.stranded, null);
  const pool = pools.find((entry) => entry.pool === ready.pool);
  if (pool?.paused && (pool.phase === null || pool.phase === "draining")) {
    const why = pool.paused.reason === null ? "" : ` (${inBrackets(pool.paused.reason)})`;
    const sentence = `The ${pool.pool} pool is paused${why}; it goes on when somebody resumes it.`;
    return unknown("pool_paused", sentence, null);
  }
  if (!pool || pool.phase === null) return firstStartWait(ready.pool, pool);
  const doing = phaseWords[pool.phase];
  if (doing) return startWait(pool, doing);
  if (pool.phase === "draining") return drainWait(pool);
  return queueWait(pool);
}

const unknown = (code: string, sentence: string, samples: number | null): Waiting => ({
  code,
  sentence,
  untilSeconds: null,
  samples,
});

/** `vision-1 failed (The model is not installed)` */
const failureWords = ({ replica, title }: NonNullable<PoolView["failed"]>): string =>
  `${replica} failed (${inBrackets(title)})`;

/** A sentence without its full stop. */
const inBrackets = (sentence: string): string => sentence.replace(/\.$/, "");

const known = (duration: Duration | null | undefined): Duration | null =>
  duration && duration.n >= samplesMin ? duration : null;

/** A container is asked for, and there is nothing yet to look at. */
function firstStartWait(name: string, pool: PoolView | undefined): Waiting {
  const why = pool?.failed
    ? `${failureWords(pool.failed)}; another one is being started`
    : `No ${name} container runs yet; one is being started`;
  const samples = pool?.startup?.n ?? 0;
  const startup = known(pool?.startup);
  if (!startup) {
    return unknown(
      "container_starting",
      `${why}, no estimate yet (${startsWords(samples)}).`,
      samples,
    );
  }
  const untilSeconds = whole(startup.p50Seconds);
  const sentence = `${why} (about ${untilSeconds} s; p90 ${whole(startup.p90Seconds)} s, n=${samples}).`;
  return { code: "container_starting", sentence, untilSeconds, samples };
}

const startsWords = (n: number): string => plural(n, "start");

/** One is on its way: how far, of how long it usually takes. */
function startWait(pool: PoolView, doing: string): Waiting {
  const seconds = whole(pool.sinceSeconds);
  const samples = pool.startup?.n ?? 0;
  const startup = known(pool.startup);
  const typical = startup
    ? `: ${seconds} s of a typical ${whole(startup.p50Seconds)} s (p90 ${whole(startup.p90Seconds)} s, n=${samples})`
    : `, ${seconds} s so far; no estimate yet (${startsWords(samples)})`;
  const trouble = pool.trouble ? ` Its provider says: ${inBrackets(pool.trouble)}.` : "";
  const before = pool.failed ? ` Before, ${failureWords(pool.failed)}.` : "";
  return {
    code: "container_starting",
    sentence: `${pool.replica ?? "A container"} ${doing}${typical}.${trouble}${before}`,
    untilSeconds: startup ? restOf(startup, pool.sinceSeconds) : null,
    samples,
  };
}

/** What is left of a start: of the median, past that of the 90th percentile, past that nobody knows. */
function restOf({ p50Seconds, p90Seconds }: Duration, passedSeconds: number): number | null {
  const end = passedSeconds <= p50Seconds ? p50Seconds : p90Seconds;
  return passedSeconds <= end ? whole(end - passedSeconds) : null;
}

function drainWait(pool: PoolView): Waiting {
  const samples = pool.startup?.n ?? 0;
  const startup = known(pool.startup);
  const after = startup
    ? ` (a start takes about ${whole(startup.p50Seconds)} s, n=${samples})`
    : `; no estimate yet (${startsWords(samples)})`;
  const sentence = `${pool.replica ?? "A container"} is finishing; another one follows${after}.`;
  return unknown("container_draining", sentence, samples);
}

function retryWait(task: TaskView): Waiting {
  const seconds = Math.max(0, Math.ceil(task.retryInSeconds ?? 0));
  const because = task.failure ? ` (${inBrackets(task.failure.title)})` : "";
  return {
    code: "retrying",
    sentence: `${taskWords(task.task)} failed${because}; attempt ${task.attempt}${roundWords(task)} starts in ${seconds} s.`,
    untilSeconds: seconds,
    samples: null,
  };
}

/** Why it waits longer than before: all attempts so far were spent. */
const roundWords = ({ round }: TaskView): string =>
  round > 1 ? `, in round ${round} of attempts,` : "";

function queueWait(pool: PoolView): Waiting {
  const busy = pool.busy ?? 0;
  if (pool.ahead === 0 && busy === 0) {
    const sentence = "A container is about to take it.";
    return { code: "claiming", sentence, untilSeconds: 0, samples: null };
  }
  const before =
    pool.ahead === 0
      ? `Next in line behind ${plural(busy, "running task")}`
      : `Waiting behind ${plural(pool.ahead, "task")}`;
  const limit =
    pool.running >= pool.max
      ? ` The ${pool.pool} pool is at its limit of ${plural(pool.max, "container")}.`
      : "";
  const samples = pool.taskTime?.n ?? 0;
  const untilSeconds = queueSeconds(pool);
  const estimate =
    untilSeconds === null
      ? `; no estimate${known(pool.taskTime) ? "" : ` yet (${plural(samples, "sample")})`}`
      : ` (about ${untilSeconds} s, n=${samples})`;
  return { code: "queued", sentence: `${before}${estimate}.${limit}`, untilSeconds, samples };
}

/**
 * Those ahead by the median of such tasks, as many side by side as run now, after what is left of the one
 * that was begun first. null: too few were measured, none runs, or that one is over its median.
 */
function queueSeconds({ ahead, busy = 0, busySeconds, taskTime }: PoolView): number | null {
  const typical = known(taskTime);
  if (!typical || busy === 0) return null;
  const left = typical.p50Seconds - (busySeconds ?? 0);
  if (ahead === 0) return left > 0 ? whole(left) : null;
  return whole(Math.max(0, left) + (ahead * typical.p50Seconds) / busy);
}
