import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../../../errors/app-error.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { Random } from "../../../lib/random.ts";

/** Waits; ends early with the signal's reason. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const waitFor: Sleep = async (ms, signal) => {
  try {
    await pause(ms, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
};

export interface Patience {
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}

/** A full server that may have said when to come back. */
export class ServerBusy extends AppError {
  readonly retryAfterMs: number | null;

  constructor(detail: string, retryAfterMs: number | null) {
    super("MODEL_BUSY", detail);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Tries before a full server becomes MODEL_BUSY, and the pauses between them. */
const busyTries = 6;
const busyPauseMs = { first: 500, longest: 8_000 };

/**
 * Tries again while the server is full, with growing pauses or those it asks for, never past the
 * deadline: who would have to wait longer ends with MODEL_BUSY at once. `ask` gets the milliseconds left.
 */
export async function whileBusy<T>(
  { clock, random, sleep }: Patience,
  deadlineMs: number,
  signal: AbortSignal,
  ask: (leftMs: number) => Promise<T>,
): Promise<T> {
  const endMs = clock.nowMs() + deadlineMs;
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask(endMs - clock.nowMs());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "MODEL_BUSY") throw error;
      const asked = error instanceof ServerBusy ? (error.retryAfterMs ?? 0) : 0;
      const pauseMs = Math.max(asked, pauseAfter(tried, random));
      if (tried >= busyTries || clock.nowMs() + pauseMs >= endMs) throw error;
      await sleep(pauseMs, signal);
    }
  }
}

/** Half of the pause is chance, so that containers turned away together do not come back together. */
function pauseAfter(tried: number, random: Random): number {
  const pauseMs = Math.min(busyPauseMs.first * 2 ** (tried - 1), busyPauseMs.longest);
  return Math.round(pauseMs * (0.5 + random.next() / 2));
}
