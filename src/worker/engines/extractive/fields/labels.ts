import { escaped, fold, tidy } from "../text-tools.ts";
import { below, type Line, rightOf } from "./lines.ts";

/** A value that stands with one of a field's labels, not yet read. */
export interface Labelled {
  readonly text: string;
  /** Where value and label stand: one line, or two. */
  readonly lines: readonly Line[];
  readonly confidence: number;
  /** Place of its label in the pack's list: the first one is meant most. */
  readonly rank: number;
  readonly label: string;
}

type Unlabelled = Omit<Labelled, "rank" | "label">;

const sure = { colon: 0.9, gap: 0.8, cell: 0.8, under: 0.7 } as const;
/** Behind another word it is part of a longer label: "Due date" is no "Date". An article is no such word. */
const opening =
  "(?<=^|[^\\p{L}\\p{N}\\s]\\s*|\\d\\s+|\\s{2,}|(?<!\\p{L})(?:the|an?|our|and|die|der|das|und|la|le|les|el|los|las|et|y)\\s)";

/** Blanks as the text has them; a stop after an abbreviation may be missing ("Invoice No."). */
const source = (label: string): string =>
  fold(tidy(label))
    .split(" ")
    .map((word) => `${escaped(word.replace(/[.:]$/u, ""))}\\.?`)
    .join("\\s*[-/]?\\s*");

/** Folding may change a text's length; then places in it would be wrong and it is only searched as it is. */
function folded(text: string): string {
  const plain = fold(text);
  return plain.length === text.length ? plain : text.toLowerCase();
}

/**
 * Everywhere a label stands, by the pack's order of labels and then the surest first. Where one label
 * holds another ("Invoice date", "Date"), the longer one has the place.
 */
export function findLabelled(
  labels: Readonly<Record<string, readonly string[]>>,
  lines: readonly Line[],
): Labelled[] {
  const taken = new Set<Line>();
  const byLength = Object.values(labels)
    .flatMap((ofLanguage) => ofLanguage.map((label, rank) => ({ label, rank })))
    .sort((a, b) => b.label.length - a.label.length);
  const found = byLength.flatMap(({ label, rank }) => {
    const free = lines.filter((line) => !taken.has(line));
    const own = findOne(source(label), free, lines).map((one) => ({ ...one, rank, label }));
    // A line may hold several labels; one that holds this label alone is used up.
    for (const { lines: at, text } of own) {
      const [first] = at;
      if (first && at.length === 2 && text !== "") taken.add(first);
    }
    return own;
  });
  return found.sort((a, b) => a.rank - b.rank || b.confidence - a.confidence);
}

function findOne(any: string, free: readonly Line[], lines: readonly Line[]): Unlabelled[] {
  const alone = new RegExp(`^\\W{0,3}${any}\\s*[:#*]*$`, "u");
  const marked = new RegExp(`${opening}${any}\\s*(?:\\([^)]{0,40}\\)\\s*)?[:=]\\s*`, "gu");
  const spaced = new RegExp(`^\\W{0,3}${any}(?:\\s+#?|\\s*[–—|]\\s*)(?=\\S)`, "u");
  return free.flatMap((line) => {
    const text = folded(line.text);
    if (alone.test(text)) return beside(line, lines);
    const inline = [...text.matchAll(marked)].map((match) => ({
      text: untilNext(line.text.slice(match.index + match[0].length)),
      lines: [line],
      confidence: sure.colon,
    }));
    const full = inline.filter((found) => found.text !== "");
    if (full.length > 0) return full;
    // "Label:" at the end of a line of its own kind, the value in the next cell.
    if (inline.length > 0 && text.trimEnd().endsWith(":")) return beside(line, lines);
    const gap = spaced.exec(text);
    if (gap === null) return [];
    return [{ text: tidy(line.text.slice(gap[0].length)), lines: [line], confidence: sure.gap }];
  });
}

function beside(line: Line, lines: readonly Line[]): Unlabelled[] {
  const cell = rightOf(line, lines);
  const under = below(line, lines);
  const found: Unlabelled[] = [];
  if (cell) found.push({ text: cell.text, lines: [line, cell], confidence: sure.cell });
  else if (under) found.push({ text: under.text, lines: [line, under], confidence: sure.under });
  return found;
}

/** "2 May 2026; Accepted: 4 June 2026": up to where another label begins. */
const untilNext = (text: string): string =>
  tidy(
    text.split(/\s*[;|·•]\s*(?=\p{Lu}[\p{L}\s]{1,30}:)|\s{2,}(?=\p{Lu}[\p{L}\s]{1,30}:)/u)[0] ?? "",
  );
