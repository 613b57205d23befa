import type { SlideAnalysis } from "../../contract/results.ts";
import { groundEvidence } from "../../core/grounding/grounding.ts";
import { asRecord } from "./step.ts";

/** As the contract has it. */
const quoteMax = 2000;

/**
 * Walks an engine's answer and sets `grounded` on every `{slide, quote}` in every `evidence` list,
 * whatever the engine itself said about it. Blank quotes and quotes of no slide are dropped: they prove
 * nothing, and are no reason to ask for the whole answer again. One too long to be kept proves as much cut.
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
    if (!isSlide(slide) || typeof quote !== "string" || quote.trim() === "") return [];
    return [{ slide, quote: quote.slice(0, quoteMax) }];
  });
  return groundEvidence(pieces, slides);
}

const isSlide = (slide: unknown): slide is number => Number.isInteger(slide) && Number(slide) >= 1;
