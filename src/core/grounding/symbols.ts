/**
 * Text as the symbols that count when a quote is compared with a slide. A number is one symbol, so
 * that it is the same number or another one, never a close one.
 */
export interface Symbols {
  /** Code points, and for numbers ids above every code point. */
  readonly values: Int32Array;
  /** 1 where a symbol may be neither left out nor exchanged: numbers and what gives them meaning. */
  readonly firm: Uint8Array;
  /** false: no letter and no number, so there is nothing to compare. */
  readonly hasWords: boolean;
}

/** Ids of numbers by their text. Texts that are to be compared share one. */
export type NumberIds = Map<string, number>;

const firstNumberId = 0x110000;

/** Blanks, dashes, quotes and bullets: typesetting, not words. */
const dropped = /[\s\p{Pd}\p{Pi}\p{Pf}"'`´′″‚‛„‟−•◦‣▪●■□]/u;
/** A separator inside a number stays with it: 1.5 is not 15. `^` stands before a raised digit. */
const numberPattern = /(?:(?<![\p{L}\p{Nd}])[.,])?\p{Nd}+(?:[.,'^]\p{Nd}+)*/uy;
const letter = /\p{L}/u;
const word = /[\p{L}\p{Nd}]/u;
const meaning = /[\p{Sc}%‰<>=≤≥±~]/u;

/** Same text, same symbols, whatever its case, blanks, line ends, hyphenation, ligatures and quotes. */
export function symbolsOf(text: string, numberIds: NumberIds): Symbols {
  const plain = plainText(text);
  const values: number[] = [];
  const firm: number[] = [];
  let afterNumber = false;
  for (let at = 0; at < plain.length; ) {
    const number = numberAt(plain, at);
    if (number !== undefined) {
      values.push(idOf(number, numberIds));
      firm.push(1);
      afterNumber = true;
      at += number.length;
      continue;
    }
    const character = String.fromCodePoint(plain.codePointAt(at) ?? 0);
    at += character.length;
    if (dropped.test(character)) continue;
    values.push(character.codePointAt(0) ?? 0);
    // The letter after a number is its scale or unit: 2 million is not 2 billion.
    const isFirm = meaning.test(character) || (afterNumber && letter.test(character));
    firm.push(isFirm ? 1 : 0);
    afterNumber = false;
  }
  return {
    values: Int32Array.from(values),
    firm: Uint8Array.from(firm),
    // Some letters (ͺ, ﾞ) become marks in plain text, and a raised digit becomes a digit.
    hasWords: word.test(text) || word.test(plain),
  };
}

function plainText(text: string): string {
  return text
    .replace(/\p{Cf}/gu, "")
    .replace(/(?<=\p{Nd})(?=\p{No})/gu, "^")
    .normalize("NFKC")
    .replace(/[’‘]/g, "'")
    .toLowerCase()
    .normalize("NFKC")
    .replaceAll("ß", "ss")
    .replaceAll("ς", "σ");
}

function numberAt(plain: string, at: number): string | undefined {
  numberPattern.lastIndex = at;
  return numberPattern.exec(plain)?.[0];
}

function idOf(number: string, numberIds: NumberIds): number {
  const known = numberIds.get(number);
  if (known !== undefined) return known;
  const id = firstNumberId + numberIds.size;
  numberIds.set(number, id);
  return id;
}
