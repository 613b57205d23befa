import type { TextBlock } from "../../../contract/results.ts";
import type { TextLine } from "../../../pdf/types.ts";

const bullet = /^(?:[•◦▪●■–—*✓✔→➢»·-]|\d{1,2}[.)]|[a-z]\))\s*\S/u;

const endsInMonth =
  /(?:^|\s)(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])\p{L}*\.?$/iu;
const headingSize = 0.05;
const proseLength = 24;
/** From baseline to baseline in font sizes: prose is set at 1 to 1.5. */
const proseStepMax = 1.6;

/** A line of the text layer, or one read from a picture with the words that may be misread. */
export type ReadLine = TextLine & {
  readonly doubtful?: readonly string[];
  readonly lostBefore?: boolean;
  readonly lostAfter?: boolean;
};

interface Paragraph {
  readonly lines: ReadLine[];
}

const right = (line: TextLine): number => line.x + line.width;
const centre = (line: TextLine): number => line.x + line.width / 2;

const sameSize = (a: TextLine, b: TextLine): boolean => {
  const low = Math.min(a.size, b.size);
  return low > 0 && Math.max(a.size, b.size) / low < 1.22;
};

const bottom = (line: TextLine): number => line.y + line.height;

/** One line lower: boxes may be as tight as the letters, so the step is measured in font sizes. */
function directlyBelow(above: TextLine, line: TextLine): boolean {
  const step = (bottom(line) - bottom(above)) / Math.max(above.size, line.size, 1e-6);
  return step > 0.5 && step < 1.95;
}

/** Under the first word of a point, to the right of its number or dash. */
const hangs = (above: TextLine, line: TextLine): boolean =>
  bullet.test(above.text) && line.x > above.x && line.x - above.x < 2 * above.size;

/** Left edges, right edges or middles agree: two lines of one column. */
function aligned(above: TextLine, line: TextLine): boolean {
  const slack = 1.2 * Math.max(above.size, line.size);
  return (
    Math.abs(above.x - line.x) < slack ||
    hangs(above, line) ||
    Math.abs(centre(above) - centre(line)) < slack ||
    (Math.abs(right(above) - right(line)) < slack && line.x > above.x - slack * 2)
  );
}

/** Whether the sentence runs on: it is not ended, and the next line does not open something new. */
function runsOn(above: TextLine, line: TextLine, column: readonly TextLine[]): boolean {
  if (bullet.test(line.text)) return false;
  if (/[.!?:;]["”’)]?$/u.test(above.text)) {
    // A stop at the right edge may still be inside a paragraph of several sentences.
    return above.text.length > 40 && brokenByEdge(above, line, column);
  }
  if (/^[\p{Ll}(&/+]/u.test(line.text)) return true;
  if (
    /(?:[-,–&/]|\s(?:a|an|the|of|for|to|and|or|in|on|with|by|der|die|das|und|de|la|el|et|y|e))$/iu.test(
      above.text,
    )
  ) {
    return true;
  }
  if (endsInMonth.test(above.text) && /^['’]?\d{2,4}\b/u.test(line.text)) return true;
  if (above.bold !== line.bold || isLabel(above, line)) return false;
  if (spacedOut(above, line) || isListOf(column)) return false;
  return (
    above.text.length >= proseLength &&
    !widerStep(above, line, column) &&
    brokenByEdge(above, line, column)
  );
}

/**
 * The next word would not have fitted: the line was broken by the edge, not by its author. The edge
 * is where another line of the column ends; the longest item of a list is no edge.
 */
function brokenByEdge(above: TextLine, line: TextLine, column: readonly TextLine[]): boolean {
  const word = line.text.split(" ", 1)[0] ?? "";
  const needed = ((word.length + 1) / Math.max(1, line.text.length)) * line.width;
  const others = column.filter((other) => other !== above).map(right);
  const edge = Math.max(...others, above.size > headingSize ? right(above) : 0);
  if (right(above) > edge) return others.some((end) => end > right(above) - 0.06 * above.width);
  return right(above) + needed > edge - 0.004;
}

/** Set wider than prose is set, and the next line begins anew: points with free space between them. */
const spacedOut = (above: TextLine, line: TextLine): boolean =>
  bottom(line) - bottom(above) > proseStepMax * Math.max(above.size, line.size) &&
  /^["“‘(]?[\p{Lu}\p{N}]/u.test(line.text);

/** Prose seldom breaks before a capital each time; points begin with one. */
const isListOf = (column: readonly TextLine[]): boolean =>
  column.length >= 4 && column.every(({ text }) => /^["“‘(]?[\p{Lu}\p{N}]/u.test(text));

/** Points of a list stand farther apart than the lines of one point. */
function widerStep(above: TextLine, line: TextLine, column: readonly TextLine[]): boolean {
  const bottoms = [...column, line].map(bottom).sort((a, b) => a - b);
  const steps = bottoms
    .slice(1)
    .map((value, index) => value - (bottoms[index] ?? value))
    .filter((step) => step > 0.5 * above.size);
  return bottom(line) - bottom(above) > 1.12 * Math.min(...steps);
}

/** Lines of this size that start at the same edge, or are centred alike. */
function columnOf(lines: readonly TextLine[], above: TextLine): TextLine[] {
  const slack = 0.6 * above.size;
  return lines.filter(
    (other) =>
      sameSize(other, above) &&
      (Math.abs(other.x - above.x) < slack || Math.abs(centre(other) - centre(above)) < slack),
  );
}

/** Rows of short labels one below another (lists, tables, names) are not a sentence. */
const isLabel = (above: TextLine, line: TextLine): boolean =>
  above.text.length < 28 && line.text.length < 28 && above.size < headingSize;

function join(lines: readonly TextLine[]): string {
  let text = "";
  for (const line of lines) {
    if (text === "") text = line.text;
    else if (/\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(line.text)) text += line.text;
    else text += ` ${line.text}`;
  }
  return text;
}

/** Words at the end of one line and the start of the next between which some could not be read. */
const torn = (lines: readonly ReadLine[]): string[] =>
  lines.flatMap((line, at) => {
    const above = lines[at - 1];
    if (above === undefined || !(above.lostAfter || line.lostBefore)) return [];
    return [`${above.text.split(" ").at(-1)} ${line.text.split(" ", 1)[0]}`];
  });

function blockOf({ lines }: Paragraph): TextBlock {
  const x = Math.min(...lines.map((line) => line.x));
  const y = Math.min(...lines.map((line) => line.y));
  const doubtful = [...new Set([...lines.flatMap((line) => line.doubtful ?? []), ...torn(lines)])];
  return {
    text: join(lines),
    x,
    y,
    width: Math.max(...lines.map(right)) - x,
    height: Math.max(...lines.map((line) => line.y + line.height)) - y,
    size: Math.max(...lines.map((line) => line.size)),
    ...(doubtful.length > 0 ? { doubtful } : {}),
  };
}

/**
 * Joins lines that one sentence runs through; every other line stays a paragraph of its own. The
 * order is that of each paragraph's first line.
 */
export function paragraphsOf(lines: readonly ReadLine[]): TextBlock[] {
  const paragraphs: Paragraph[] = [];
  for (const line of lines) {
    const home = paragraphs.findLast((paragraph) => {
      const above = paragraph.lines.at(-1);
      return (
        above !== undefined &&
        sameSize(above, line) &&
        directlyBelow(above, line) &&
        aligned(above, line) &&
        runsOn(above, line, columnOf(lines, above))
      );
    });
    if (home) home.lines.push(line);
    else paragraphs.push({ lines: [line] });
  }
  return paragraphs.map(blockOf);
}
