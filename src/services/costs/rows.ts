import { dayMs, dayStartMs } from "../../core/cost/calendar.ts";
import { groupShares, type MoneyAndTime, type Share, splitOf } from "../../core/cost/splits.ts";
import type { Run } from "../run-ledger.ts";

export type Grouping = "day" | "hour" | "pool" | "phase" | "model" | "document";

export interface CostRow {
  readonly key: string;
  readonly name: string;
  readonly n: number;
  readonly split: MoneyAndTime;
}

const hoursOfDay = 24;

export const rowOf = (key: string, name: string, shares: readonly Share[]): CostRow => ({
  ...{ key, name },
  n: new Set(shares.map(({ run }) => run)).size,
  split: splitOf(shares),
});

/** One row a day, also where nothing ran. */
export function dayRows(shares: readonly Share[], days: readonly string[]): CostRow[] {
  const periods = groupShares(shares, ({ period }) => period);
  return days.map((day) => rowOf(day, day, periods.get(dayStartMs(day) / dayMs) ?? []));
}

/** One row an hour of the day (UTC), all days together. */
export function hourRows(runs: readonly Run[], fromMs: number, untilMs: number): CostRow[] {
  const [first, end] = [(fromMs / dayMs) * hoursOfDay, (untilMs / dayMs) * hoursOfDay];
  const shares = runs.flatMap((run) =>
    run.hours().filter(({ period }) => period >= first && period < end),
  );
  const hours = groupShares(shares, ({ period }) => period % hoursOfDay);
  return Array.from({ length: hoursOfDay }, (_, hour) => {
    const key = String(hour).padStart(2, "0");
    return rowOf(key, `${key}:00 to ${key}:59`, hours.get(hour) ?? []);
  });
}

/** By a word of the run, the dearest first. */
function wordRows(shares: readonly Share[], wordOf: (share: Share) => string): CostRow[] {
  return [...groupShares(shares, wordOf)]
    .map(([key, own]) => rowOf(key, key, own))
    .sort(dearestFirst);
}

export const poolRows = (shares: readonly Share[]): CostRow[] =>
  wordRows(shares, ({ pool }) => pool);

export function modelRows(shares: readonly Share[], runs: readonly Run[]): CostRow[] {
  const models = new Map(runs.map(({ run, facts }) => [run, facts?.model ?? ""]));
  return wordRows(shares, ({ run }) => models.get(run) || "none: it never registered");
}

const phaseNames = {
  busy: "busy",
  coldStart: "cold start",
  idle: "idle, warm",
  wasted: "wasted",
} as const;

/** What the time was good for: one row each, with nothing in its other columns. */
export function phaseRows(shares: readonly Share[]): CostRow[] {
  const all = splitOf(shares);
  const estimated = splitOf(shares.filter(({ isEstimated }) => isEstimated)).microUsd;
  const n = new Set(shares.map(({ run }) => run)).size;
  return (["busy", "coldStart", "idle", "wasted"] as const).map((part) => {
    const only = (split: MoneyAndTime["microUsd"]) => ({
      ...{ busy: 0, coldStart: 0, idle: 0, wasted: 0 },
      ...{ [part]: split[part], total: split[part] },
    });
    const of = { microUsd: only(all.microUsd), seconds: only(all.seconds) };
    const split = { ...of, estimatedMicroUsd: estimated[part] };
    return { key: part, name: phaseNames[part], n, split };
  });
}

/** The dearest first; where nothing has a price, the longest. */
export const dearestFirst = (a: CostRow, b: CostRow): number =>
  b.split.microUsd.total - a.split.microUsd.total ||
  b.split.seconds.total - a.split.seconds.total ||
  a.key.localeCompare(b.key);
