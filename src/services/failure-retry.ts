import type { DocumentRow } from "../db/documents.ts";
import { readPoolRates } from "../db/failures.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";
import type { Documents } from "./documents.ts";
import { createDurations } from "./durations.ts";
import { type Group, isRetryable } from "./failure-views.ts";

export interface GroupRetryRequest {
  readonly dryRun: boolean;
  /** What failed after it is left alone. */
  readonly asOf?: string | undefined;
  readonly by: string;
}

/** Opened again at once, and how long the next ones wait: a fleet that failed is not flooded. */
const perStep = 5;
const stepSeconds = 15;
/** Documents a preview looks at one by one. */
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
 * until none is left. Throws NOTHING_TO_RETRY.
 */
export function createGroupRetry(context: ServiceContext, documents: Documents) {
  const durations = createDurations(context);
  /** @param unread slides of it that failed */
  const look = async (
    workspace: string,
    id: string,
    stage: string,
    unread: number,
  ): Promise<Work | null> => {
    const row = await documents.find(workspace, id);
    const redone = await redoneOf(documents, workspace, row, stage);
    if (redone === null) return null;
    const seconds = [];
    for (const task of row.tasks.filter(({ task }) => redone.includes(task))) {
      const eta = await durations.etaOf(aloneIn(row, task.task));
      seconds.push({ pool: task.pool, seconds: eta?.p50Seconds ?? null, n: eta?.n ?? 0 });
    }
    const slides = Math.max(unread, slidesOf(row, stage));
    return { document: id, tasks: redone.length, slides, seconds };
  };
  return async (workspace: string, group: Group, { dryRun, asOf, by }: GroupRetryRequest) => {
    const untilMs = asOf === undefined ? context.clock.nowMs() : Date.parse(asOf);
    const ids = targets(group, untilMs);
    if (ids.length === 0) throw new AppError("NOTHING_TO_RETRY", group.fingerprint);
    const done: Work[] = [];
    let tried = 0;
    for (const id of ids.slice(0, dryRun ? previewMax : ids.length)) {
      if (!dryRun && done.length >= perStep) break;
      tried += 1;
      // Seen before it is opened: afterwards nothing of it is given up.
      const work = await look(workspace, id, group.stage, unreadIn(group, id));
      if (work === null) continue;
      if (!dryRun && !(await reopened(documents, workspace, id, group.stage, by))) continue;
      done.push(work);
    }
    const cost = costOf(done, await readPoolRates(context.sql));
    return {
      ...{ fingerprint: group.fingerprint, dryRun, asOf: new Date(untilMs).toISOString() },
      documents: done.map(({ document }) => document),
      slides: done.reduce((sum, { slides }) => sum + slides, 0),
      tasks: done.reduce((sum, { tasks }) => sum + tasks, 0),
      left: ids.length - tried,
      ...{ perStep, stepSeconds, ...cost },
    };
  };
}

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

/** null: it has changed, and nothing of it is left to do. */
async function redoneOf(
  documents: Documents,
  workspace: string,
  row: DocumentRow,
  stage: string,
): Promise<readonly string[] | null> {
  const request = { kind: "retry", from: stage, dryRun: true, by: "" } as const;
  return documents.reopen(workspace, row.document, request).then(
    ({ redone }) => redone,
    (error) => orNull(error),
  );
}

const reopened = (
  documents: Documents,
  workspace: string,
  id: string,
  stage: string,
  by: string,
): Promise<boolean> =>
  documents.reopen(workspace, id, { kind: "retry", from: stage, dryRun: false, by }).then(
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
    return { workSeconds, n, microUsd: null, costNote: "Nobody charges for these machines." };
  }
  const microUsd = parts.reduce(
    (sum, { seconds }, at) => sum + ((seconds ?? 0) / 3600) * (prices[at] ?? 0),
    0,
  );
  const costNote = "Busy time at the price of each pool's newest machine; starts are not in it.";
  return { workSeconds, n, microUsd: Math.round(microUsd), costNote };
}
