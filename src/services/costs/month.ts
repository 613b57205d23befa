import {
  dayMs,
  dayOf,
  dayStartMs,
  daysBetween,
  type Month,
  monthOf,
} from "../../core/cost/calendar.ts";
import { dollars } from "../../core/cost/money.ts";
import { isPaidIn } from "../../core/cost/paid-time.ts";
import { projectionDaysMax, projectionDaysMin, projectMonth } from "../../core/cost/projection.ts";
import { moneyOf } from "../../core/cost/splits.ts";
import type { Run } from "../run-ledger.ts";
import { isPriced, type Ledger } from "./read.ts";

export const priceSource =
  "runs of containers at the prices their providers told; no invoice has confirmed them";

const monthWords = ({ fromMs }: Month): string =>
  new Date(fromMs).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

interface DayMoney {
  readonly microUsd: number;
  readonly estimatedMicroUsd: number;
}

/** The money of each UTC day. */
function moneyByDay(runs: readonly Run[]): (day: string) => DayMoney {
  const days = new Map<number, { microUsd: number; estimatedMicroUsd: number }>();
  for (const { shares } of runs) {
    for (const share of shares) {
      let sum = days.get(share.period);
      if (sum === undefined) {
        sum = { microUsd: 0, estimatedMicroUsd: 0 };
        days.set(share.period, sum);
      }
      const microUsd = moneyOf(share);
      sum.microUsd += microUsd;
      if (share.isEstimated) sum.estimatedMicroUsd += microUsd;
    }
  }
  return (day) => days.get(dayStartMs(day) / dayMs) ?? { microUsd: 0, estimatedMicroUsd: 0 };
}

/** The month of a day: what was spent, where it will end, and how that compares with the server. */
export function monthViews(ledger: Ledger, day: string, nowMs: number, baselineMicroUsd: number) {
  const month = monthOf(day);
  const asOf = new Date(nowMs).toISOString();
  const ofDay = moneyByDay(ledger.runs);
  const money = (one: string): number => ofDay(one).microUsd;
  const last = Math.min(month.untilMs - 1, nowMs);
  const byDay = daysBetween(dayOf(month.fromMs), dayOf(last)).map((one) => ({
    day: one,
    microUsd: money(one),
  }));
  const spent = byDay.reduce((sum, { microUsd }) => sum + microUsd, 0);
  const estimatedMicroUsd = byDay.reduce(
    (sum, { day: one }) => sum + ofDay(one).estimatedMicroUsd,
    0,
  );
  const runs = ledger.runs.filter((run) => isPaidIn(run, month.fromMs, month.untilMs));
  const told = project(ledger, month, { spent, money, nowMs });
  const endMs = Math.min(month.untilMs, nowMs);
  const sinceMs = Math.min(endMs, Math.max(month.fromMs, ledger.firstRunMs ?? endMs));
  const ofServer = (untilMs: number): number =>
    Math.round((baselineMicroUsd * (untilMs - sinceMs)) / (month.untilMs - month.fromMs));
  const atEnd = ofServer(month.untilMs);
  return {
    month: {
      month: month.month,
      toDate: { microUsd: spent, estimatedMicroUsd, n: runs.length, asOf, source: priceSource },
      passed: (endMs - month.fromMs) / (month.untilMs - month.fromMs),
      projected: told.projected && { ...told.projected, asOf, source: priceSource },
      method: told.method,
      byDay,
    },
    baseline: {
      microUsdPerMonth: baselineMicroUsd,
      since: new Date(sinceMs).toISOString(),
      soFarMicroUsd: ofServer(endMs),
      savedSoFarMicroUsd: ofServer(endMs) - spent,
      savedAtEnd: told.projected && {
        lowMicroUsd: atEnd - told.projected.highMicroUsd,
        highMicroUsd: atEnd - told.projected.lowMicroUsd,
      },
    },
  };
}

interface Spent {
  readonly spent: number;
  readonly money: (day: string) => number;
  readonly nowMs: number;
}

function project({ runs, firstRunMs }: Ledger, month: Month, { spent, money, nowMs }: Spent) {
  const nothing = (method: string) => ({ projected: null, method });
  if (nowMs >= month.untilMs) {
    return nothing(`${monthWords(month)} is over: ${dollars(spent)} is what it came to.`);
  }
  if (!runs.some(isPriced) || firstRunMs === null) {
    return nothing("No run of the last weeks has a price: there is nothing to project.");
  }
  const today = dayStartMs(dayOf(nowMs));
  const first = Math.max(dayStartMs(dayOf(firstRunMs)), today - projectionDaysMax * dayMs);
  const days = first < today ? daysBetween(dayOf(first), dayOf(today - 1)) : [];
  const daysLeft = (month.untilMs - nowMs) / dayMs;
  const projected = projectMonth(spent, days.map(money), daysLeft);
  if (projected === null) {
    const whole = `${days.length} whole ${days.length === 1 ? "day" : "days"}`;
    return nothing(
      `No projection yet: there are ${whole} of runs, and it takes ${projectionDaysMin}.`,
    );
  }
  return {
    projected,
    method: `What is spent, and the mean of the last ${projected.n} whole days for each of the ${daysLeft.toFixed(1)} days left; 4 of 5 months end within the range if days stay as they are.`,
  };
}
