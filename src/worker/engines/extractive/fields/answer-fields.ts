import type { PackField } from "../../../../contract/worker-protocol.ts";
import { type Deck, evidenceOf } from "../deck.ts";
import { fold, tidy } from "../text-tools.ts";

/** Values that stand behind one of a field's labels, by the field's name. */
export function answerFields(deck: Deck, fields: readonly PackField[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, answerField(deck, field)]));
}

function answerField(deck: Deck, field: PackField) {
  const labels = Object.values(field.hints.labels).flat().map(fold);
  for (const { slide, text } of deck.paragraphs) {
    const colon = text.indexOf(":");
    if (colon < 0 || !labels.includes(fold(tidy(text.slice(0, colon))))) continue;
    const value = tidy(text.slice(colon + 1));
    const evidence = [evidenceOf(slide, text)];
    if (value !== "") return { value, confidence: 0.8, evidence, conflicts: [], note: null };
  }
  return { value: null, confidence: 0, evidence: [], conflicts: [], note: null };
}
