import type { Finding } from "../../contract/results.ts";
import { addressedPassages } from "../../core/injection/addressed.ts";

export const addressedRule = "addresses_ai_reader";
const quoteMax = 500;
const quotesMax = 3;

/** Passages of all texts, a line each; one that holds another, as a paragraph its line, is not told again. */
function passagesIn(texts: readonly string[]): string[] {
  const told: string[] = [];
  for (const { quote } of texts.flatMap(addressedPassages)) {
    if (!told.some((one) => quote.includes(one))) told.push(quote);
  }
  return told;
}

/**
 * What a person should know of a slide whose text speaks to a machine, out of every way the slide was
 * read: the text layer, where it is found also when it is white on white, and the words of its pictures.
 * Null when there is nothing of the kind.
 */
export function addressedFinding(slide: number, texts: readonly string[]): Finding | null {
  const passages = passagesIn(texts);
  if (passages.length === 0) return null;
  return {
    rule: addressedRule,
    severity: "major",
    what: "This slide addresses an AI reader.",
    why: "Text meant to steer an automatic reader costs an investor's trust. It changed no answer here: the deck is read as material, not as instructions.",
    fix: "Remove the passage, also where it is hidden.",
    evidence: passages
      .slice(0, quotesMax)
      .map((quote) => ({ slide, quote: quote.slice(0, quoteMax), grounded: true })),
    measure: {
      name: "passages addressed to an AI reader",
      value: passages.length,
      limit: 0,
      unit: "lines",
    },
  };
}
