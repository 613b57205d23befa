import { type Charge, charge } from "./charge.ts";
import type { HourlyPrice } from "./money.ts";

/**
 * Who says that a run is paid for. `billed`: its provider has shown since when it charges. `estimated`: it has not
 * yet, but a container has come, so that a machine stands there and will be charged for. `unpaid`: nobody ever saw one.
 */
export type Basis = "billed" | "estimated" | "unpaid";

/** Instants in milliseconds of one clock. */
export interface RunTimes {
  readonly requestedMs: number;
  readonly billedFromMs: number | null;
  /** When its first container came. */
  readonly containerMs: number | null;
  readonly billedUntilMs: number | null;
  readonly endedMs: number | null;
}

export interface PaidTime {
  /** Of what is unpaid: since it was asked for. */
  readonly fromMs: number;
  /** While it lasts: now. Never before `fromMs`. */
  readonly untilMs: number;
  readonly basis: Basis;
}

/** Which time of a run is paid for: the one rule for reports, documents, lists, objectives and the fleet. */
export function paidTime(run: RunTimes, nowMs: number): PaidTime {
  const { requestedMs, billedFromMs, containerMs, billedUntilMs, endedMs } = run;
  const fromMs = billedFromMs ?? containerMs ?? requestedMs;
  const untilMs = Math.max(fromMs, billedUntilMs ?? endedMs ?? nowMs);
  if (billedFromMs !== null) return { fromMs, untilMs, basis: "billed" };
  return { fromMs, untilMs, basis: containerMs === null ? "unpaid" : "estimated" };
}

export interface PaidRun extends PaidTime {
  readonly microUsdPerHour: HourlyPrice;
  readonly quantumMs: number;
}

/**
 * Whether anything of a run is paid for in `[fromMs, untilMs)`. What is rounded up is paid beyond its end: the day
 * after may have it alone. A run without length counts where it lies.
 */
export function isPaidIn(run: PaidRun, fromMs: number, untilMs: number): boolean {
  if (run.fromMs >= untilMs) return false;
  if (run.fromMs >= fromMs || run.untilMs > fromMs) return true;
  return run.untilMs + chargeOfRun(run).roundingMs > fromMs;
}

/** What a run is charged; nothing where nobody charges, or nobody says what. */
export function chargeOfRun({ basis, microUsdPerHour, ...time }: PaidRun): Charge {
  const isPaid = basis !== "unpaid" && typeof microUsdPerHour === "number";
  const paid = charge({ ...time, microUsdPerHour: isPaid ? microUsdPerHour : null });
  // What costs nothing is not paid for beyond its end either.
  return isPaid ? paid : { ...paid, roundingMs: 0, paidMs: paid.runningMs };
}
