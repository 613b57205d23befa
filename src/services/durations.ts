import {
  type Duration,
  durationOf,
  type Estimate,
  estimateRemaining,
  type RemainingTask,
  samplesOf,
} from "../core/pipeline/estimate.ts";
import { unitsOf } from "../core/pipeline/weights.ts";
import { type DocumentRow, readTaskDurations } from "../db/documents.ts";
import { readStartups } from "../db/learned.ts";
import type { ServiceContext } from "./context.ts";

const keptMs = 10_000;
const endedStates = ["done", "dead", "skipped", "cancelled"];

/** Time left of pipelines, from how long tasks took lately; read again every ten seconds at most. */
export function createDurations(context: ServiceContext) {
  let readAtMs = Number.NEGATIVE_INFINITY;
  let known: Promise<Learned> = Promise.resolve(nothing);
  const durations = (): Promise<Learned> => {
    const nowMs = context.clock.nowMs();
    if (nowMs - readAtMs > keptMs) {
      readAtMs = nowMs;
      known = read(context).catch(() => nothing);
    }
    return known;
  };
  const remainingOf = ({ byKey, engine }: Learned, row: DocumentRow): RemainingTask[] =>
    row.tasks.map((task) => ({
      after: task.after,
      finished: endedStates.includes(task.state),
      fraction: task.fraction,
      // Nobody has read it yet: most likely the engine does that spoke last.
      duration: forPages(byKey.get(keyOf(task.task, row.engine ?? engine)), task.pool, row.pages),
    }));
  return {
    /** Its tasks in order, each with how long such ones take; null: not learned yet. */
    tasksOf: async (row: DocumentRow) => remainingOf(await durations(), row),
    async etaOf(row: DocumentRow) {
      if (row.state !== "active") return null;
      return estimateRemaining(remainingOf(await durations(), row));
    },
    /** What is known of a pipeline's time: what is left of it, and how long its waits usually are. */
    async paceOf(row: DocumentRow): Promise<Pace> {
      const learned = await durations();
      const remaining = row.state === "active" ? remainingOf(learned, row) : [];
      return {
        eta: estimateRemaining(remaining),
        samples: samplesOf(remaining),
        startupOf: (pool) => learned.startups.get(pool) ?? null,
        taskTimeOf: (task) =>
          remaining[row.tasks.findIndex((own) => own.task === task)]?.duration ?? null,
      };
    },
    /** Of whole tasks for a document of so many pages, with the engine that spoke last; null: never seen. */
    async ofTasks(
      tasks: readonly { readonly task: string; readonly pool: string }[],
      pages: number,
    ) {
      const { byKey, engine } = await durations();
      return tasks.map(({ task, pool }) => forPages(byKey.get(keyOf(task, engine)), pool, pages));
    },
  };
}
export type Durations = ReturnType<typeof createDurations>;

export interface Pace {
  readonly eta: Estimate | null;
  /** The fewest measurements that any task left has. */
  readonly samples: number;
  /** Of the last starts of a pool, from asking for a container to its being ready. */
  startupOf(pool: string): Duration | null;
  /** Of the last tasks of this name, for as many slides. */
  taskTimeOf(task: string): Duration | null;
}

interface Learned {
  readonly byKey: ReadonlyMap<string, Duration>;
  /** Of the newest result. */
  readonly engine: DocumentRow["engine"];
  /** By pool. */
  readonly startups: ReadonlyMap<string, Duration>;
}
const nothing: Learned = { byKey: new Map(), engine: null, startups: new Map() };

const keyOf = (task: string, engine: DocumentRow["engine"]): string =>
  `${task}/${engine?.name ?? ""}:${engine?.model ?? ""}`;

const forPages = (duration: Duration | undefined, pool: string, pages: number): Duration | null => {
  if (!duration) return null;
  const times = unitsOf(pool, pages);
  return {
    p50Seconds: duration.p50Seconds * times,
    p90Seconds: duration.p90Seconds * times,
    n: duration.n,
    ...(duration.skipped === undefined ? {} : { skipped: duration.skipped }),
  };
};

async function read(context: ServiceContext): Promise<Learned> {
  const rows = await readTaskDurations(context.sql);
  const byKey = durationsBy(
    rows.map((row) => ({
      key: keyOf(row.task, row.engine),
      seconds: row.applies ? row.seconds / unitsOf(row.pool, row.pages) : null,
    })),
  );
  const starts = await readStartups(context.sql);
  const startups = durationsBy(starts.map(({ pool, seconds }) => ({ key: pool, seconds })));
  return { byKey, engine: rows.at(-1)?.engine ?? null, startups };
}

/** `seconds` null: it did not apply. */
function durationsBy(
  rows: readonly { readonly key: string; readonly seconds: number | null }[],
): Map<string, Duration> {
  const samples = new Map<string, { readonly seconds: number[]; skipped: number }>();
  for (const { key, seconds } of rows) {
    const known = samples.get(key) ?? { seconds: [], skipped: 0 };
    if (seconds === null) known.skipped += 1;
    else known.seconds.push(seconds);
    samples.set(key, known);
  }
  const durations = new Map<string, Duration>();
  for (const [key, { seconds, skipped }] of samples) {
    const duration = durationOf(seconds, skipped);
    if (duration !== null) durations.set(key, duration);
  }
  return durations;
}
