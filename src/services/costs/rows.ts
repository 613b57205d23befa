import { dayMs, dayStartMs } from "../../core/cost/calendar.ts";
import {
  byPeriod,
  type CostPiece,
  groupPieces,
  type MoneyAndTime,
  splitOf,
} from "../../core/cost/splits.ts";
import type { Run } from "./read.ts";

export type Grouping = "day" | "hour" | "pool" | "phase" | "model" | "document";

export interface CostRow {
  readonly key: string;
  readonly name: string;
  readonly n: number;
  readonly split: MoneyAndTime;
}

const hourMs = 3_600_000;
const hoursOfDay = 24;

export const rowOf = (key: string, name: string, pieces: readonly CostPiece[]): CostRow => ({
  ...{ key, name },
  n: new Set(pieces.map(({ run }) => run)).size,
  split: splitOf(pieces),
});

/** One row a day, also where nothing ran. */
export function dayRows(pieces: readonly CostPiece[], days: readonly string[]): CostRow[] {
  const periods = byPeriod(pieces, dayMs);
  return days.map((day) => rowOf(day, day, periods.get(dayStartMs(day) / dayMs) ?? []));
}

/** One row an hour of the day (UTC), all days together. */
export function hourRows(pieces: readonly CostPiece[]): CostRow[] {
  const hours: CostPiece[][] = Array.from({ length: hoursOfDay }, () => []);
  for (const [hour, inside] of byPeriod(pieces, hourMs)) hours[hour % hoursOfDay]?.push(...inside);
  return hours.map((inside, hour) => {
    const key = String(hour).padStart(2, "0");
    return rowOf(key, `${key}:00 to ${key}:59`, inside);
  });
}

/** By a word of the run, the dearest first. */
function wordRows(pieces: readonly CostPiece[], wordOf: (piece: CostPiece) => string): CostRow[] {
  return [...groupPieces(pieces, wordOf)]
    .map(([key, own]) => rowOf(key, key, own))
    .sort(dearestFirst);
}

export const poolRows = (pieces: readonly CostPiece[]): CostRow[] =>
  wordRows(pieces, ({ pool }) => pool);

export function modelRows(pieces: readonly CostPiece[], runs: readonly Run[]): CostRow[] {
  const models = new Map(runs.map(({ run, facts }) => [run, facts?.model ?? ""]));
  return wordRows(pieces, ({ run }) => models.get(run) || "none: it never registered");
}

const phaseNames = {
  busy: "busy",
  coldStart: "cold start",
  idle: "idle, warm",
  wasted: "wasted",
} as const;

/** What the time was good for: one row each, with nothing in its other columns. */
export function phaseRows(pieces: readonly CostPiece[]): CostRow[] {
  const all = splitOf(pieces);
  const n = new Set(pieces.map(({ run }) => run)).size;
  return (["busy", "coldStart", "idle", "wasted"] as const).map((part) => {
    const only = (split: MoneyAndTime["microUsd"]) => ({
      ...{ busy: 0, coldStart: 0, idle: 0, wasted: 0 },
      ...{ [part]: split[part], total: split[part] },
    });
    const split = { microUsd: only(all.microUsd), seconds: only(all.seconds) };
    return { key: part, name: phaseNames[part], n, split };
  });
}

/** The dearest first; where nothing has a price, the longest. */
export const dearestFirst = (a: CostRow, b: CostRow): number =>
  b.split.microUsd.total - a.split.microUsd.total ||
  b.split.seconds.total - a.split.seconds.total ||
  a.key.localeCompare(b.key);
