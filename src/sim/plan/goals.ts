import type { Interval } from "../judge/bootstrap.ts";
import type { PolicySummary } from "../study/summary.ts";
import { type Offer, usdPerHour } from "./offer.ts";

/** Hours of a twelfth of a year of 365 days, as the price books count a month. */
export const hoursPerMonth = 730;

export type Verdict = "yes" | "likely" | "unlikely" | "no";

/** One goal of the request, and whether an option reaches it at this traffic. */
export interface GoalVerdict {
  readonly goal: string;
  readonly verdict: Verdict;
  /** The figure it is judged by, for people. */
  readonly figure: string;
}

/** `yes`, or `no`, when the whole interval says so; between them by the estimate. */
function below({ estimate, low, high }: Interval, limit: number): Verdict {
  if (high < limit) return "yes";
  if (low >= limit) return "no";
  return estimate < limit ? "likely" : "unlikely";
}

export function atLeast({ estimate, low, high }: Interval, limit: number): Verdict {
  if (low >= limit) return "yes";
  if (high < limit) return "no";
  return estimate >= limit ? "likely" : "unlikely";
}

/** What the old server cost a month, in US dollars. */
const serverUsd = 800;

export interface GoalFacts {
  readonly offer: Offer;
  readonly summary: PolicySummary;
  /** The promise: this share of documents within the time that was simulated for. */
  readonly share: number;
  readonly withinMs: number;
}

/** The request's goals for money and time, each with what was found. */
export function goalsOf(facts: GoalFacts): GoalVerdict[] {
  const { summary, offer, share, withinMs } = facts;
  const month = scaled(summary.usdPerHour, hoursPerMonth);
  const document = summary.usdPerDocument;
  const { share: feasible, low, high } = summary.figures.onTimeFeasible;
  const hour = usdPerHour(offer);
  const money = (limitUsd: number, goal: string): GoalVerdict => ({
    goal,
    verdict: below(month, limitUsd),
    figure: `$${month.estimate.toFixed(2)}`,
  });
  const saved = `${Math.round(100 * (1 - month.estimate / serverUsd)) + 0} %`;
  return [
    money(97.5, "$97.50 a month"),
    { ...money(0.12 * serverUsd, "88 % below the $800 server"), figure: saved },
    { ...money(0.15 * serverUsd, "85 % below the $800 server"), figure: saved },
    money(120, "under $120 a month"),
    {
      goal: "under $0.15 a document",
      verdict: below(document, 0.15),
      figure: `$${document.estimate.toFixed(3)}`,
    },
    {
      goal: "under $1.50 an hour, both kinds of work on",
      verdict: hour < 1.5 ? "yes" : "no",
      figure: `$${hour.toFixed(2)}`,
    },
    {
      goal: `${percent(share)} within ${withinMs / 60_000} min`,
      verdict: atLeast(summary.within, share),
      figure: percent(summary.within.estimate),
    },
    {
      goal: "text ready when needed, 90 %",
      verdict: feasible === null ? "no" : atLeast({ estimate: feasible, low, high }, 0.9),
      figure: feasible === null ? "-" : percent(feasible),
    },
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;

/** An interval, so many times as large. */
export const scaled = ({ estimate, low, high }: Interval, times: number): Interval => ({
  estimate: estimate * times,
  low: low * times,
  high: high * times,
});
