import { type ReopenPlan, reopenPlan } from "../core/pipeline/reopen-plan.ts";
import { readPoolHistory } from "../db/document-plan.ts";
import { type DocumentRow, readSupply } from "../db/documents.ts";
import { countReopenings, type KeptSlides, readKeptSlides } from "../db/reopen.ts";
import type { ServiceContext } from "./context.ts";
import { poolFacts } from "./document-plans.ts";
import type { Durations } from "./durations.ts";

interface Scope {
  readonly kind: "retry" | "rerun";
  /** Tasks that are done again. */
  readonly redone: readonly string[];
  /** Of a rerun: those that are read again; absent: all. */
  readonly slides?: readonly number[] | undefined;
}

/** Of tasks that read slides and are done again: the finished slides that stay. */
export async function keptOf(
  { sql }: ServiceContext,
  row: DocumentRow,
  { kind, redone, slides }: Scope,
): Promise<KeptSlides[]> {
  const readers = row.tasks.filter(({ task, pool }) => pool === "vision" && redone.includes(task));
  if (row.pages === 0 || readers.length === 0) return [];
  const found = await readKeptSlides(
    sql,
    row.pipelineId,
    readers.map(({ task }) => task),
  );
  return found.map((one) => ({
    ...one,
    slides: one.slides.filter((slide) =>
      slides === undefined ? kind === "retry" : !slides.includes(slide),
    ),
  }));
}

const serveAll = ["shared", "dedicated"];

/** What doing these tasks again takes, from how long such tasks took and what their pools cost. */
export async function planReopening(
  { sql }: ServiceContext,
  row: DocumentRow,
  asked: {
    readonly redone: readonly string[];
    readonly kept: readonly KeptSlides[];
    /** As another generation. */
    readonly isNew: boolean;
  },
  {
    durations,
    max,
  }: { readonly durations: Durations; readonly max: Readonly<Record<string, number>> },
): Promise<ReopenPlan & { readonly attempt: number }> {
  const { redone, kept, isNew } = asked;
  const own = Object.keys(max);
  const poolOf = (pool: string): string =>
    own.includes(pool) ? pool : (own.find((one) => serveAll.includes(one)) ?? pool);
  const learned = await durations.ofTasks(row.tasks, row.pages);
  const tasks = row.tasks.map((task, index) => ({
    ...{ task: task.task, pool: poolOf(task.pool), after: task.after },
    ...{ duration: learned[index] ?? null, wasDone: task.state === "done" },
    isRedone: redone.includes(task.task),
    slides: slidesOf(row, kept, task.task),
  }));
  const pools = [...new Set(tasks.flatMap(({ pool, isRedone }) => (isRedone ? [pool] : [])))];
  const [supply, history, before] = await Promise.all([
    readSupply(sql),
    readPoolHistory(sql, pools),
    countReopenings(sql, row),
  ]);
  const attempt = before + 2;
  const facts = pools.map((pool) => poolFacts(pool, supply, history));
  return { ...reopenPlan({ tasks, pools: facts, attempt, isNew }), attempt };
}

function slidesOf(row: DocumentRow, kept: readonly KeptSlides[], task: string) {
  const found = kept.find((one) => one.task === task);
  if (found === undefined) return null;
  const all = Array.from({ length: row.pages }, (_, index) => index + 1);
  const redone = all.filter((slide) => !found.slides.includes(slide));
  return { redone, kept: all.length - redone.length };
}
