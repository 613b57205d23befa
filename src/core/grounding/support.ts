import { folded, plain } from "../text/fold.ts";
import { groundQuote } from "./grounding.ts";

/**
 * Whether quotes contain the value that is drawn from them. A quote may stand on its slide and still say
 * something else: then the value is somebody's guess.
 */

/** A name of so few letters stands in many a word by chance. */
const shortMax = 4;

/**
 * A name stands in a quote: letter by letter whatever its case, blanks and marks, or with few slips. A short
 * one ("Eli") has to be words of its own, and no part of another ("believe").
 */
export function nameStands(name: string, quotes: readonly string[]): boolean {
  const letters = folded(name);
  if (letters === "") return false;
  if ([...letters].length <= shortMax) {
    const spelt = [...letters].join("[^\\p{L}\\p{N}]*");
    const alone = new RegExp(`(?<![\\p{L}\\p{N}])${spelt}(?![\\p{L}\\p{N}])`, "u");
    return quotes.some((quote) => alone.test(plain(quote)));
  }
  return quotes.some(
    (quote) => folded(quote).includes(letters) || groundQuote(name, quote).grounded,
  );
}

/** Every bound of an amount stands in one of the quotes, in any way of writing it. */
export function amountStands(bounds: readonly number[], quotes: readonly string[]): boolean {
  const found = quotes.flatMap(amountsIn);
  return bounds.every((bound) => found.some((one) => isSame(one, bound)));
}

/** Products of decimals are not exact. */
const isSame = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));

/** The year of a date stands in one of the quotes: `2026`, `'26`, `10/26`, `Oct 26`. */
export function yearStands(date: string, quotes: readonly string[]): boolean {
  const year = date.slice(0, 4);
  const short = new RegExp(`(?:['’/.-]|\\p{L}{3,}\\.?\\s)${year.slice(2)}(?!\\d)`, "u");
  const whole = new RegExp(`(?<!\\d)${year}(?!\\d)`);
  return quotes.some((quote) => {
    const plain = quote.normalize("NFKC");
    return whole.test(plain) || short.test(plain);
  });
}

const thousand = /^(?:k|t|tsd|thousand|tausend|mille|mil)$/;
const million =
  /^(?:m|mm|mn|mi|mln|mio|million|millions|millionen|millon|millones|milhao|milhoes|milioni)$/;
const billion =
  /^(?:b|bn|bln|billion|billions|mrd|milliarde|milliarden|milliard|milliards|md|mds)$/;
const others: readonly (readonly [RegExp, number])[] = [
  [/^(?:lakh|lakhs|lac|lacs|l)$/, 1e5],
  [/^(?:crore|crores|cr)$/, 1e7],
];

/** Scale and currency in one word: `TEUR`, `MUSD`, `kCHF`. */
const packed = /^(\p{L}+?)(?:eur|usd|chf|gbp|sek|nok|dkk|inr|pln|brl|aud|cad)$/u;
/** The same in front of the number, where a sign may stand for the code: `T\u20ac 500`. */
const packedBefore =
  /(?<!\p{L})(?<scale>[tkm])(?:eur|usd|chf|gbp|sek|nok|dkk|inr|pln|brl|aud|cad|[\u20ac$\u00a3])\s?$/u;

/** What a word after a number multiplies it by. `mil` is a thousand, in English short for a million. */
function factorsOf(given: string): readonly number[] {
  const word = packed.exec(given)?.[1] ?? given;
  if (word === "") return [1];
  if (word === "mil") return [1e3, 1e6];
  if (thousand.test(word)) return [1e3];
  if (million.test(word)) return [1e6];
  if (billion.test(word)) return [1e9];
  const other = others.find(([pattern]) => pattern.test(word));
  return other === undefined ? [1] : [other[1]];
}

const numberWords: Readonly<Record<string, number>> = {
  ...{ one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{
    eine: 1,
    ein: 1,
    zwei: 2,
    drei: 3,
    vier: 4,
    funf: 5,
    sechs: 6,
    sieben: 7,
    acht: 8,
    zehn: 10,
  },
  ...{ un: 1, deux: 2, trois: 3, quatre: 4, cinq: 5, sept: 7, huit: 8, neuf: 9, dix: 10 },
  ...{ dos: 2, tres: 3, cuatro: 4, cinco: 5, seis: 6, siete: 7, ocho: 8, nueve: 9, diez: 10 },
};

/** Digits with their separators, or a word for a small number; then perhaps a scale. */
const amount =
  /(?<digits>\d{1,2}(?:,\d{2})+,\d{3}|\d+(?:[.,'\u2019\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)|(?<word>\p{L}+)/gu;
const scaleAfter = /^\s?(?<scale>mil\s+millones|\p{L}+)/u;
const scaleBeyond =
  /^\s?(?:-|\u2013|\u2014|~|to|bis|a|et|and|und|y)\s?\D{0,4}?[\d.,]+\s?(?<scale>\p{L}+)/u;

/** All amounts that a text can be read to state, each number in every way it may be meant. */
export function amountsIn(text: string): number[] {
  const whole = plain(text);
  return [...whole.matchAll(amount)].flatMap(({ 0: found, index, groups }) => {
    const rest = whole.slice(index + found.length);
    const before = packedBefore.exec(whole.slice(Math.max(0, index - 6), index))?.groups?.scale;
    const word = groups?.word;
    const value = word === undefined ? undefined : numberWords[word];
    const values =
      groups?.digits === undefined ? [value].filter(isNumber) : readings(groups.digits);
    if (values.length === 0) return [];
    // "1.5 to 2 million" gives its scale to both.
    const after = [scaleAfter, scaleBeyond].map((where) => where.exec(rest)?.groups?.scale);
    const scales = [before, ...after].flatMap((scale) =>
      scale === undefined ? [] : scaleFactors(scale),
    );
    return values.flatMap((one) => [1, ...scales].map((factor) => one * factor));
  });
}

const scaleFactors = (scale: string): readonly number[] =>
  /^mil\s/.test(scale) ? [1e9] : factorsOf(scale);

const isNumber = (value: number | undefined): value is number => value !== undefined;

/** `4.500` is four and a half or four thousand five hundred: both are kept. `4.5` is one of them. */
function readings(digits: string): number[] {
  const isIndian = /^\d{1,2}(?:,\d{2})+,\d{3}$/.test(digits);
  const grouped =
    isIndian || /^\d+(?:\D\d{3})*$/.test(digits) ? [Number(digits.replace(/\D/g, ""))] : [];
  const cut = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  if (cut === -1) return grouped;
  const whole = digits.slice(0, cut).replace(/\D/g, "");
  return [...grouped, Number(`${whole}.${digits.slice(cut + 1)}`)];
}
