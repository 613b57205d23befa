import { dollars } from "../../../core/cost/money.ts";
import {
  overspending,
  type Rental,
  type Spending,
  worstCase,
} from "../../../core/cost/spending.ts";
import type { Machine } from "../../provider.ts";
import type { Fact } from "./questions.ts";

/** A stretch in which a replica is paid for. Times are limits, in milliseconds. */
export interface PaidStep {
  readonly name: "start" | "grace" | "pause";
  /** What happens in it, for people. */
  readonly what: string;
  readonly startMs: number;
  readonly stopMs: number;
  readonly facts: readonly Fact[];
}

const minuteMs = 60_000;

/** In the order of what they are worth; the later ones find the image on the machine. */
export const paidSteps: readonly PaidStep[] = [
  {
    name: "start",
    what: "start the image, then scale to 0",
    startMs: 15 * minuteMs,
    stopMs: 3 * minuteMs,
    facts: ["create_status", "start_phases", "stop_ms"],
  },
  {
    name: "grace",
    what: "start a container that ignores SIGTERM, then scale to 0",
    startMs: 7 * minuteMs,
    stopMs: 2 * minuteMs,
    facts: ["grace_ms", "sigterm"],
  },
  {
    name: "pause",
    what: "start it again, then pause",
    startMs: 7 * minuteMs,
    stopMs: 2 * minuteMs,
    facts: ["pause_drains"],
  },
];

/** The most that a step may cost, with the time to take it back. */
export const stepCost = (rental: Rental, { startMs, stopMs }: PaidStep): number =>
  worstCase(rental, startMs + stopMs);

/** One line, then one a step: `  1. start the image, then scale to 0: at most $0.76`. */
export function planText(
  name: string,
  machine: Machine,
  rental: Rental,
  spending: Spending,
): string {
  let rest = spending;
  let sum = 0;
  const lines = paidSteps.map((step, index) => {
    const cost = stepCost(rental, step);
    const isLeft = overspending(rest, cost) === null;
    if (isLeft) {
      sum += cost;
      rest = { ...rest, spentMicroUsd: rest.spentMicroUsd + cost };
    }
    const end = isLeft ? `at most ${dollars(cost)}` : "only if enough is left";
    return `  ${index + 1}. ${step.what}: ${end}`;
  });
  const what = `${machine.gpu}${machine.spot ? " spot" : ""} at ${dollars(rental.microUsdPerHour)} an hour`;
  return [
    `This will cost at most ${dollars(sum)}: one replica, ${name}, on ${what}.`,
    ...lines,
  ].join("\n");
}
