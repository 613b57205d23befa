import type { DocumentSummary } from "../api/types.ts";

export type ReopenKind = "retry" | "rerun";
export type Choice = "failed" | "skip" | "stage" | "slides" | "all";

/** What to ask the server for; null: not enough is chosen yet. */
export interface Asked {
  readonly kind: ReopenKind;
  readonly body: {
    readonly from?: string | number;
    readonly slides?: readonly number[];
    readonly skipFailed?: true;
  };
}

/** Whether there is anything a retry could mend. */
export const canRetry = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.state === "failed" ||
  pipeline.state === "cancelled" ||
  pipeline.progress.tasks.some((task) => task.state === "dead") ||
  // Gaps are for the time when all else has come.
  (pipeline.state === "done_with_gaps" && gapsOf({ pipeline }).length > 0);

export const gapsOf = ({ pipeline }: Pick<DocumentSummary, "pipeline">): number[] =>
  [...new Set(pipeline.progress.tasks.flatMap(({ gaps }) => gaps))].sort((a, b) => a - b);

/** Layers of more than one task: one task is chosen by its name. */
export function sharedLayers({ pipeline }: DocumentSummary): readonly number[] {
  const layers = pipeline.progress.tasks.map(({ layer }) => layer);
  return [...new Set(layers)].filter(
    (layer) => layers.indexOf(layer) !== layers.lastIndexOf(layer),
  );
}

/** "7, 9-11" -> [7, 9, 10, 11]; null: not numbers of this document's slides. */
export function slidesIn(text: string, pages: number): number[] | null {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== "");
  const found = parts.flatMap((part) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (!(first >= 1 && last >= first && last <= pages)) return [Number.NaN];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  const slides = [...new Set(found)].sort((a, b) => a - b);
  return slides.length === 0 || slides.length > 1000 || slides.some(Number.isNaN) ? null : slides;
}

/** @param stage a task's name, or `#` and a layer */
export function askedFor(
  choice: Choice,
  { stage, slides }: { readonly stage: string; readonly slides: readonly number[] | null },
): Asked | null {
  switch (choice) {
    case "failed":
      return { kind: "retry", body: {} };
    case "skip":
      return { kind: "retry", body: { skipFailed: true } };
    case "all":
      return { kind: "rerun", body: {} };
    case "slides":
      return slides === null ? null : { kind: "retry", body: { slides } };
    case "stage":
      return {
        kind: "rerun",
        body: { from: stage.startsWith("#") ? Number(stage.slice(1)) : stage },
      };
  }
}
