import { charge } from "./charge.ts";
import { dollars } from "./money.ts";

/** What one machine costs, and the piece of time it is paid by. */
export interface Rental {
  readonly microUsdPerHour: number;
  /** As configured. Nobody has confirmed it before the first bill. */
  readonly quantumMs: number;
}

/** What may be spent in all, and what may have been spent so far: millionths of a US dollar. */
export interface Spending {
  readonly limitMicroUsd: number;
  readonly spentMicroUsd: number;
}

const unconfirmedQuantumMs = 600_000;
const centMicroUsd = 10_000;

/**
 * The most that a replica may cost which is there for `ms`: whole pieces, and one more, since pieces
 * may go by the clock on the wall and a replica that dies is replaced once. Never less than pieces of
 * ten minutes; a whole number of cents, rounded up.
 */
export function worstCase({ microUsdPerHour, quantumMs }: Rental, ms: number): number {
  const pieceMs = Math.max(quantumMs, unconfirmedQuantumMs);
  const times = { fromMs: 0, untilMs: Math.max(0, Math.ceil(ms)) + pieceMs };
  const { microUsd } = charge({ ...times, microUsdPerHour, quantumMs: pieceMs });
  return Math.ceil(microUsd / centMicroUsd) * centMicroUsd;
}

/** Why a step that may cost so much must not begin; null: it may. */
export function overspending(spending: Spending, stepMicroUsd: number): string | null {
  const { limitMicroUsd, spentMicroUsd } = spending;
  const leftMicroUsd = Math.max(0, limitMicroUsd - spentMicroUsd);
  if (stepMicroUsd <= leftMicroUsd) return null;
  const left = spentMicroUsd === 0 ? "" : `${dollars(leftMicroUsd)} are left of `;
  return `it may cost ${dollars(stepMicroUsd)}, and ${left}${dollars(limitMicroUsd)}${left === "" ? " is the most" : ""}`;
}

export type Rounding = "replica" | "account" | "none";

/** A replica from its first sight until it was seen to be gone, in milliseconds of one clock. */
export interface Lifetime {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * What these lives cost under each reading of "paid by pieces": every replica rounds up by itself,
 * all of them together do, or nothing is rounded. Millionths of a US dollar.
 */
export function readings(
  { microUsdPerHour, quantumMs }: Rental,
  lives: readonly Lifetime[],
): Readonly<Record<Rounding, number>> {
  const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);
  const cost = (life: Lifetime, piecesMs: number): number =>
    charge({ ...life, microUsdPerHour, quantumMs: piecesMs }).microUsd;
  const together = { fromMs: 0, untilMs: sum(lives.map((life) => life.untilMs - life.fromMs)) };
  return {
    replica: sum(lives.map((life) => cost(life, quantumMs))),
    account: cost(together, quantumMs),
    none: cost(together, 0),
  };
}

/** The one reading that an amount agrees with, to two cents; null when none or several do. */
export function readingOf(
  told: Readonly<Record<Rounding, number>>,
  microUsd: number,
): Rounding | null {
  const near = (["replica", "account", "none"] as const).filter(
    (reading) => Math.abs(told[reading] - microUsd) <= 2 * centMicroUsd,
  );
  return near.length === 1 ? (near[0] ?? null) : null;
}
