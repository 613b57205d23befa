import type { SlideAnalysis, TextBlock } from "../../../../contract/results.ts";
import { type Deck, isRepeated } from "../deck.ts";
import { countWords, fold, tidy } from "../text-tools.ts";

/** A line or paragraph of a document, with its place where that is known. */
export interface Line {
  readonly slide: SlideAnalysis;
  readonly text: string;
  /** null where only the words are known. */
  readonly block: TextBlock | null;
  /** Comes back on many pages: a running header or footer. */
  readonly repeated: boolean;
  /** Below a title such as "References": what stands there is about other documents. */
  readonly reference: boolean;
}

const referenceTitles = new Set([
  ...["references", "bibliography", "literature cited", "works cited", "reference list"],
  ...["literatur", "literaturverzeichnis", "quellen", "referenzen"],
  ...["bibliographie", "bibliografia", "referencias", "referencias bibliograficas"],
]);

/** Without numbering and closing signs: "3.1 Methods:" is "methods". */
export const headingKey = (text: string): string =>
  fold(tidy(text))
    .replace(/^(?:\d+(?:\.\d+)*\.?|[ivx]+\.|[a-z]\))\s+/u, "")
    .replace(/[\s:.–—-]+$/u, "");

/** All lines of a document in reading order. */
export function linesOf(deck: Deck): Line[] {
  let reference = false;
  return deck.slides.flatMap((slide) => {
    const blocks = slide.blocks.filter(({ text }) => slide.text.includes(text));
    const parts =
      blocks.length > 0
        ? blocks.map((block) => ({ text: block.text, block }))
        : slide.text.split("\n").map((text) => ({ text, block: null }));
    return parts
      .filter(({ text }) => text.trim() !== "")
      .map((part): Line => {
        if (countWords(part.text) <= 3 && referenceTitles.has(headingKey(part.text))) {
          reference = true;
        }
        return { slide, ...part, repeated: isRepeated(deck, part.text), reference };
      });
  });
}

const centreY = ({ y, height }: TextBlock): number => y + height / 2;
const right = ({ x, width }: TextBlock): number => x + width;

/** The nearest line to the right in the same row: the next cell. */
export function rightOf(line: Line, lines: readonly Line[]): Line | undefined {
  const { block } = line;
  if (block === null) return undefined;
  return lines
    .filter((other) => other.slide === line.slide && other !== line)
    .flatMap((other) => (other.block === null ? [] : [{ other, at: other.block }]))
    .filter(({ at }) => {
      const low = Math.min(at.height, block.height);
      return Math.abs(centreY(at) - centreY(block)) < 0.6 * low && at.x >= right(block) - 0.005;
    })
    .sort((a, b) => a.at.x - b.at.x)[0]?.other;
}

/** The nearest line below in the same column, at most three lines down. */
export function below(line: Line, lines: readonly Line[]): Line | undefined {
  const { block } = line;
  if (block === null) {
    const at = lines.indexOf(line);
    const next = lines[at + 1];
    return next?.slide === line.slide ? next : undefined;
  }
  const bottom = block.y + block.height;
  return lines
    .filter((other) => other.slide === line.slide && other !== line)
    .flatMap((other) => (other.block === null ? [] : [{ other, at: other.block }]))
    .filter(({ at }) => {
      const gap = at.y - bottom;
      const meets = at.x < right(block) && right(at) > block.x;
      const leftEdge = Math.abs(at.x - block.x) < 0.02;
      const rightEdge = Math.abs(right(at) - right(block)) < 0.02;
      return gap > -0.3 * block.height && gap < 3 * block.size && (leftEdge || rightEdge || meets);
    })
    .sort((a, b) => a.at.y - b.at.y)[0]?.other;
}

/** Font size of most of a document's words, as a fraction of the page's height. */
export function bodySize(lines: readonly Line[]): number {
  const words = new Map<number, number>();
  for (const { block, text } of lines) {
    if (block === null) continue;
    const size = Math.round(block.size * 1000) / 1000;
    words.set(size, (words.get(size) ?? 0) + countWords(text));
  }
  return [...words].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** Short, and set apart by size, numbering or capitals. */
export function isHeading({ text, block }: Line, body: number): boolean {
  if (countWords(text) > 10 || countWords(text) === 0 || /[.;,]$/u.test(text)) return false;
  if (block !== null && body > 0 && block.size > 1.08 * body) return true;
  const letters = text.replace(/[^\p{L}]/gu, "");
  const capitals = letters.length >= 4 && letters === letters.toUpperCase();
  return capitals || /^\d+(?:\.\d+)*\.?\s+\p{Lu}/u.test(text);
}

/** The next line of the same paragraph: same size and edge, right below, and no label of its own. */
export function goesOn(line: Line, next: Line): boolean {
  const [above, lower] = [line.block, next.block];
  if (above === null || lower === null || line.slide !== next.slide) return false;
  const step = lower.y - (above.y + above.height);
  const even = Math.abs(above.size - lower.size) < 0.05 * above.size;
  const edge = Math.abs(above.x - lower.x) < 0.01;
  return even && edge && step < 0.8 * above.size && step > -above.size && !/:\s/u.test(next.text);
}
