import { graceMs } from "../../core/autoscaler/verdicts/readiness.ts";
import { charge } from "../../core/cost/charge.ts";
import type { DocumentOutcome, Observer, ReplicaLife } from "../model.ts";
import { addTo } from "./sketch.ts";
import { addTime, emptyTally, type Tally } from "./tally.ts";

/** What replica time costs. Several lists may value one simulation. */
export interface PriceList {
  readonly name: string;
  /** An hour of one replica, by pool, in millionths of a US dollar. A pool without a price is refused. */
  readonly microUsdPerHour: Readonly<Record<string, number>>;
  /** Paid in whole pieces of this; 0: to the millisecond. */
  readonly quantumMs: number;
}

export interface JudgeSettings {
  readonly priceLists: readonly PriceList[];
  /** The stretch that is judged, in milliseconds of the simulation, in so many blocks of the same length. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly blocks: number;
}

export interface Judge {
  readonly observer: Required<Pick<Observer, "onDocument" | "onReplica">>;
  /** By block, in order of time. They grow while the simulation goes on. */
  readonly blocks: readonly Tally[];
}

/**
 * Adds up what an observer is told, in a memory that does not grow. A document counts in the block it was
 * uploaded in; one from before or after the stretch does not count. A replica's time counts in the
 * blocks it lies in, work and idle time spread evenly over its time as ready, and so does what it cost,
 * rounded up to the quantum over its whole life; time after the stretch counts in the last block,
 * time before it does not.
 */
export function createJudge(settings: JudgeSettings): Judge {
  const { priceLists, fromMs, untilMs } = settings;
  const blockMs = (untilMs - fromMs) / settings.blocks;
  if (!(blockMs > 0))
    throw new RangeError("a judge needs a stretch of time and at least one block");
  const blocks = Array.from({ length: settings.blocks }, () => emptyTally(priceLists.length));
  const blockAt = (atMs: number): Tally | undefined =>
    atMs < fromMs || atMs >= untilMs ? undefined : blocks[Math.floor((atMs - fromMs) / blockMs)];
  const spread = (since: number, until: number, book: (tally: Tally, share: number) => void) => {
    if (until <= since) return;
    const first = Math.max(0, Math.floor((since - fromMs) / blockMs));
    for (let at = Math.min(first, blocks.length - 1); at < blocks.length; at += 1) {
      const tally = blocks[at];
      const beginMs = Math.max(since, fromMs + at * blockMs);
      const endMs = at === blocks.length - 1 ? until : Math.min(until, fromMs + (at + 1) * blockMs);
      if (tally === undefined || endMs <= beginMs) return;
      book(tally, (endMs - beginMs) / (until - since));
    }
  };
  return {
    blocks,
    observer: {
      onDocument(outcome) {
        const tally = blockAt(outcome.arrivalMs);
        if (tally !== undefined) count(tally, outcome);
      },
      onReplica(life) {
        const { pool, requestedMs, endMs } = life;
        const readyMs = Math.min(life.readyMs ?? endMs, endMs);
        const coldMs = readyMs - requestedMs;
        const idleMs = Math.max(0, endMs - readyMs - life.busyMs);
        spread(requestedMs, readyMs, (tally, share) =>
          addTime(tally, pool, { coldMs: coldMs * share, busyMs: 0, idleMs: 0 }),
        );
        spread(readyMs, endMs, (tally, share) =>
          addTime(tally, pool, { coldMs: 0, busyMs: life.busyMs * share, idleMs: idleMs * share }),
        );
        const costs = priceLists.map((list) => costOf(life, list));
        spread(requestedMs, endMs, (tally, share) => {
          for (const [list, microUsd] of costs.entries()) {
            tally.microUsd[list] = (tally.microUsd[list] ?? 0) + microUsd * share;
          }
        });
        const begun = blockAt(requestedMs);
        if (begun !== undefined) countStart(begun, life);
      },
    },
  };
}

function costOf({ pool, requestedMs, endMs }: ReplicaLife, list: PriceList): number {
  const microUsdPerHour = list.microUsdPerHour[pool];
  if (microUsdPerHour === undefined) {
    throw new RangeError(`the price list ${list.name} has no price for the pool ${pool}`);
  }
  const { quantumMs } = list;
  return charge({ fromMs: requestedMs, untilMs: endMs, microUsdPerHour, quantumMs }).microUsd;
}

function count(tally: Tally, outcome: DocumentOutcome): void {
  const { arrivalMs, endMs, criticalPathMs, textNeededMs, textStartMs } = outcome;
  const textWaitMs = Math.max(0, textStartMs - textNeededMs);
  tally.documents += 1;
  tally.delayMs += Math.max(0, endMs - arrivalMs - criticalPathMs);
  tally.textWaitMs += textWaitMs;
  if (outcome.onTime) tally.onTime += 1;
  if (textWaitMs <= graceMs) tally.within30s += 1;
  if (outcome.feasible) tally.feasible += 1;
  if (outcome.feasible && outcome.onTime) tally.onTimeFeasible += 1;
  addTo(tally.completion, endMs - arrivalMs);
}

function countStart(tally: Tally, { how, readyMs, tasks }: ReplicaLife): void {
  tally.starts += 1;
  if (how === "stopped" && readyMs !== null && tasks === 0) tally.wastedStarts += 1;
}
