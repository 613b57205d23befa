/** A stretch of one replica's time, in milliseconds of one clock, and what it is paid by. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Millionths of a US dollar, a whole number; null: nobody charges. */
  readonly microUsdPerHour: number | null;
  /** Paid in whole pieces of this; 0: to the millisecond. */
  readonly quantumMs: number;
}

export interface Charge {
  readonly runningMs: number;
  readonly paidMs: number;
  /** Paid, but not run: `paidMs - runningMs`, always less than the quantum. */
  readonly roundingMs: number;
  /** Millionths of a US dollar, a whole number. */
  readonly microUsd: number;
}

const hourMs = 3_600_000n;

/**
 * What a stretch costs, exactly: the running time goes up to the next whole quantum, and only the
 * amount of money is rounded, half up, once. Fractions of a millisecond in the two instants are
 * dropped; a stretch that ends before it begins has no length. Parts paid to the millisecond add up
 * to the whole, apart from less than one millionth of a dollar a part.
 */
export function charge({ fromMs, untilMs, microUsdPerHour, quantumMs }: Stretch): Charge {
  const runningMs = Math.max(0, Math.floor(untilMs) - Math.floor(fromMs));
  const restMs = quantumMs > 0 ? runningMs % quantumMs : 0;
  const roundingMs = restMs === 0 ? 0 : quantumMs - restMs;
  const paidMs = runningMs + roundingMs;
  return { runningMs, paidMs, roundingMs, microUsd: amount(paidMs, microUsdPerHour ?? 0) };
}

/** Time times price goes beyond what a number holds exactly: a month at a dollar already does. */
function amount(paidMs: number, microUsdPerHour: number): number {
  const product = BigInt(paidMs) * BigInt(microUsdPerHour);
  return Number((2n * product + hourMs) / (2n * hourMs));
}
