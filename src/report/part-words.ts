import type { DocumentResults, DocumentSummary, TaskProgress } from "../contract/documents.ts";
import { oneLine, plural } from "../core/text/one-line.ts";
import { taskTitle } from "./generic.ts";

/** What is missing of the results and why, a sentence each. Empty: all that there will be is there. */
export function partWords(document: DocumentSummary, all: DocumentResults): string[] {
  const { pipeline, pages } = document;
  // How older generations ended is not told any more.
  if (all.generation < pipeline.generation) return [];
  const stopped = pipeline.state === "cancelled" || pipeline.state === "failed";
  return [
    ...(all.complete ? [] : [soFar(all.results.visual_analysis?.slides.length ?? 0, pages)]),
    ...(pipeline.state === "cancelled"
      ? ["Cancelled before it was done: what was finished is here."]
      : []),
    ...(pipeline.state === "failed" && pipeline.failure !== null
      ? [`Failed: ${oneLine(pipeline.failure.title)}`]
      : []),
    ...pipeline.progress.tasks.flatMap((task) => taskWords(task, stopped)),
  ];
}

const soFar = (read: number, pages: number): string =>
  read === 0 || read >= pages
    ? "Not finished yet: more will come."
    : `Not finished yet, ${read} of ${plural(pages, "slide")} so far: more will come.`;

function taskWords(task: TaskProgress, stopped: boolean): string[] {
  const name = taskTitle(task.task);
  if (task.gaps.length > 0) {
    const which = task.gaps.length === 1 ? "slide" : "slides";
    return [`${name}: ${which} ${task.gaps.join(", ")} could not be read.`];
  }
  if (task.state === "dead") return [`${name} failed: ${oneLine(task.failure?.title ?? "")}`];
  if (task.state === "skipped" && !stopped)
    return [`${name} was skipped: a task before it failed.`];
  return [];
}
