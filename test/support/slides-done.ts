import type { EventView } from "../../src/contract/documents.ts";

const finished = (events: readonly EventView[]): string[] =>
  events
    .filter(({ type }) => type === "slide.done")
    .map(({ task, data }) => `${task} ${data.slide}`);

/** How many slides of a document a task has finished. */
export const slidesDone = (
  events: readonly EventView[],
  document: string,
  task = "visual_analysis",
): number =>
  events.filter(
    (event) => event.document === document && event.type === "slide.done" && event.task === task,
  ).length;

/** What was read of a document: each vision task and slide once, in order, is right. */
export const slidesRead = (events: readonly EventView[]): string[] =>
  finished(events).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));

/** Every slide of both vision tasks once. */
export const everySlideOnce = (pages: number): string[] =>
  ["slide_feedback", "visual_analysis"].flatMap((task) =>
    Array.from({ length: pages }, (_, index) => `${task} ${index + 1}`),
  );
