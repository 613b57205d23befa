import { type DocumentRow, readDocumentsOf } from "../db/documents.ts";
import { holdRetries, readPoolRates, readRetriedSince } from "../db/failures.ts";
import { AppError } from "../errors/app-error.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { ServiceContext } from "./context.ts";
import type { Documents } from "./documents.ts";
import { createDurations } from "./durations.ts";
import { type Group, isRetryable } from "./failure-views.ts";
import { retriedTasks } from "./reopen.ts";

export interface GroupRetryRequest {
  readonly dryRun: boolean;
  /** What failed after it is left alone. */
  readonly asOf?: string | undefined;
  readonly by: string;
}

/** Opened again at once, and how long the next ones wait: a fleet that failed is not flooded. */
const perStep = 5;
const stepSeconds = 15;
/** Documents whose figures a preview adds up. */
const previewMax = 500;

interface Work {
  readonly document: string;
  readonly tasks: number;
  readonly slides: number;
  /** Of each task by pool; null: no estimate. */
  readonly seconds: readonly {
    readonly pool: string;
    readonly seconds: number | null;
    readonly n: number;
  }[];
}

/**
 * Opens documents of a group again from the stage that failed, a few at each call; the caller comes back
 * until none is left. The pace is the workspace's and is kept here: it holds for two callers at once, and over
 * a restart. Throws NOTHING_TO_RETRY.
 */
