import { clip, escaped, fold } from "../text-tools.ts";
import { headingKey, isHeading, type Line } from "./lines.ts";

export interface Section {
  readonly text: string;
  readonly lines: readonly Line[];
}

const textMax = 1_800;
const linesMax = 60;

/**
 * The text below a heading, up to the next one; or behind it, where it runs into its paragraph
 * ("Funding: This work ..."). Running headers and footers between are passed over.
 */
export function findSections(
  titles: readonly string[],
  lines: readonly Line[],
  body: number,
): Section[] {
  if (titles.length === 0) return [];
  const wanted = new Set(titles.map(headingKey));
  const found: Section[] = [];
  for (const [index, line] of lines.entries()) {
    if (wanted.has(headingKey(line.text))) {
      const section = textBelow(lines.slice(index + 1, index + 1 + linesMax), body);
      if (section !== null) found.push(section);
      continue;
    }
    const rest = runIn(line.text, wanted);
    if (rest !== null) {
      const more = rest.length < 200 ? continued(lines, index, body) : [];
      found.push(
        joined([{ text: rest, line }, ...more.map((next) => ({ text: next.text, line: next }))]),
      );
    }
  }
  return found;
}

function textBelow(after: readonly Line[], body: number): Section | null {
  const parts: { text: string; line: Line }[] = [];
  let length = 0;
  for (const line of after) {
    if (line.repeated || isPageNumber(line.text)) continue;
    if (isHeading(line, body) || startsSection(line.text)) break;
    parts.push({ text: line.text, line });
    length += line.text.length;
    if (length > textMax) break;
  }
  return parts.length === 0 ? null : joined(parts);
}

const isPageNumber = (text: string): boolean =>
  /^\W*\d{1,4}(?:\s*(?:\/|of|von|de)\s*\d{1,4})?\W*$/u.test(text);

/** "Keywords: ..." or "Methods. We ..." begins something else. */
const startsSection = (text: string): boolean =>
  /^\p{Lu}[\p{L} &/-]{2,40}(?::|\s?[—–])\s+\S/u.test(text) && !/[.!?]\s/u.test(text.slice(0, 20));

function runIn(text: string, wanted: ReadonlySet<string>): string | null {
  const match = /^([\p{L}\d .&/-]{2,60}?)\s*[:.—–]\s+(?=\S)/u.exec(text);
  const title = match?.[1];
  if (match === null || title === undefined || !wanted.has(headingKey(title))) return null;
  return text.slice(match[0].length);
}

/** A paragraph that was cut into lines goes on until a heading. */
function continued(lines: readonly Line[], index: number, body: number): Line[] {
  const more: Line[] = [];
  for (const line of lines.slice(index + 1, index + 12)) {
    if (line.repeated) continue;
    const above = more.at(-1) ?? lines[index];
    if (isHeading(line, body) || startsSection(line.text)) break;
    if (above !== undefined && /[.!?]$/u.test(above.text)) break;
    more.push(line);
  }
  return more;
}

function joined(parts: readonly { readonly text: string; readonly line: Line }[]): Section {
  const text = parts.map((part) => part.text).join(" ");
  const lines = [...new Set(parts.map(({ line }) => line))];
  return { text: clip(text.replace(/(?<=\p{Ll})- (?=\p{Ll})/gu, ""), textMax), lines };
}

/** Sentences that hold one of the words, with where they stand. */
export const holdsAny = (text: string, words: readonly string[]): boolean => {
  const folded = fold(text);
  return words.some((word) => new RegExp(`(?<!\\p{L})${source(word)}`, "u").test(folded));
};
const source = (word: string): string => escaped(fold(word)).replace(/\s+/g, "\\s+");
