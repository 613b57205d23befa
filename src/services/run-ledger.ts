import { dayMs } from "../core/cost/calendar.ts";
import { chargeOfRun } from "../core/cost/paid-time.ts";
import { moneyOf, msOf, type Share, sharesOf } from "../core/cost/splits.ts";
import { moneySum } from "../core/ledger/sums.ts";
import { type RunFacts, readRunFacts } from "../db/costs.ts";
import { type ChargedRunRow, type Cut, type Period, readCharges } from "../db/ledger.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { ServiceContext } from "./context.ts";
import { type CostedRun, type DocumentSum, readCosts } from "./ledger.ts";

/** A run with what it cost, by document and day, and what is known of its machine. */
export interface Run extends ChargedRunRow {
  readonly pool: string;
  readonly provider: string;
  readonly facts: RunFacts | undefined;
  /** Of UTC days. */
  readonly shares: readonly Share[];
  /** The same of hours, of all documents together. */
  hours(): readonly Share[];
  /** Its parts make its charge. */
  readonly isWhole: boolean;
  /** What is kept of it in memory, as a number of objects. */
  readonly size: number;
}

export interface RunsOfPeriod {
  /** Oldest first. */
  readonly runs: readonly Run[];
  /** null: all are there. */
  readonly cut: Cut | null;
}

/** Runs of one answer: so that a long time cannot take the memory of all. */
export const runsMax = 40_000;
/** A run is settled so long after its end: what it held has been written by then. */
const settleMs = 900_000;
/** What is settled hardly changes: history that is dropped after months, a row that somebody corrects. */
const keptMs = 3_600_000;
/** Objects kept at most, of some 150 bytes each. */
const sizeMax = 400_000;
const hourMs = 3_600_000;
/** Hours of a run that went on for longer are many: they are made when they are asked for. */
const hoursMaxMs = 2 * dayMs;
/** Runs whose work is read at once. */
const readAtOnce = 2_000;

interface Kept {
  readonly run: Run;
  readonly untilMs: number;
}

/**
 * Runs of a period with what they cost, whatever workspace their documents are of. What ended runs cost is kept in
 * memory, as long as their rows stay as they are: a report of months reads and divides only what is new.
 */
export function createRunLedger(
  context: Pick<ServiceContext, "sql" | "clock">,
  limits: { readonly runsMax: number } = { runsMax },
) {
  const kept = new Map<number, Kept>();
  let size = 0;
  /** Whoever waits here finds what the one before has read. */
  const turn = createSemaphore(1);
  const forget = (run: number): void => {
    size -= kept.get(run)?.run.size ?? 0;
    kept.delete(run);
  };
  const forgetOld = (nowMs: number): void => {
    for (const [run, { untilMs }] of kept) if (untilMs <= nowMs) forget(run);
  };
  const keep = (run: Run, nowMs: number): void => {
    if (run.endedMs === null || Math.max(run.untilMs, run.endedMs) > nowMs - settleMs) return;
    forget(run.run);
    // What is there stays: a longer time than fits would push out its own beginning.
    if (size + run.size > sizeMax) return;
    size += run.size;
    // Not all at once: an answer that reads months anew is slow.
    const untilMs = nowMs + keptMs * (1 + (run.run % 8) / 8);
    kept.set(run.run, { run, untilMs });
  };
  const known = (charged: ChargedRunRow, nowMs: number): Run | undefined => {
    const found = kept.get(charged.run);
    if (found === undefined) return undefined;
    if (found.untilMs > nowMs && isAsItWas(found.run, charged)) return found.run;
    forget(charged.run);
    return undefined;
  };
  return async (period: Period): Promise<RunsOfPeriod> => {
    const { runs: charged, cut } = await readCharges(context.sql, period, limits.runsMax);
    const runs = await turn.run(async () => {
      const nowMs = context.clock.nowMs();
      if (size > sizeMax / 2) forgetOld(nowMs);
      const byRun = new Map<number, Run>();
      const missing: number[] = [];
      for (const one of charged) {
        const run = known(one, nowMs);
        if (run === undefined) missing.push(one.run);
        else byRun.set(run.run, run);
      }
      for (let at = 0; at < missing.length; at += readAtOnce) {
        for (const run of await readRuns(context, missing.slice(at, at + readAtOnce))) {
          byRun.set(run.run, run);
          keep(run, nowMs);
        }
      }
      return charged.flatMap((one) => byRun.get(one.run) ?? []);
    });
    return { runs, cut };
  };
}
export type RunLedger = ReturnType<typeof createRunLedger>;

/** All that its charge is made of. */
const isAsItWas = (one: ChargedRunRow, other: ChargedRunRow): boolean =>
  one.fromMs === other.fromMs &&
  one.untilMs === other.untilMs &&
  one.basis === other.basis &&
  one.microUsdPerHour === other.microUsdPerHour &&
  one.quantumMs === other.quantumMs &&
  one.endedMs === other.endedMs;

async function readRuns(
  { sql }: Pick<ServiceContext, "sql">,
  runs: readonly number[],
): Promise<Run[]> {
  const [costed, facts] = await Promise.all([
    readCosts({ sql }, { runs }),
    readRunFacts(sql, runs),
  ]);
  const byRun = new Map(facts.map((one) => [one.run, one]));
  return costed.map((run) => asRun(run, byRun.get(run.run)));
}

function asRun(costed: CostedRun, facts: RunFacts | undefined): Run {
  const { run, pool, provider, fromMs, untilMs, basis, requestedMs, endedMs } = costed;
  const isLost = costed.readyMs === null && facts?.failed === true;
  const { pieces } = costed;
  const shares = sharesOf(pieces, dayMs, isLost);
  const isShort = untilMs - fromMs < hoursMaxMs;
  const hours = isShort ? sharesOf(pieces, hourMs, isLost, true) : null;
  const { microUsdPerHour, quantumMs } = costed;
  const charged = { run, fromMs, untilMs, basis, requestedMs, endedMs, microUsdPerHour, quantumMs };
  return {
    ...{ ...charged, pool, provider, facts, shares },
    size: shares.length + (hours === null ? pieces.length : hours.length),
    hours: hours === null ? hoursOf(pieces, isLost) : () => hours,
    isWhole: moneySum(pieces).microUsd === chargeOfRun(costed).microUsd,
  };
}

/** Holds the pieces, and nothing else of the run. */
function hoursOf(pieces: CostedRun["pieces"], isLost: boolean): () => readonly Share[] {
  let known: readonly Share[] | null = null;
  return () => {
    known ??= sharesOf(pieces, hourMs, isLost, true);
    return known;
  };
}

/** By public id of the document, as `sumByDocument` tells it. */
export function sumOfRuns(runs: readonly Run[]): Map<string, DocumentSum> {
  const sums = new Map<string, { microUsd: number | null; seconds: number }>();
  for (const { shares, microUsdPerHour } of runs) {
    const isPriced = typeof microUsdPerHour === "number";
    for (const share of shares) {
      if (share.document === null) continue;
      let sum = sums.get(share.document);
      if (sum === undefined) {
        sum = { microUsd: null, seconds: 0 };
        sums.set(share.document, sum);
      }
      if (isPriced) sum.microUsd = (sum.microUsd ?? 0) + moneyOf(share);
      sum.seconds += msOf(share) / 1000;
    }
  }
  return sums;
}
