import type { Line } from "./lines.ts";

/** Sizes that differ less than this are one size. */
const sizeSlack = 0.95;
const linesMax = 4;

/** The largest words of the first page, when they are larger than the rest: a title. */
export function largestOf(lines: readonly Line[]): Line[] {
  const first = onFirstPage(lines);
  const largest = Math.max(0, ...first.map(({ size }) => size));
  const at = first.findIndex(({ size }) => size >= sizeSlack * largest);
  const title: Line[] = [];
  for (const { line, size } of first.slice(at < 0 ? first.length : at)) {
    if (size < sizeSlack * largest || title.length >= linesMax) break;
    title.push(line);
  }
  return title;
}

/** What stands right below the title in one size: authors, mostly. */
export function belowLargest(lines: readonly Line[]): Line[] {
  const title = largestOf(lines);
  const last = title.at(-1);
  const after = onFirstPage(lines);
  const from = after.findIndex(({ line }) => line === last);
  if (last === undefined || from < 0) return [];
  const below: Line[] = [];
  let size = 0;
  for (const next of after.slice(from + 1, from + 1 + linesMax)) {
    if (size !== 0 && (next.size < sizeSlack * size || next.size * sizeSlack > size)) break;
    size = next.size;
    below.push(next.line);
  }
  return below;
}

function onFirstPage(lines: readonly Line[]): { line: Line; size: number }[] {
  const first = lines[0]?.slide;
  return lines.flatMap((line) =>
    line.slide === first && line.block !== null && !line.repeated
      ? [{ line, size: line.block.size }]
      : [],
  );
}
