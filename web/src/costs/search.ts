import type { CostGrouping } from "../../../src/contract/costs.ts";
import { dayOf, dayStartMs, monthOf } from "../../../src/core/cost/calendar.ts";

const groupings = [
  "pool",
  "model",
  "day",
  "hour",
  "phase",
  "document",
] as const satisfies readonly CostGrouping[];

/** The page's address: a preset or two days, what the table is by, and a price for a what-if. */
export interface CostsSearch {
  time?: "last" | undefined;
  from?: string | undefined;
  to?: string | undefined;
  by?: CostGrouping | undefined;
  /** Dollars an hour, for time that nobody charges for. */
  rate?: number | undefined;
  /** How far the chart's axis goes; absent: up to the server's price. */
  scale?: "spend" | undefined;
}

const dayText = (raw: unknown): string | undefined =>
  typeof raw === "string" && /^\d{4}-\d{2}-\d{2}$/.test(raw) && !Number.isNaN(Date.parse(raw))
    ? raw
    : undefined;

/** What is not understood is left out. */
export const costsSearch = (raw: Record<string, unknown>): CostsSearch => {
  const [from, to] = [dayText(raw.from), dayText(raw.to)];
  const by = groupings.find((known) => known === raw.by);
  const rate = Number(raw.rate);
  const isCustom = from !== undefined || to !== undefined;
  return {
    ...(raw.time === "last" && !isCustom ? { time: "last" as const } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(by === undefined ? {} : { by }),
    ...(rate > 0 && rate <= 10_000 ? { rate } : {}),
    ...(raw.scale === "spend" ? { scale: "spend" as const } : {}),
  };
};

/** What is asked of the API: days, both counted, UTC. */
export function periodOf(search: CostsSearch, nowMs: number): { from?: string; to?: string } {
  if (search.time === "last") {
    const last = monthOf(dayOf(monthOf(dayOf(nowMs)).fromMs - 1));
    return { from: dayOf(last.fromMs), to: dayOf(last.untilMs - 1) };
  }
  const { from, to } = search;
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** "1 Nov 2026 to 26 Nov 2026". */
export const daysWords = (from: string, to: string): string =>
  from === to ? dayWords(from) : `${dayWords(from)} to ${dayWords(to)}`;

export const dayWords = (day: string): string =>
  new Date(dayStartMs(day)).toLocaleDateString("en-GB", {
    ...{ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" },
  });
