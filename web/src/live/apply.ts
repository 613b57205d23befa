import { percentOf, stageOf } from "../../../src/core/pipeline/progress.ts";
import { statusOf } from "../../../src/core/pipeline/status.ts";
import type { DocumentSummary, EventView, TaskProgress } from "../api/types.ts";

/** What a batch of events makes old: which queries must be asked again. */
export interface Stale {
  list: boolean;
  fleet: boolean;
  /** By document: its summary always, slides and results where they changed. */
  readonly documents: Map<string, { slides: boolean; results: boolean }>;
}

export const nothingStale = (): Stale => ({ list: false, fleet: false, documents: new Map() });

const changesFleet = /^(container|replica|decision|fleet|leader)\./;
const changesSlides = new Set([
  "slide.done",
  "slide.failed",
  "task.done",
  "pipeline.retried",
  "pipeline.rerun",
]);
const changesResults = new Set([
  "task.done",
  "pipeline.finished",
  "pipeline.retried",
  "pipeline.rerun",
]);

export function noteStale(stale: Stale, event: EventView): void {
  if (changesFleet.test(event.type)) stale.fleet = true;
  if (event.document === null) return;
  const known = stale.documents.get(event.document) ?? { slides: false, results: false };
  known.slides ||= changesSlides.has(event.type);
  known.results ||= changesResults.has(event.type) || event.type.startsWith("review.");
  stale.documents.set(event.document, known);
  // Rows follow slide by slide through the patch below; only turns of state reload the list.
  if (event.type !== "task.progress" && event.type !== "slide.done") stale.list = true;
  if (event.type === "task.leased" || event.type === "task.done") stale.fleet = true;
}

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

/**
 * A summary with a `task.progress` event drawn into it, at once and without asking the server.
 * Anything else, news of another pipeline, and what the summary knows already, gives the same object
 * back. Never lowers a fraction.
 */
export function patchDocument(document: DocumentSummary, event: EventView): DocumentSummary {
  const { pipeline } = document;
  const fraction = numberOf(event.data.fraction);
  if (event.type !== "task.progress" || event.pipeline !== pipeline.id || fraction === null) {
    return document;
  }
  // Of before this answer: of an older attempt, or an older generation even.
  if (event.id <= pipeline.progress.seq) return document;
  const tasks = pipeline.progress.tasks.map((task) =>
    task.task === event.task && fraction > task.fraction
      ? {
          ...task,
          fraction: Math.min(1, fraction),
          done: numberOf(event.data.done) ?? task.done,
          total: numberOf(event.data.total) ?? task.total,
        }
      : task,
  );
  const percent = percentOf(pipeline.state, tasks);
  const { task: stage = null, done = null, total = null } = stageOf(tasks) ?? {};
  const progress = {
    ...pipeline.progress,
    ...{ tasks, stage, done, total },
    percent: Math.max(pipeline.progress.percent, percent),
  };
  return { ...document, pipeline: { ...pipeline, progress, status: statusAfter(pipeline, tasks) } };
}

/** The sentence counts slides too, and is the server's own. What waits or has ended keeps its own. */
function statusAfter(
  { state, status, progress }: DocumentSummary["pipeline"],
  tasks: readonly TaskProgress[],
): DocumentSummary["pipeline"]["status"] {
  if (status.type !== "running" || progress.waiting !== null) return status;
  const views = tasks.map((task) => ({ ...task, pool: "", retryInSeconds: null }));
  const plain = { failureTitle: null, isQuarantined: false, cancelledBy: null };
  return statusOf({ state, tasks: views, waiting: null, ...plain });
}

/** A count that went on while the answer was under way is kept. */
function furtherTask(old: TaskProgress | undefined, next: TaskProgress): TaskProgress {
  const isSame =
    old?.state === "leased" &&
    next.state === "leased" &&
    old.attempt === next.attempt &&
    old.round === next.round;
  if (!isSame || old.fraction <= next.fraction) return next;
  return { ...next, fraction: old.fraction, done: old.done, total: old.total };
}

/**
 * Of two answers about a document the newer one; answers may overtake each other. What events have
 * drawn into the old one since is kept.
 */
export function newerDocument(
  old: DocumentSummary | undefined,
  next: DocumentSummary,
): DocumentSummary {
  if (old === undefined || old.pipeline.id !== next.pipeline.id) return next;
  const [before, after] = [old.pipeline, next.pipeline];
  if (after.generation !== before.generation) {
    return after.generation > before.generation ? next : old;
  }
  if (after.progress.seq < before.progress.seq) return old;
  const known = new Map(before.progress.tasks.map((task) => [task.task, task]));
  const tasks = after.progress.tasks.map((task) => furtherTask(known.get(task.task), task));
  return { ...next, pipeline: { ...after, progress: { ...after.progress, tasks } } };
}
