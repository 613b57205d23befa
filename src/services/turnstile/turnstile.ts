import type { RetrySettings } from "../../core/pipeline/retry.ts";
import type { TaskMove } from "../../db/moves.ts";
import type { ServiceContext } from "../context.ts";
import type { Passed, Visitor } from "./entry.ts";
import type { Epoch } from "./epoch.ts";
import { movesOf, type Settlement } from "./outcomes.ts";
import { Turns } from "./turns.ts";

/** The one way of a container's outcomes in and of its tasks out. */
export interface Turnstile {
  /**
   * Settles, then hands out up to `capacity` tasks. Where there are none, waits for them if it is told how
   * long.
   */
  pass(
    visitor: Visitor,
    outcomes: readonly Settlement[],
    capacity: number,
    waiting?: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<Passed>;
}

/** What a turn did, for whoever measures. */
export interface TurnFacts {
  readonly seconds: number;
  /** Tasks got, by request for work. */
  readonly granted: readonly number[];
  /** How each outcome ended: the kind of its move, or `refused` when its lease was gone. */
  readonly settled: readonly (TaskMove["kind"] | "refused")[];
}

export interface TurnstileOptions {
  readonly retry: RetrySettings;
  readonly onTurn?: (turn: TurnFacts) => void;
  /** Turns under way at once. */
  readonly lanes?: number;
  /** Outcomes, and requests, that a turn takes at most. */
  readonly outcomesMax?: number;
  readonly entriesMax?: number;
}

/**
 * Turns are natural batches: one begins at once when a lane is free, and takes whatever came while all
 * lanes were busy. An idle system adds no delay, a busy one needs ever fewer commits a task.
 */
export function createTurnstile(
  context: ServiceContext,
  epoch: Epoch,
  options: TurnstileOptions,
): Turnstile {
  const turns = new Turns(context, epoch, options);
  return {
    async pass(visitor, outcomes, capacity, waiting) {
      const moves = await movesOf(context, options.retry, visitor.id, outcomes);
      const patience = waiting
        ? { untilMs: context.clock.nowMs() + waiting.waitMs, signal: waiting.signal }
        : null;
      return new Promise((resolve, reject) => {
        const accepted = moves.map(() => false);
        turns.add({
          ...{ visitor, moves, capacity, patience, accepted, leases: [] },
          ...{ isSettled: moves.length === 0, tried: new Map(), resolve, reject },
        });
      });
    },
  };
}
