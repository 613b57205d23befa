import type { DocumentSummary, PipelineSummary, TaskProgress } from "../api/types.ts";
import { etaWords } from "../lib/format.ts";
import { type Drawn, drawnStore, shownPercent } from "../lib/progress.ts";
import { countWords, taskWords } from "../lib/words.ts";

const store = drawnStore();
/** What is drawn of a pipeline. Reading twice changes nothing, so a render may call it. */
export const drawnOf = (pipeline: PipelineSummary): Drawn => store.see(pipeline.id, pipeline);

export const isActive = (pipeline: PipelineSummary): boolean =>
  pipeline.state === "active" || pipeline.state === "fetching";

/** What a screen reader says for the bar. */
function progressText(pipeline: PipelineSummary): string {
  const parts = [`${shownPercent(drawnOf(pipeline))} percent`, pipeline.status.name];
  const { stage, done, total, eta, samples } = pipeline.progress;
  if (stage !== null) {
    parts.push(total === null ? taskWords(stage) : `${taskWords(stage)} ${done ?? 0} of ${total}`);
  }
  if (isActive(pipeline)) parts.push(etaWords(eta, samples));
  return parts.join(", ");
}

const aria = (document: DocumentSummary) => ({
  role: "progressbar",
  "aria-label": `Progress of ${document.name}`,
  "aria-valuemin": 0,
  "aria-valuemax": 100,
  "aria-valuenow": shownPercent(drawnOf(document.pipeline)),
  "aria-valuetext": progressText(document.pipeline),
});

/** Where a stretch is not filled: failed, left out, being tried again. */
const patternOf = (task: TaskProgress): string => {
  if (task.state === "dead") return "bar-failed";
  if (isLeftOut(task)) return "bar-skipped";
  return isTriedAgain(task) ? "bar-hatched" : "";
};

const isTriedAgain = ({ state, attempt, round }: TaskProgress): boolean =>
  state === "delayed" || (state === "leased" && (attempt > 1 || round > 1));

const isLeftOut = ({ state, applicable }: TaskProgress): boolean =>
  state === "skipped" || state === "cancelled" || (state === "done" && applicable === false);

const taskFill = (task: TaskProgress): string => {
  if (task.state === "dead") return "bg-bad";
  if (isLeftOut(task)) return "bg-line-strong";
  if (task.state === "done") return task.gaps.length > 0 ? "bg-warn" : "bg-good";
  return isTriedAgain(task) ? "bg-accent bar-hatched" : "bg-accent";
};

/**
 * The bar of a document, on its page and in lists: a stretch a task, as wide as its weight, cut by ticks.
 * Stripes only while nothing has been planned; what is tried again stands still and is hatched.
 */
export function TaskBar({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  const { tasks } = pipeline.progress;
  const { fractions } = drawnOf(pipeline);
  const isPlanless = isActive(pipeline) && tasks.length === 0;
  return (
    <div
      {...aria(document)}
      className={`flex h-2.5 gap-[3px] overflow-hidden rounded-full ${isPlanless ? "bar-stripes bg-track" : ""}`}
    >
      {tasks.map((task) => (
        <div
          key={task.task}
          className={`h-full overflow-hidden bg-track ${patternOf(task)}`}
          style={{ flexGrow: task.weight, flexBasis: 0 }}
        >
          <div
            data-fill
            className={`h-full transition-[width] duration-200 ${taskFill(task)}`}
            style={{ width: `${100 * (fractions[task.task] ?? 0)}%` }}
          />
        </div>
      ))}
    </div>
  );
}

/** The words under the bar: each task with its count or state. */
export function TaskWords({ tasks }: { tasks: readonly TaskProgress[] }) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {tasks.map((task) => (
        <li key={task.task} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`size-2 rounded-full ${dotOf(task)}`} />
          <span className="text-ink-2">{taskWords(task.task)}</span>
          <span className="tabular-nums text-ink-3">{countWords(task)}</span>
        </li>
      ))}
    </ul>
  );
}

const dotOf = (task: TaskProgress): string =>
  task.state === "blocked" || task.state === "ready" ? "bg-track" : taskFill(task);
