import type { SlideAnalysis } from "../../contract/results.ts";
import { groundEvidence } from "../../core/grounding/grounding.ts";
import { asRecord } from "./step.ts";

/**
 * Walks an engine's answer and sets `grounded` on every `{slide, quote}` in every `evidence` list,
 * whatever the engine itself said about it. Blank quotes are dropped: they prove nothing.
 */
export function withGrounding(value: unknown, slides: readonly SlideAnalysis[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withGrounding(item, slides));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === "evidence" && Array.isArray(item)
        ? [key, groundList(item, slides)]
        : [key, withGrounding(item, slides)],
    ),
  );
}

function groundList(list: readonly unknown[], slides: readonly SlideAnalysis[]): unknown[] {
  const pieces = list.flatMap((item) => {
    const { slide, quote } = asRecord(item);
    if (typeof slide !== "number" || typeof quote !== "string") return [];
    return quote.trim() === "" ? [] : [{ slide, quote }];
  });
  return groundEvidence(pieces, slides);
}
