import type { Change, Slo } from "../../../src/contract/slos.ts";
import { microUsdWords } from "../costs/words.ts";
import { durationWords } from "../lib/format.ts";

/** 0.9934 -> "99.34 %". */
export const percentWords = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

/** Tenths of a second matter below ten. */
export const secondsWords = (seconds: number): string =>
  seconds > 0 && seconds < 10 ? `${seconds.toFixed(1)} s` : durationWords(seconds);

export const valueWords = (value: number, unit: "seconds" | "microUsd"): string =>
  unit === "seconds" ? secondsWords(value) : microUsdWords(Math.round(value));

export type Standing = "kept" | "burning" | "spent" | "unknown";

/** At this rate a budget of 28 days is gone in two weeks. */
const burnFast = 2;

export function standingOf({ state, budget }: Slo): Standing {
  if (state !== "measured") return "unknown";
  if (budget.left <= 0) return "spent";
  const isFast = (budget.burn6h.rate ?? 0) >= burnFast && (budget.burn1h.rate ?? 0) >= burnFast;
  return isFast ? "burning" : "kept";
}

export const standingWords: Readonly<Record<Standing, string>> = {
  kept: "Kept",
  burning: "Burning fast",
  spent: "Budget spent",
  unknown: "No verdict",
};

/** "62 % left", "spent, and 1.4 times as much on top". */
export function budgetWords({ state, budget }: Slo): string {
  if (state === "no-target") return "no budget without a target";
  if (state !== "measured") return "unchanged";
  if (budget.left > 0) return `${Math.round(100 * budget.left)} % left`;
  return budget.left === 0 ? "spent" : `spent ${(1 - budget.left).toFixed(1)} times over`;
}

export const burnWords = ({ rate, n }: Slo["budget"]["burn1h"]): string =>
  rate === null ? "no case" : `${rate.toFixed(1)} (n = ${n})`;

export function goneWords({ state, budget }: Slo): string {
  if (state !== "measured") return "not foreseen";
  if (budget.left <= 0) return "gone";
  return budget.goneInSeconds === null
    ? "not at this rate"
    : `in ${daysWords(budget.goneInSeconds)} at the rate of the last 6 h`;
}

const daysWords = (seconds: number): string => {
  const days = seconds / 86_400;
  if (days < 2) return durationWords(seconds);
  return days > 365 ? "more than a year" : `${Math.round(days)} days`;
};

/** Sentences of what changed, by UTC day, the first of a day first. */
export function changesByDay(changes: readonly Change[]): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const { at, sentence } of changes.toReversed()) {
    const day = at.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), sentence]);
  }
  return days;
}
