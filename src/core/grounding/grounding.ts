import { closestMatch } from "./close-match.ts";
import { type NumberIds, type Symbols, symbolsOf } from "./symbols.ts";

/** Share of a quote's length that may differ: a misread letter, a dropped comma. */
const editsShare = 0.15;

export interface Grounding {
  readonly grounded: boolean;
  /** 1: stands there literally; above 0.85: with slips; 0: does not stand there. */
  readonly similarity: number;
}

export interface Quote {
  readonly slide: number;
  readonly quote: string;
}

export interface SlideText {
  readonly slide: number;
  readonly text: string;
}

/**
 * Whether a quote stands on a slide. Case, blanks, line ends, hyphens, ligatures and quotation marks
 * do not matter; slips up to 15 % of the length are forgiven; a number is never: a quote that has
 * another number, or cuts one ("5 sites" out of "25 sites"), does not stand there.
 */
export function groundQuote(quote: string, slideText: string): Grounding {
  const numberIds: NumberIds = new Map();
  return groundSymbols(symbolsOf(quote, numberIds), symbolsOf(slideText, numberIds));
}

/** Sets `grounded` on each piece of evidence against the slide it names; other fields are kept. */
export function groundEvidence<E extends Quote>(
  evidence: readonly E[],
  slides: readonly SlideText[],
): (E & { grounded: boolean })[] {
  const numberIds: NumberIds = new Map();
  const texts = new Map(slides.map((slide) => [slide.slide, slide.text]));
  const read = new Map<number, Symbols>();
  return evidence.map((piece) => {
    const text = read.get(piece.slide) ?? symbolsOf(texts.get(piece.slide) ?? "", numberIds);
    read.set(piece.slide, text);
    return { ...piece, grounded: groundSymbols(symbolsOf(piece.quote, numberIds), text).grounded };
  });
}

function groundSymbols(quote: Symbols, text: Symbols): Grounding {
  const { length } = quote.values;
  if (!quote.hasWords) return { grounded: false, similarity: 0 };
  if (stands(quote.values, text.values)) return { grounded: true, similarity: 1 };
  const editsMax = Math.floor(length * editsShare);
  const edits = editsMax === 0 ? undefined : closestMatch(quote, text, editsMax);
  if (edits === undefined) return { grounded: false, similarity: 0 };
  return { grounded: true, similarity: 1 - edits / length };
}

/** Whether `part` stands in `whole`, in one pass (Knuth, Morris and Pratt). */
function stands(part: Int32Array, whole: Int32Array): boolean {
  const borders = bordersOf(part);
  let matched = 0;
  for (const value of whole) {
    while (matched > 0 && part[matched] !== value) matched = borders[matched - 1] ?? 0;
    if (part[matched] === value) matched += 1;
    if (matched === part.length) return true;
  }
  return false;
}

/** For each prefix the length of its longest border: where to go on after a mismatch. */
function bordersOf(part: Int32Array): Int32Array {
  const borders = new Int32Array(part.length);
  let border = 0;
  for (let at = 1; at < part.length; at += 1) {
    while (border > 0 && part[at] !== part[border]) border = borders[border - 1] ?? 0;
    if (part[at] === part[border]) border += 1;
    borders[at] = border;
  }
  return borders;
}
