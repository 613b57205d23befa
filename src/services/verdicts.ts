import { holdVerdict } from "../core/autoscaler/verdicts/hold.ts";
import { neverStarted, type StartedLife, startVerdict } from "../core/autoscaler/verdicts/start.ts";
import { stopVerdict } from "../core/autoscaler/verdicts/stop.ts";
import { unjudged, type Verdict } from "../core/autoscaler/verdicts/verdict.ts";
import { verdictWords } from "../core/autoscaler/verdicts/words.ts";
import { prdPriceBook, priceIn } from "../core/cost/price-books.ts";
import { readNeeds } from "../db/needs.ts";
import {
  type DecidedRun,
  type OpenDecision,
  readColdStarts,
  readOpenDecisions,
  readReadyRuns,
  saveVerdict,
} from "../db/verdicts.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";

export interface VerdictOptions {
  readonly everyMs: number;
  /** Decisions read at once. */
  readonly pageRows?: number;
  /** Decisions looked at in one tick; the next one goes on there, and after the last from the first. */
  readonly tickRows?: number;
}

/**
 * Gives every decision its verdict once the truth is known. What is open stands in the database alone,
 * so a new leader goes on where the last one was; each verdict is written once.
 */
export function createVerdicts(
  context: ServiceContext,
  { everyMs, pageRows = 200, tickRows = 400 }: VerdictOptions,
): Service & { tick(): Promise<number> } {
  let after = 0;
  const tick = async (): Promise<number> => {
    let settled = 0;
    for (let seen = 0; seen < tickRows; seen += pageRows) {
      const page = await readOpenDecisions(context.sql, { after, limit: pageRows });
      for (const decision of page) if (await settle(context, decision)) settled += 1;
      const isEnd = page.length < pageRows;
      after = isEnd ? 0 : (page.at(-1)?.id ?? 0);
      if (isEnd) break;
    }
    if (settled > 0) context.change.wakeAll();
    return settled;
  };
  const service = loop({
    name: "verdicts",
    everyMs,
    tick,
    onError: (error) => context.log.error({ err: error }, "the verdicts' tick failed"),
  });
  return { ...service, tick };
}

async function settle(context: ServiceContext, decision: OpenDecision): Promise<boolean> {
  const verdict = await judge(context, decision);
  if (verdict === null) return false;
  const name = decision.replica ?? decision.pool;
  const told = `the ${decision.action} of ${name}: ${verdictWords(verdict)}`;
  return saveVerdict(context.sql, decision, verdict, verdict.kind === "unjudged" ? null : told);
}

/** Stops that are no choice of a policy. */
const forcedRules = ["operator", "startup-timeout", "phase-deadline", "maximum"];

async function judge(context: ServiceContext, decision: OpenDecision): Promise<Verdict | null> {
  switch (decision.action) {
    case "start":
      return judgeStart(context, decision);
    case "stop":
      return forcedRules.includes(decision.rule) ? unjudged : judgeStop(context, decision);
    case "hold":
    case "refuse":
      return decision.rule === "no-data" ? unjudged : judgeHold(context, decision);
    // Where a start went is part of that start.
    case "place":
      return unjudged;
  }
}

async function judgeStart(
  { sql }: ServiceContext,
  decision: OpenDecision,
): Promise<Verdict | null> {
  const { run, pool } = decision;
  // Both are written in one transaction, so there will be none.
  if (run === null) return neverStarted;
  const readyMs = run.readyMs ?? run.workedFromMs;
  if (readyMs === null || run.workedFromMs === null) return startVerdict(lifeOf(decision, run), []);
  const window = { fromMs: readyMs, untilMs: readyMs };
  const needs = await readNeeds(sql, workOf(pool), window);
  return startVerdict(lifeOf(decision, run), needs);
}

function lifeOf({ atMs, isAlone }: OpenDecision, run: DecidedRun): StartedLife {
  const { endedMs, failed, billedFromMs, billedUntilMs } = run;
  return {
    ...run,
    decidedMs: atMs,
    isAlone,
    ended: endedMs === null ? null : { how: failed ? "failed" : "stopped" },
    billed:
      billedFromMs === null || billedUntilMs === null
        ? null
        : { fromMs: billedFromMs, untilMs: billedUntilMs },
  };
}

const startsLookedAt = 20;
/**
 * What waiting is worth, as a multiple of a text container at the prices of the request (`w = 4 c_T`).
 * The same for every policy: a yardstick must not be the property of what it measures.
 */
const waitPrice = 4;

async function judgeStop({ sql }: ServiceContext, decision: OpenDecision): Promise<Verdict | null> {
  const { run, pool } = decision;
  const own =
    run === null || run.readyMs === null ? [] : [Math.max(0, run.readyMs - run.requestedMs)];
  const starts = own.length > 0 ? own : await readColdStarts(sql, pool, startsLookedAt);
  const microUsdPerHour = run?.microUsdPerHour ?? null;
  return stopVerdict({
    ...decision,
    microUsdPerHour,
    quantumMs: run?.quantumMs ?? 0,
    coldStartMs: median(starts),
    waitRatio: waitRatioOf(pool, microUsdPerHour),
  });
}

/** Where a replica has no price of its own, the request's stands for it. */
function waitRatioOf(pool: string, own: number | "unpriced" | null): number {
  const priceOf = (name: string) => priceIn(prdPriceBook, { pool: name, gpu: null, spot: false });
  const text = Number(priceOf("text"));
  const price = typeof own === "number" && own > 0 ? own : Number(priceOf(pool));
  return (waitPrice * text) / (Number.isNaN(price) ? text : price);
}

function median(all: readonly number[]): number | null {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

const runsLookedAt = 1_000;

async function judgeHold({ sql }: ServiceContext, decision: OpenDecision): Promise<Verdict | null> {
  const { atMs, nowMs, nextMs, pool } = decision;
  // Without needs it says whether its end is known yet.
  const first = holdVerdict({ ...decision, starting: [] }, []);
  if (first === null) return null;
  const window = { fromMs: atMs, untilMs: nextMs ?? nowMs };
  const needs = await readNeeds(sql, workOf(pool), window);
  const runs = await readReadyRuns(sql, [pool], { sinceMs: atMs, limit: runsLookedAt });
  const starting = runs.map(({ requestedMs, readyMs, endedMs }) => ({
    fromMs: requestedMs,
    toMs: readyMs ?? endedMs ?? Number.POSITIVE_INFINITY,
  }));
  return holdVerdict({ ...decision, starting }, needs);
}

/** The pools, as packs name them, whose tasks a replica of this pool does. */
const workOf = (pool: string): readonly string[] =>
  pool === "shared" || pool === "dedicated" ? ["vision", "text"] : [pool];
