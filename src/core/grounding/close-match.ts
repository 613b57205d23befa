import type { Symbols } from "./symbols.ts";

/** Length of the runs by which places worth a closer look are found. */
const runLength = 3;
/** A run that stands more often than this in the quote says little about where. */
const placesMax = 8;
/** Cells of the comparison after which no further place is tried. */
const cellsMax = 4_000_000;
const outOfReach = 1_000_000;

interface Place {
  readonly from: number;
  readonly to: number;
  readonly votes: number;
}

/**
 * Fewest edits that turn the quote into some stretch of the text, when `editsMax` are enough; else
 * undefined. Firm symbols are never edited. The cost grows with the text's length plus a constant:
 * only places that share runs with the quote are compared, the likeliest first.
 */
export function closestMatch(quote: Symbols, text: Symbols, editsMax: number): number | undefined {
  let best: number | undefined;
  let cells = 0;
  for (const place of likelyPlaces(quote, text, editsMax)) {
    if (cells > cellsMax) break;
    const found = compareAt(quote, text, place, best === undefined ? editsMax : best - 1);
    cells += found.cells;
    if (found.edits !== undefined) best = found.edits;
    if (best === 1) break;
  }
  return best;
}

/**
 * Every stretch within `editsMax` (15 %) of the quote shares a run with it, about where the run stands
 * in the quote; so runs vote for where the quote would begin.
 */
function likelyPlaces(quote: Symbols, text: Symbols, editsMax: number): Place[] {
  const bucketSize = 2 * editsMax + 1;
  const length = quote.values.length;
  const votes = new Map<number, number>();
  const runs = runsOf(quote);
  for (let at = 0; at + runLength <= text.values.length; at += 1) {
    for (const inQuote of runs.get(runAt(text, at)) ?? []) {
      const bucket = Math.floor((at - inQuote + length) / bucketSize);
      votes.set(bucket, (votes.get(bucket) ?? 0) + 1);
    }
  }
  return [...votes]
    .map(([bucket, count]) => {
      const begin = bucket * bucketSize - length;
      return {
        from: Math.max(0, begin - editsMax),
        to: Math.min(text.values.length, begin + bucketSize + length + editsMax),
        votes: count,
      };
    })
    .sort((a, b) => b.votes - a.votes || a.from - b.from);
}

function runsOf(quote: Symbols): Map<number, number[]> {
  const runs = new Map<number, number[]>();
  for (let at = 0; at + runLength <= quote.values.length; at += 1) {
    const run = runAt(quote, at);
    const places = runs.get(run) ?? [];
    if (places.length < placesMax) places.push(at);
    runs.set(run, places);
  }
  return runs;
}

/** A run of symbols as one number. Two runs that share one only cost a wrong vote. */
function runAt(symbols: Symbols, at: number): number {
  let run = 0;
  for (let step = 0; step < runLength; step += 1) {
    run = Math.imul(run, 0x01000193) ^ (symbols.values[at + step] ?? 0);
  }
  return run;
}

/**
 * The usual table of edits, column by column, with a free start and end in the text. A column ends
 * where no cell is within `editsMax` any more.
 */
function compareAt(
  quote: Symbols,
  text: Symbols,
  place: Place,
  editsMax: number,
): { edits: number | undefined; cells: number } {
  const length = quote.values.length;
  let column: Int32Array = firstColumn(quote);
  let next: Int32Array = new Int32Array(length + 1);
  let reach = lastWithin(column, length, editsMax);
  let edits: number | undefined;
  let cells = 0;
  for (let at = place.from; at < place.to; at += 1) {
    let end = Math.min(length, reach + 1);
    fillColumn(quote, text, at, column, next, end);
    end = extendColumn(quote, next, end, editsMax);
    cells += end;
    [column, next] = [next, column];
    reach = lastWithin(column, end, editsMax);
    const whole = reach === length ? (column[length] ?? outOfReach) : outOfReach;
    if (whole <= editsMax && (edits === undefined || whole < edits)) edits = whole;
  }
  return { edits, cells };
}

function firstColumn(quote: Symbols): Int32Array {
  const column = new Int32Array(quote.values.length + 1);
  for (let row = 1; row < column.length; row += 1) {
    column[row] = Math.min(outOfReach, (column[row - 1] ?? 0) + costOf(quote, row - 1));
  }
  return column;
}

function fillColumn(
  quote: Symbols,
  text: Symbols,
  at: number,
  before: Int32Array,
  next: Int32Array,
  end: number,
): void {
  const value = text.values[at];
  const extra = costOf(text, at);
  next[0] = 0;
  for (let row = 1; row <= end; row += 1) {
    const missing = costOf(quote, row - 1);
    const change = quote.values[row - 1] === value ? 0 : Math.max(missing, extra);
    const changed = (before[row - 1] ?? outOfReach) + change;
    const left = (before[row] ?? outOfReach) + extra;
    const skipped = (next[row - 1] ?? outOfReach) + missing;
    next[row] = Math.min(outOfReach, changed, left, skipped);
  }
}

/** Past a firm symbol that fits at last, cells come within reach from below alone. Returns the new end. */
function extendColumn(quote: Symbols, next: Int32Array, from: number, editsMax: number): number {
  let end = from;
  while (end < quote.values.length) {
    const skipped = (next[end] ?? outOfReach) + costOf(quote, end);
    next[end + 1] = skipped <= editsMax ? skipped : outOfReach;
    if (skipped > editsMax) break;
    end += 1;
  }
  return end;
}

const costOf = (symbols: Symbols, at: number): number => (symbols.firm[at] === 1 ? outOfReach : 1);

function lastWithin(column: Int32Array, from: number, editsMax: number): number {
  let row = from;
  while (row > 0 && (column[row] ?? outOfReach) > editsMax) row -= 1;
  return row;
}
