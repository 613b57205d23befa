import type { Drawn } from "./canvas.ts";
import type { Kind, Slide, Truth } from "./types.ts";

const wordsIn = (text: string): number =>
  text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,%-]*/gu)?.length ?? 0;

/** What is wrong on a slide: what was planted, and what measuring all that was drawn adds to it. */
export function measuredTruth(slide: Slide, number: number, drawn: readonly Drawn[]): Truth[] {
  const found: Truth[] = slide.truth.map(({ kind, quote, optional }) => ({
    kind,
    slides: [number],
    quotes: [quote],
    ...(optional ? { optional } : {}),
  }));
  const add = (kind: Kind, quote: string, optional: boolean): void => {
    if (found.some((truth) => truth.kind === kind)) return;
    found.push({ kind, slides: [number], quotes: [quote], ...(optional ? { optional } : {}) });
  };
  const content = drawn.filter(
    ({ role, text }) => role !== "footer" && role !== "note" && wordsIn(text) >= 3,
  );
  for (const { text, size } of content) {
    if (size < 14) add("text_too_small", text, size > 12);
  }
  for (const { text, size, contrast, role } of drawn) {
    const limit = size >= 18 || role === "title" ? 3 : 4.5;
    if (role !== "footer" && role !== "note" && contrast < limit)
      add("low_contrast", text, contrast > limit * 0.92);
  }
  const words = drawn.reduce((sum, { text }) => sum + wordsIn(text), 0);
  if (words > 80) add("text_amount", content[0]?.text ?? "", words < 90);
  return found;
}
