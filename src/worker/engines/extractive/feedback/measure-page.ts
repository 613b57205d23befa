import type { SlideFindings } from "../../../../contract/results.ts";
import type { RenderedPage } from "../../../../pdf/types.ts";
import { analyse } from "../analyse.ts";
import { assemble, readingOf } from "../page-text.ts";
import { giveFeedback } from "./feedback.ts";

/**
 * What is measured on a page beside a model's opinion: sizes, contrast, labels and sources, and the numbers it
 * states. Only where the text layer holds all words of the page; nothing is read off pictures here. Throws
 * when the picture is none.
 */
export async function measurePage(
  { facts, jpeg, page }: Pick<RenderedPage, "facts" | "jpeg" | "page">,
  slides: number,
  thisYear: number,
): Promise<Pick<SlideFindings, "findings" | "figures">> {
  if (readingOf(facts) !== "text_layer") return { findings: [], figures: [] };
  const text = assemble(facts, null);
  const analysis = analyse({ slide: page, slides }, facts, text);
  return await giveFeedback(analysis, facts, text, jpeg, thisYear);
}
