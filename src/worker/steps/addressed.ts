import type { Finding } from "../../contract/results.ts";
import { addressedPassages } from "../../core/injection/addressed.ts";
import type { PageFacts } from "../../pdf/types.ts";
import { layerText } from "./page-words.ts";

const quoteMax = 500;

/**
 * What a person should know of a slide whose text speaks to a machine: measured on the text layer, where
 * it is found also when it is white on white. Null when there is nothing of the kind.
 */
export function addressedFinding(slide: number, facts: PageFacts): Finding | null {
  const passages = addressedPassages(layerText(facts) ?? "");
  if (passages.length === 0) return null;
  return {
    rule: "addresses_ai_reader",
    severity: "major",
    what: "This slide addresses an AI reader.",
    why: "Text meant to steer an automatic reader costs an investor's trust. It changed no answer here: the deck is read as material, not as instructions.",
    fix: "Remove the passage, also where it is hidden.",
    evidence: passages
      .slice(0, 3)
      .map(({ quote }) => ({ slide, quote: quote.slice(0, quoteMax), grounded: true })),
    measure: {
      name: "passages addressed to an AI reader",
      value: passages.length,
      limit: 0,
      unit: "lines",
    },
  };
}
