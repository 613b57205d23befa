import { instantMs } from "./instant.ts";

/** Recorded arrivals, in order. */
export interface Trace {
  /** Milliseconds from the zero of the file: of its clock, or its first arrival where it names instants. */
  readonly arrivalsMs: readonly number[];
  /** The instant of that zero, in milliseconds since 1970; null: the file does not say. */
  readonly startMs: number | null;
}

/** Why a text is no trace. `line` counts from 1; null: it is the file as a whole. */
export interface TraceProblem {
  readonly line: number | null;
  /** A clause: `"soon" is neither seconds nor a time`. */
  readonly what: string;
}

export type ParsedTrace = { readonly trace: Trace } | { readonly problem: TraceProblem };

/** More would not fit beside a simulation in the memory of a small machine. */
export const arrivalsMax = 5_000_000;
/** A century: what is longer was written in another unit. */
const spanMsMax = 100 * 365 * 86_400_000;

/** Columns that hold seconds from a zero of the file's own, and columns that hold instants. */
const secondNames = ["arrival_s", "arrival_seconds", "offset_s"];
const instantNames = [
  ...["at", "time", "timestamp", "arrived_at", "created_at", "uploaded_at", "submitted_at"],
  ...["uploadedat", "createdat", "arrivedat"],
];

type Unit = "seconds" | "instant";
interface Reading {
  readonly unit: Unit;
  readonly value: number;
}

/**
 * Reads arrivals from a text: one column `arrival_s` (seconds), a CSV with a column of times, or a JSON
 * object, number or time a line. Blank lines and lines that begin with `#` are passed over. The order
 * does not matter. Seconds and times may not be mixed.
 */
export function parseTrace(text: string): ParsedTrace {
  const lines = contentLines(text);
  const [first] = lines;
  if (first === undefined) return problem(null, "it holds no arrival");
  const read = first.text.startsWith("{") || first.text.startsWith('"') ? jsonValue : null;
  const column = read === null ? columnOf(first.text) : null;
  if (column !== null && "what" in column) return problem(first.line, column.what);
  const rows = column?.isHeader === true ? lines.slice(1) : lines;
  if (rows.length === 0) return problem(first.line, "no arrival follows the heading");
  if (rows.length > arrivalsMax) {
    return problem(rows[arrivalsMax]?.line ?? null, `more than ${arrivalsMax} arrivals`);
  }
  return collect(rows, (line) => {
    if (read !== null) return read(line);
    const cells = cellsOf(line);
    return reading(cells[column?.index ?? 0], column?.unit ?? null);
  });
}

const problem = (line: number | null, what: string): ParsedTrace => ({ problem: { line, what } });

interface Line {
  readonly line: number;
  readonly text: string;
}

function contentLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const content = raw.trim();
    if (content !== "" && !content.startsWith("#")) lines.push({ line: index + 1, text: content });
  }
  return lines;
}

function collect(rows: readonly Line[], read: (line: string) => Reading | string): ParsedTrace {
  let unit: Unit | null = null;
  const values: number[] = [];
  for (const { line, text } of rows) {
    const found = read(text);
    if (typeof found === "string") return problem(line, found);
    unit ??= found.unit;
    if (found.unit !== unit) return problem(line, "seconds and times are mixed");
    values.push(found.value);
  }
  values.sort((a, b) => a - b);
  const zeroMs = unit === "instant" ? (values[0] ?? 0) : 0;
  const spanMs = (values.at(-1) ?? 0) - zeroMs;
  if (spanMs > spanMsMax) return problem(null, "it spans more than a century: is that the unit?");
  // Whole milliseconds, as the product's clock has them.
  const arrivalsMs = values.map((value) => Math.round(value - zeroMs));
  return { trace: { arrivalsMs, startMs: unit === "instant" ? zeroMs : null } };
}

interface Column {
  readonly index: number;
  /** What the heading says; null: each value shows it. */
  readonly unit: Unit | null;
  readonly isHeader: boolean;
}

/** The column of the arrivals, by its heading; a first line that is itself an arrival has none. */
function columnOf(line: string): Column | { readonly what: string } {
  const cells = cellsOf(line);
  const names = cells.map((cell) => cell.toLowerCase());
  for (const [wanted, unit] of [
    [secondNames, "seconds"],
    [instantNames, "instant"],
  ] as const) {
    const index = names.findIndex((name) => wanted.includes(name));
    if (index >= 0) return { index, unit, isHeader: true };
  }
  if (typeof reading(cells[0], null) !== "string") return { index: 0, unit: null, isHeader: false };
  return {
    what: `no column is called ${secondNames[0]} or one of ${instantNames.slice(0, 7).join(", ")}`,
  };
}

/** Cells of a line of CSV: separated by commas, semicolons or tabs; quotes may hold a separator. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,;\t]*))\s*(?:[,;\t]|$)/y;
  while (pattern.lastIndex < line.length) {
    const match = pattern.exec(line);
    if (match === null) return [line];
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? "").trim());
  }
  return cells;
}

function jsonValue(line: string): Reading | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is not JSON";
  }
  if (typeof value === "string" || typeof value === "number") return reading(String(value), null);
  if (typeof value !== "object" || value === null) return "it is neither an object nor a time";
  const entries = Object.entries(value);
  for (const [wanted, unit] of [
    [secondNames, "seconds"],
    [instantNames, "instant"],
  ] as const) {
    const entry = entries.find(([name]) => wanted.includes(name.toLowerCase()));
    if (entry !== undefined) return reading(String(entry[1]), unit);
  }
  return `it has none of the members ${[secondNames[0], ...instantNames.slice(0, 7)].join(", ")}`;
}

/** Epoch seconds of a time after 2001 have ten digits; with thirteen they are milliseconds. */
const epochSecondsMin = 1e9;
const epochMsMin = 1e12;

function reading(cell: string | undefined, unit: Unit | null): Reading | string {
  if (cell === undefined || cell === "") return "the arrival is missing";
  if (/^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(cell)) return number(Number(cell), unit, cell);
  const atMs = unit === "seconds" ? null : instantMs(cell);
  if (atMs !== null) return { unit: "instant", value: atMs };
  const wanted = unit === "seconds" ? "not seconds" : "neither seconds nor a time";
  return `"${shortened(cell)}" is ${wanted}`;
}

function number(value: number, unit: Unit | null, cell: string): Reading | string {
  if (!Number.isFinite(value)) return `"${shortened(cell)}" is no number`;
  if (value < 0) return `${shortened(cell)} is before the beginning`;
  if (unit !== "instant") return { unit: "seconds", value: value * 1_000 };
  if (value < epochSecondsMin) return `${shortened(cell)} is no time since 1970`;
  return { unit, value: value >= epochMsMin ? value : value * 1_000 };
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
