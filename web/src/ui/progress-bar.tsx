import type { DocumentSummary, PipelineSummary, TaskProgress } from "../api/types.ts";
import { etaWords } from "../lib/format.ts";
import { type Drawn, drawnStore, shownPercent } from "../lib/progress.ts";
import { countWords, taskWords } from "../lib/words.ts";

const store = drawnStore();
/** What is drawn of a pipeline. Reading twice changes nothing, so a render may call it. */
export const drawnOf = (pipeline: PipelineSummary): Drawn => store.see(pipeline.id, pipeline);

export const isActive = (pipeline: PipelineSummary): boolean =>
  pipeline.state === "active" || pipeline.state === "fetching";

const fillOf = (pipeline: PipelineSummary): string => {
  if (pipeline.state === "failed") return "bg-bad";
  if (pipeline.state === "done") return "bg-good";
  if (pipeline.state === "done_with_gaps") return "bg-warn";
  if (pipeline.state === "cancelled") return "bg-line-strong";
  return "bg-accent";
};

/** What a screen reader says for the bar. */
function progressText(pipeline: PipelineSummary): string {
  const parts = [`${shownPercent(drawnOf(pipeline))} percent`, pipeline.status.name];
  if (isActive(pipeline)) parts.push(etaWords(pipeline.progress.eta));
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

/** The bar of a row: one fill, without task borders. Stripes while nothing has been planned. */
export function RowBar({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  const percent = shownPercent(drawnOf(pipeline));
  const planless = isActive(pipeline) && pipeline.progress.tasks.length === 0;
  return (
    <div
      {...aria(document)}
      className={`h-1.5 overflow-hidden rounded-full bg-track ${planless ? "bar-stripes" : ""}`}
    >
      <div
        data-fill
        className={`h-full rounded-full transition-[width] duration-200 ${fillOf(pipeline)}`}
        style={{ width: `${percent}%` }}
      />
    </div>
  );
}

/** What a stretch shows where it is not filled: being tried again, just begun, failed, left out. */
const patternOf = (task: TaskProgress): string => {
  if (task.state === "dead") return "bar-failed";
  if (task.state === "skipped" || task.state === "cancelled") return "bar-skipped";
  if (task.state === "delayed") return "bar-hatched";
  if (task.state === "leased" && task.fraction === 0) return "bar-stripes";
  return "";
};

const taskFill = (task: TaskProgress): string => {
  if (task.state === "dead") return "bg-bad";
  if (task.state === "skipped" || task.state === "cancelled") return "bg-line-strong";
  if (task.state === "done") return task.gaps.length > 0 ? "bg-warn" : "bg-good";
  return "bg-accent";
};

/** The bar of a document: a stretch a task, as wide as its weight, cut by ticks. */
export function TaskBar({ document }: { document: DocumentSummary }) {
  const { pipeline } = document;
  const { fractions } = drawnOf(pipeline);
  return (
    <div
      {...aria(document)}
      className="flex h-2.5 gap-[3px] overflow-hidden rounded-full bg-surface"
    >
      {pipeline.progress.tasks.map((task) => (
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