export function createGroupRetry(context: ServiceContext, documents: Documents) {
  const durations = createDurations(context);
  /** A step holds a connection while it uses others: many at once would hold all of them, and wait for ever. */
  const turn = createSemaphore(1);
  const workOf = async (row: DocumentRow, group: Group): Promise<Work | null> => {
    const from = fromOf(group);
    const redone = retriedTasks(row, from);
    if (redone === null) return null;
    const seconds = [];
    for (const task of row.tasks.filter(({ task }) => redone.includes(task))) {
      // Of a file that never came nobody knows the pages.
      const eta = row.pages === 0 ? null : await durations.etaOf(aloneIn(row, task.task));
      seconds.push({ pool: task.pool, seconds: eta?.p50Seconds ?? null, n: eta?.n ?? 0 });
    }
    const slides = Math.max(unreadIn(group, row.document), slidesOf(row, group.stage));
    return { document: row.document, tasks: redone.length, slides, seconds };
  };
  const preview = async (workspace: string, group: Group, ids: readonly string[]) => {
    const shown = ids.slice(0, previewMax);
    const rows = await readDocumentsOf(context.sql, workspace, shown);
    const found = await Promise.all(rows.map((row) => workOf(row, group)));
    return { works: found.filter((work) => work !== null), left: ids.length - shown.length };
  };
  /** At most so many of them as the last seconds leave room for. */
  const step = async (workspace: string, group: Group, ids: readonly string[], by: string) => {
    const busy = { works: [], left: ids.length, stepSeconds: 1 };
    return context.sql.begin(async (tx) => {
      if (!(await holdRetries(tx, workspace))) return busy;
      const sinceMs = context.clock.nowMs() - stepSeconds * 1000;
      const lately = await readRetriedSince(tx, workspace, new Date(sinceMs));
      if (lately.documents >= perStep) {
        const waitMs = (lately.firstAt?.getTime() ?? sinceMs) - sinceMs;
        return { ...busy, stepSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
      }
      const works: Work[] = [];
      let tried = 0;
      for (const id of ids) {
        if (works.length >= perStep - lately.documents) break;
        tried += 1;
        const [row] = await readDocumentsOf(context.sql, workspace, [id]);
        // Seen before it is opened: afterwards nothing of it is given up.
        const work = row === undefined ? null : await workOf(row, group);
        if (work === null || !(await reopened(documents, workspace, group, id, by))) continue;
        works.push(work);
      }
      return { works, left: ids.length - tried, stepSeconds };
    });
  };
  return async (workspace: string, group: Group, { dryRun, asOf, by }: GroupRetryRequest) => {
    const untilMs = asOf === undefined ? context.clock.nowMs() : Date.parse(asOf);
    const ids = targets(group, untilMs);
    // A retry in steps whose rest somebody else has opened has come to its end.
    if (ids.length === 0 && (dryRun || asOf === undefined)) {
      throw new AppError("NOTHING_TO_RETRY", group.fingerprint);
    }
    const told = dryRun
      ? { ...(await preview(workspace, group, ids)), stepSeconds }
      : await turn.run(() => step(workspace, group, ids, by));
    const { works } = told;
    return {
      ...{ fingerprint: group.fingerprint, dryRun, asOf: new Date(untilMs).toISOString() },
      documents: works.map(({ document }) => document),
      slides: works.reduce((sum, { slides }) => sum + slides, 0),
      tasks: works.reduce((sum, { tasks }) => sum + tasks, 0),
      ...{ left: told.left, perStep, stepSeconds: told.stepSeconds },
      ...costOf(works, await readPoolRates(context.sql)),
    };
  };
}

/** A file that never came has no stage yet: all of its tasks are begun. */
const fromOf = ({ stage }: Group): string | undefined => (stage === "fetch" ? undefined : stage);

/** Slides of a document that failed so and were not read since. */
const unreadIn = ({ facts }: Group, id: string): number =>
  new Set(
    facts
      .filter(({ document, standing }) => document === id && standing !== "recovered")
      .flatMap(({ slide }) => slide ?? []),
  ).size;

/** Oldest failures first. A document that failed again meanwhile is left to another retry. */
function targets({ facts }: Group, untilMs: number): string[] {
  const late = new Set(facts.filter(({ atMs }) => atMs > untilMs).map(({ document }) => document));
  const own = facts.filter((fact) => isRetryable(fact) && !late.has(fact.document)).toReversed();
  return [...new Set(own.flatMap(({ document }) => document ?? []))];
}

/** false: it has changed, and nothing of it is left to do. */
const reopened = (
  documents: Documents,
  workspace: string,
  group: Group,
  id: string,
  by: string,
): Promise<boolean> =>
  documents.reopen(workspace, id, { kind: "retry", from: fromOf(group), dryRun: false, by }).then(
    () => true,
    (error) => orNull(error) !== null,
  );

function orNull(error: unknown): null {
  const passed = ["NOTHING_TO_RETRY", "TASK_NOT_FOUND", "DOCUMENT_NOT_FOUND"];
  if (error instanceof AppError && passed.includes(error.code)) return null;
  throw error;
}

/** Slides that will be read again: its gaps, or what a dead task had not finished. */
function slidesOf(row: DocumentRow, stage: string): number {
  const task = row.tasks.find((one) => one.task === stage);
  if (task === undefined || task.pool !== "vision") return 0;
  return task.state === "done" ? task.gaps.length : Math.max(0, row.pages - (task.done ?? 0));
}

/** The pipeline as if only this task were left, as far as slides that are kept go. */
const aloneIn = (row: DocumentRow, alone: string): DocumentRow => ({
  ...row,
  state: "active",
  tasks: row.tasks.map((task) => {
    if (task.task !== alone) return { ...task, state: "done" as const };
    const isGap = task.state === "done" && task.gaps.length > 0 && row.pages > 0;
    const kept = isGap
      ? 1 - task.gaps.length / row.pages
      : task.state === "done"
        ? 0
        : task.fraction;
    return { ...task, state: "ready" as const, fraction: kept };
  }),
});

function costOf(works: readonly Work[], rates: ReadonlyMap<string, number | null>) {
  const parts = works.flatMap(({ seconds }) => seconds);
  const n = parts.length === 0 ? 0 : Math.min(...parts.map((part) => part.n));
  const unknown = { workSeconds: null, microUsd: null, n };
  if (parts.length === 0 || parts.some(({ seconds }) => seconds === null)) {
    return { ...unknown, costNote: `No estimate yet (${n} samples of tasks like these).` };
  }
  const workSeconds = parts.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
  const prices = parts.map(({ pool }) => rates.get(pool) ?? null);
  if (prices.some((price) => price === null)) {
    const costNote = "No price is known for all of these machines, or nobody charges for them.";
    return { workSeconds, n, microUsd: null, costNote };
  }
  const microUsd = parts.reduce(
    (sum, { seconds }, at) => sum + ((seconds ?? 0) / 3600) * (prices[at] ?? 0),
    0,
  );
  const costNote = "Busy time at the price of each pool's newest machine; starts are not in it.";
  return { workSeconds, n, microUsd: Math.round(microUsd), costNote };
}
