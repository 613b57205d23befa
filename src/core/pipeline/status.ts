import type { PipelineState } from "./life-cycle.ts";
import { taskWords } from "./task-words.ts";
import { fetching, type TaskView, type Waiting } from "./waiting.ts";

/** One state function for list, detail, stream and CLI: type for logic, name to show, a sentence. */
export interface Status {
  readonly type: "pending" | "running" | "done" | "failed" | "ended";
  readonly name: string;
  readonly sentence: string;
}

const slideList = (slides: readonly number[]): string =>
  `${slides.length === 1 ? "slide" : "slides"} ${slides.join(", ")}`;

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
      return { type: "pending", name: "Fetching", sentence: fetching.sentence };
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
        sentence: cancelledSentence(pipeline),
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

/** `Cancelled by anna. Kept: visual analysis; slide feedback, 14 of 22.` When it was is told beside it. */
function cancelledSentence({ cancelledBy, tasks }: PipelineView): string {
  const kept = tasks.flatMap(({ task, state, done, total }) => {
    const name = task.replaceAll("_", " ");
    if (state === "done") return [name];
    return done !== null && done > 0 && total !== null ? [`${name}, ${done} of ${total}`] : [];
  });
  const who = cancelledBy === null ? "Cancelled" : `Cancelled by ${cancelledBy}`;
  if (kept.length === 0) return `${who} before anything was finished.`;
  return `${who}. Kept: ${kept.join("; ")}.`;
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
