import { dayMs, dayOf, daysBetween } from "../../core/cost/calendar.ts";
import { percentile } from "../../core/pipeline/estimate.ts";
import { errorBudget } from "../../core/slo/burn.ts";

export const windowDays = 28;
export const windowMs = windowDays * dayMs;
/** Below so many cases a share is said to rest on few. */
const casesFew = 20;
const worstMax = 5;

/** One case that a promise was about. */
export interface Case {
  readonly atMs: number;
  readonly isGood: boolean;
  readonly document: string;
  readonly workspace: string;
  /** What it came to, in the promise's unit; null: it is no quantity. */
  readonly value: number | null;
}

export interface Promise28 {
  readonly id: string;
  readonly promise: string;
  readonly target: number;
  readonly unit: "seconds" | "microUsd" | null;
  readonly source: string;
  readonly cases: readonly Case[];
  /** Said where there is no case. */
  readonly whyNone: string;
  /** Nothing of it is stored, or nobody has said what is good: then why. */
  readonly unmeasured?: string;
  readonly noTarget?: string;
}

interface Asked {
  readonly nowMs: number;
  readonly workspace: string;
}

/** A promise with its budget. Cases without a target are counted and never bad. */
export function objectiveView(given: Promise28, { nowMs, workspace }: Asked) {
  const { id, promise, target, source } = given;
  const cases = given.cases.filter(({ atMs }) => atMs > nowMs - windowMs && atMs <= nowMs);
  const { good, n, share, left, burn1h, burn6h, goneInMs } = errorBudget(cases, {
    ...{ target, nowMs, windowMs },
  });
  const { state, why } = stateOf(given, n);
  const isJudged = state === "measured";
  return {
    ...{ id, promise, target, source, state, why, n, good },
    asOf: new Date(nowMs).toISOString(),
    share: isJudged ? share : null,
    few: n < casesFew,
    values: valuesOf(cases, given.unit),
    budget: {
      left: isJudged ? left : 1,
      burn1h: { rate: isJudged ? burn1h.rate : null, n: burn1h.n },
      burn6h: { rate: isJudged ? burn6h.rate : null, n: burn6h.n },
      goneInSeconds: isJudged && goneInMs !== null ? goneInMs / 1000 : null,
    },
    days: daysOf(cases, nowMs),
    worst: worstOf(cases, workspace),
  };
}

function stateOf({ unmeasured, noTarget, whyNone }: Promise28, n: number) {
  if (unmeasured !== undefined) return { state: "unmeasured" as const, why: unmeasured };
  if (n === 0) return { state: "no-data" as const, why: whyNone };
  if (noTarget !== undefined) return { state: "no-target" as const, why: noTarget };
  return { state: "measured" as const, why: null };
}

function valuesOf(cases: readonly Case[], unit: Promise28["unit"]) {
  const values = cases.flatMap(({ value }) => (value === null ? [] : [value]));
  const at = (share: number): number => percentile(values, share) ?? 0;
  if (unit === null || values.length === 0) return null;
  return { unit, p50: at(0.5), p90: at(0.9), p95: at(0.95) };
}

function daysOf(cases: readonly Case[], nowMs: number) {
  const counts = new Map<string, { good: number; n: number }>();
  for (const { atMs, isGood } of cases) {
    const day = dayOf(atMs);
    const { good, n } = counts.get(day) ?? { good: 0, n: 0 };
    counts.set(day, { good: good + (isGood ? 1 : 0), n: n + 1 });
  }
  return daysBetween(dayOf(nowMs - windowMs + dayMs), dayOf(nowMs)).map((day) => ({
    day,
    ...(counts.get(day) ?? { good: 0, n: 0 }),
  }));
}

/** Bad ones first, then by how far off they are, then the newest. */
function worstOf(cases: readonly Case[], workspace: string) {
  const order = (a: Case, b: Case): number =>
    Number(a.isGood) - Number(b.isGood) || (b.value ?? 0) - (a.value ?? 0) || b.atMs - a.atMs;
  return cases
    .filter((one) => one.workspace === workspace && (one.value !== null || !one.isGood))
    .sort(order)
    .slice(0, worstMax)
    .map(({ document, value, isGood, atMs }) => ({
      ...{ document, value, good: isGood },
      at: new Date(atMs).toISOString(),
    }));
}
