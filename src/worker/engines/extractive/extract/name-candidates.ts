import type { Evidence } from "../../../../contract/results.ts";
import { type Paragraph, sureEvidenceOf } from "../deck.ts";
import { gateTerms } from "../terms/gate-terms.ts";
import { genericNameWords } from "../terms/name-words.ts";
import { stopWords } from "../terms/stop-words.ts";
import { fold, keyOf, tidy } from "../text-tools.ts";

/** A possible name: every spelling of one key, and the kinds of sign that speak for it. */
export interface Candidate {
  readonly key: string;
  score: number;
  readonly sources: Set<string>;
  /** Slides that each kind of sign was seen on. */
  readonly seen: Map<string, Set<number>>;
  readonly forms: Map<string, number>;
  readonly evidence: Evidence[];
  /** Seen in a text layer or an address at least once: its letters are sure. */
  printed: boolean;
}

const legalForm =
  /[\s,]+(?:inc|incorporated|corp|corporation|llc|ltd|limited|gmbh|ag|ug|s\.?a\.?s?|sarl|s\.?l\.?u?|s\.?r\.?l|b\.?v|plc|pvt|pty|pte|oy|ab|a\/s|aps|co|lda|ltda)\.?$/iu;
const noName =
  /\s(?:by|for|with|to|your|our|is|are|für|para|pour)\s|^(?:template|powered|hackathon|challenge)\b|^copyright/iu;

const smallWords = new Set(Object.values(stopWords).flat());

/** "Redefining Travel", "Making Light Cheap": what is done, by the word it begins with. */
const slogan =
  /^(?:re-?(?:defin|invent|imagin|think|shap|writ|build|mak)ing|making|building|changing|creating|bringing|empowering|enabling|transforming|unlocking|connecting|turning|helping|powering|bridging|simplifying|democrati[sz]ing|revolutioni[sz]ing|disrupting|automating|accelerating|introducing|delivering|protecting)\s/iu;

/** Events, schools and their like lend a cover their name, and people name their team after the product. */
export const host =
  /(?:^|\s)(?:\p{L}+hack(?:s|athon)?|hack(?:s|athon)|hack (?:the|for)(?=\s)|\p{L}+athon|universit\p{L}+|conference|summit|batch|cohort)(?:\s|$)/iu;
const teamOf = /^(?:the\s+)?(?:team|equipo|equipe|équipe|grupo|gruppe)\s+(?=[\p{Lu}\d])/iu;

/** Where a deck comes from, or its market: "from Kenya" under a team. Names as CLDR has them. */
const countries: ReadonlySet<string> = new Set(
  ["en", "de", "fr", "es", "pt"].flatMap((language) => {
    const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const codes = letters.flatMap((first) => letters.map((second) => first + second));
    return codes.flatMap((code) => fold(names.of(code) ?? "") || []);
  }),
);

/** "About Diabetes": what a healthcare deck is about is not who made it. */
const conditions = new Set(gateTerms.strong.map(fold));

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
  name = name
    .replace(/[™®©]/gu, "")
    .replace(/['’]s?$/u, "")
    .replace(teamOf, "");
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
    !host.test(name) &&
    !slogan.test(name) &&
    !countries.has(fold(name)) &&
    !conditions.has(fold(name)) &&
    !/^\p{Ll}/u.test(smallWordAt(words)) &&
    !generic(name)
  );
};

/** The small word a text begins or ends with, if it does: "or Enter" is a part of a sentence. */
const smallWordAt = (words: readonly string[]): string =>
  words.length < 2
    ? ""
    : ([words[0], words.at(-1)].find((word) => word !== undefined && smallWords.has(word)) ?? "");

const emptyCandidate = (key: string): Candidate => ({
  key,
  score: 0,
  sources: new Set(),
  seen: new Map(),
  forms: new Map(),
  evidence: [],
  printed: false,
});

/** The same kind of sign seen again adds little, and after some slides nothing: a rival is often named as often. */
function worthAgain(onSlides: ReadonlySet<number>, slide: number): number {
  if (onSlides.size === 0) return 1;
  if (onSlides.has(slide)) return 0.1;
  return onSlides.size < slidesMax ? 0.3 : 0.05;
}
const slidesMax = 5;

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
    const onSlides = candidate.seen.get(source) ?? new Set<number>();
    candidate.score += points * worthAgain(onSlides, where.slide.slide);
    candidate.seen.set(source, onSlides.add(where.slide.slide));
    candidate.sources.add(source);
    candidate.printed ||= where.slide.text_source === "text_layer";
    candidate.forms.set(name, (candidate.forms.get(name) ?? 0) + points);
    const said = candidate.evidence.some((one) => one.slide === where.slide.slide);
    if (!said && candidate.evidence.length < 3) {
      candidate.evidence.push(sureEvidenceOf(where.slide, where.text, name));
    }
  }

  /** "Acne" of a logo read by OCR is the "Acme" of the text or the address. */
  joinSlips(): void {
    for (const [key, slip] of this.byKey) {
      if (isSure(slip)) continue;
      const sure = [...this.byKey.values()].find(
        (other) => isSure(other) && isOneSlip(key, other.key) && !key.endsWith(other.key),
      );
      if (!sure) continue;
      sure.score += slip.score;
      for (const sign of slip.sources) sure.sources.add(sign);
      this.byKey.delete(key);
    }
  }

  /** "acme.io" in a footer is the address of "Acme", where the deck writes that too. */
  joinSites(): void {
    for (const [key, site] of this.byKey) {
      const labels = [...site.forms.keys()].map((form) => siteLabel.exec(form)?.[1] ?? "");
      const name = this.byKey.get(keyOf(labels[0] ?? ""));
      if (labels.includes("") || !name || name === site) continue;
      if (![...name.forms.keys()].some((form) => /\p{Lu}/u.test(form))) continue;
      name.score = Math.max(name.score, site.score);
      for (const sign of site.sources) name.sources.add(sign);
      this.byKey.delete(key);
    }
  }
}

const isSure = ({ printed, sources }: Candidate): boolean =>
  printed || ["site", "mail", "address"].some((sign) => sources.has(sign));

/** One letter changed, lost or added between two keys of five letters and more. */
function isOneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length < 5 || long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  const rest = long.length === short.length ? short.slice(start + 1) : short.slice(start);
  return long.slice(start + 1) === rest;
}

const siteLabel = /^([\p{L}\d-]{3,})\.\p{L}{2,6}$/u;
