import type { FieldValue } from "../../../../contract/results.ts";
import type { PackField } from "../../../../contract/worker-protocol.ts";
import type { Deck } from "../deck.ts";
import { datesIn } from "../extract/date.ts";
import { moneyIn, numberOf } from "../extract/money.ts";
import { foldedText, matcherOf, matches } from "../terms/matcher.ts";
import { clip, countWords, fold, tidy } from "../text-tools.ts";

const textMax = 1_800;
const number =
  /(?<![\p{L}\d.,])[-−]?\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,4})?|(?<![\p{L}\d.,])[-−]?\d+(?:[.,]\d+)?/gu;

/** What of a document helps to read its values. */
export interface Setting {
  readonly language: string;
  /** Days may stand behind months. */
  readonly american: boolean;
  /** The only currency the document names, if there is one. */
  readonly currency: string | null;
}

export function settingOf(deck: Deck): Setting {
  const found = new Set<string>();
  for (const { text } of deck.slides) {
    for (const { currency } of moneyIn(text, deck.language)) if (currency) found.add(currency);
  }
  const american = deck.language === "en" && deck.slides.some(({ text }) => text.includes("$"));
  const [currency = null] = found.size === 1 ? [...found] : [];
  return { language: deck.language, american, currency };
}

/**
 * The value that a text holds for a field; null: none of its type. `whole`: the text stands for the
 * value alone, as behind a label; otherwise it is a sentence that mentions it.
 */
export function readValue(
  field: PackField,
  text: string,
  setting: Setting,
  whole: boolean,
): FieldValue | null {
  switch (field.type) {
    case "number":
      return numbersIn(text)[0] ?? null;
    case "money":
      return moneyOf(text, setting, whole);
    case "date":
      return datesIn(text, setting.american ? "month_first" : "day_first")[0]?.value ?? null;
    case "boolean":
      return booleanOf(field, text);
    case "choice":
      return choicesIn(field, text)[0] ?? null;
    case "list":
      return listOf(field, text);
    case "person":
      return peopleIn(text)[0] ?? null;
    case "text":
      return textOf(text);
  }
}

function textOf(text: string): string | null {
  const value = clip(tidy(text).replace(/^[-–—:•·|\s]+|[\s|;,]+$/gu, ""), textMax);
  return /[\p{L}\p{N}]/u.test(value) ? value : null;
}

function numbersIn(text: string): number[] {
  return Array.from(text.matchAll(number), ([found]) => {
    const negative = /^[-−]/u.test(found);
    const value = numberOf(found.replace(/^[-−]/u, ""), { scale: "", english: false });
    return negative ? -value : value;
  }).filter(Number.isFinite);
}

/** Behind a label the currency may stand elsewhere: in a table's head, or only once. */
function moneyOf(text: string, setting: Setting, whole: boolean): FieldValue | null {
  const [money] = moneyIn(text, setting.language).filter(({ currency }) => currency !== null);
  if (money?.currency) return { amount: money.high, currency: money.currency };
  const [bare] = numbersIn(text);
  if (!whole || bare === undefined || setting.currency === null) return null;
  return { amount: bare, currency: setting.currency };
}

const yesWord = /^(?:yes|ja|oui|si|true|x|✓|✔)$/u;
const noWord = /^(?:no|nein|non|false|none|keine?|aucun|ninguno)$/u;

export function booleanOf(field: PackField, text: string): boolean | null {
  const folded = foldedText(text);
  if (field.hints.no.some((term) => matches(matcherOf(term), folded))) return false;
  if (field.hints.yes.some((term) => matches(matcherOf(term), folded))) return true;
  const word = fold(tidy(text)).replace(/[.!]$/u, "");
  if (yesWord.test(word)) return true;
  return noWord.test(word) ? false : null;
}

/** Values whose words stand in a text, the one with the longest words first. */
export function choicesIn(field: PackField, text: string): string[] {
  const folded = foldedText(text);
  return field.choices
    .map(({ value, terms }) => {
      const found = [value, ...terms].filter((term) => matches(matcherOf(term), folded));
      return { value, length: Math.max(0, ...found.map((term) => term.length)) };
    })
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length)
    .map(({ value }) => value);
}

function listOf(field: PackField, text: string): FieldValue | null {
  if (field.item === "number") {
    const numbers = numbersIn(text);
    return numbers.length > 0 ? numbers : null;
  }
  const items = field.item === "person" ? peopleIn(text) : partsOf(text);
  return items.length > 0 ? items.slice(0, 60) : null;
}

/** By semicolons, bullets or bars where there are any, else by commas. */
function partsOf(text: string): string[] {
  const strong = /\s*[;•·|\n]\s*/u;
  const parts = text.split(strong.test(text) ? strong : /\s*,\s*/u);
  const items = parts.map((part) => tidy(part).replace(/^[-–—]\s*|[.,;]+$/gu, ""));
  return [...new Set(items.filter((item) => /[\p{L}\p{N}]/u.test(item)))];
}

const titles =
  /(?:(?:prof|dr|mr|mrs|ms|dipl|ing)\.?\s+)+|,?\s+(?:ph\.?d|m\.?d|m\.?sc|b\.?sc|mba|rn)\.?(?=,|;|\s|$)/giu;
const marks = /[\d*†‡§¶#∗✉ⁱ⁰¹²³⁴⁵⁶⁷⁸⁹]+/gu;
const joints = /\s*[,;·|&\n]\s*|\s+(?:and|und|et|y|e)\s+/u;

/** Names of people: two to five words with capitals, and none that names an institution. */
export function peopleIn(text: string): string[] {
  const bare = text.replace(/\bby\b|^\s*(?:authors?|autoren|auteurs|autores)\s*:/giu, " ");
  const parts = bare.replace(titles, " ").replace(marks, " ").split(joints);
  const names = parts.map((part) => tidy(part).replace(/[\s.,:]+$/u, ""));
  return [...new Set(names.filter(isName))];
}

const institution =
  /(?<!\p{L})(?:universit\p{L}*|institut\p{L}*|hospital|klinik\p{L}*|clinic|department|school|faculty|college|laborator\p{L}*|cent(?:er|re)|gmbh|inc|ltd|corp|foundation|journal|group|research|medicine|health|sciences?)(?!\p{L})/iu;
const particle = /^(?:van|von|de|del|della|der|den|di|da|dos|du|la|le|el|al|bin|ten|zu|y)$/u;

function isName(text: string): boolean {
  const words = text.split(" ");
  if (words.length < 2 || words.length > 5 || countWords(text) < 2) return false;
  if (institution.test(text)) return false;
  return words.every((word) => particle.test(word) || /^\p{Lu}[\p{L}'’.-]*$/u.test(word));
}
