import { type Duration, estimateRemaining, percentile } from "../core/pipeline/estimate.ts";
import { type DocumentRow, readTaskDurations } from "../db/documents.ts";
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
  return {
    async etaOf(row: DocumentRow) {
      if (row.state !== "active") return null;
      const { byKey } = await durations();
      return estimateRemaining(
        row.tasks.map((task) => ({
          after: task.after,
          finished: endedStates.includes(task.state),
          fraction: task.fraction,
          duration: forPages(byKey.get(keyOf(task.task, row.engine)), task.pool, row.pages),
        })),
      );
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

interface Learned {
  readonly byKey: ReadonlyMap<string, Duration>;
  /** Of the newest result. */
  readonly engine: DocumentRow["engine"];
}
const nothing: Learned = { byKey: new Map(), engine: null };

const keyOf = (task: string, engine: DocumentRow["engine"]): string =>
  `${task}/${engine?.name ?? ""}:${engine?.model ?? ""}`;

const forPages = (duration: Duration | undefined, pool: string, pages: number): Duration | null => {
  if (!duration) return null;
  const times = pool === "vision" ? Math.max(1, pages) : 1;
  return {
    p50Seconds: duration.p50Seconds * times,
    p90Seconds: duration.p90Seconds * times,
    n: duration.n,
  };
};

async function read(context: ServiceContext): Promise<Learned> {
  const samples = new Map<string, number[]>();
  const rows = await readTaskDurations(context.sql);
  for (const row of rows) {
    const key = keyOf(row.task, row.engine);
    const seconds = row.pool === "vision" ? row.seconds / Math.max(1, row.pages) : row.seconds;
    samples.set(key, [...(samples.get(key) ?? []), seconds]);
  }
  const durations = new Map<string, Duration>();
  for (const [key, values] of samples) {
    const p50Seconds = percentile(values, 0.5) ?? 0;
    durations.set(key, { p50Seconds, p90Seconds: percentile(values, 0.9) ?? 0, n: values.length });
  }
  return { byKey: durations, engine: rows.at(-1)?.engine ?? null };
}
