import type { Evidence } from "../../../../contract/results.ts";
import { type Paragraph, sureEvidenceOf } from "../deck.ts";
import { genericNameWords } from "../terms/name-words.ts";
import { stopWords } from "../terms/stop-words.ts";
import { fold, keyOf, tidy } from "../text-tools.ts";

/** A possible name: every spelling of one key, and the kinds of sign that speak for it. */
export interface Candidate {
  readonly key: string;
  score: number;
  readonly sources: Set<string>;
  readonly forms: Map<string, number>;
  readonly evidence: Evidence[];
}

const legalForm =
  /[\s,]+(?:inc|incorporated|corp|corporation|llc|ltd|limited|gmbh|ag|ug|s\.?a\.?s?|sarl|s\.?l\.?u?|s\.?r\.?l|b\.?v|plc|pty|pte|oy|ab|a\/s|aps|co|lda|ltda)\.?$/iu;
const noName =
  /\s(?:by|for|with|to|your|our|is|are|für|para|pour)\s|^(?:template|powered|hackathon|challenge)\b|^copyright/iu;

const smallWords = new Set(Object.values(stopWords).flat());

/** Made of ordinary deck words alone. */
export const generic = (text: string): boolean => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  // Small words with their accents: a name may look like one that has lost them.
  return words.every(
    (word) => genericNameWords.has(fold(word)) || smallWords.has(word) || /^\d+$/u.test(word),
  );
};

/** Cuts what stands around a name: separators, legal form, dates, "Pitch Deck". */
export function cleaned(text: string): string {
  // OCR reads marks beside a logo as "1]" or "|".
  let name = tidy(text)
    .replace(/^(?:\d{1,2}[\]).]\s*)+/u, "")
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N})]+$/gu, "");
  name = name.replace(/[™®©]/gu, "").replace(/['’]s?$/u, "");
  for (let before = ""; before !== name; ) {
    before = name;
    name = name.replace(legalForm, "").replace(/[.,;:\s]+$/u, "");
  }
  return name;
}

const plausible = (name: string): boolean => {
  const words = name.split(" ");
  return (
    words.length <= 4 &&
    name.length >= 2 &&
    name.length <= 40 &&
    /\p{L}{2}/u.test(name) &&
    !/[@:!?%$€"]|^\d+(?:[.,/]|\s?(?:st|nd|rd|th)?(?:\s|$)(?!\p{Lu}))/u.test(name) &&
    !noName.test(name) &&
    !generic(name)
  );
};

const emptyCandidate = (key: string): Candidate => ({
  key,
  score: 0,
  sources: new Set(),
  forms: new Map(),
  evidence: [],
});

/** Collects signs; texts that cannot be a name are dropped at the door. */
export class Candidates {
  readonly byKey = new Map<string, Candidate>();

  add(raw: string, points: number, source: string, where: Paragraph): void {
    const name = cleaned(raw);
    if (!plausible(name)) return;
    const key = keyOf(name);
    const known = this.byKey.get(key);
    const candidate = known ?? emptyCandidate(key);
    this.byKey.set(key, candidate);
    // The same kind of sign seen again adds little: a rival is often named as often.
    candidate.score += candidate.sources.has(source) ? points * 0.15 : points;
    candidate.sources.add(source);
    candidate.forms.set(name, (candidate.forms.get(name) ?? 0) + points);
    const said = candidate.evidence.some((one) => one.slide === where.slide.slide);
    if (!said && candidate.evidence.length < 3) {
      candidate.evidence.push(sureEvidenceOf(where.slide, where.text, name));
    }
  }
}
