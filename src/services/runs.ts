import { charge } from "../core/cost/charge.ts";
import { paidTime } from "../core/cost/paid-time.ts";
import { type PriceBook, prdPriceBook, priceIn } from "../core/cost/price-books.ts";
import { breakdown } from "../core/fleet/deadlines.ts";
import type { Placed } from "../db/replicas.ts";
import { type RunQuery, type RunRow, readRuns } from "../db/runs.ts";
import type { ServiceContext } from "./context.ts";

/** Runs of replicas with what each phase took and what they cost. */
export async function listRuns(context: ServiceContext, query: RunQuery) {
  const rows = await readRuns(context.sql, query);
  const nowMs = context.clock.nowMs();
  const isFull = rows.length === query.limit;
  return {
    runs: rows.map((row) => runView(row, nowMs)),
    nextBefore: isFull ? (rows.at(-1)?.id ?? null) : null,
  };
}

const usd = (microUsd: number): number => microUsd / 1e6;
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function machineView({ gpu, gpus, region, spot, microUsdPerHour }: Placed) {
  const usdPerHour = typeof microUsdPerHour === "number" ? usd(microUsdPerHour) : microUsdPerHour;
  return { gpu, gpus, region, spot, usdPerHour };
}

/** Seconds in each phase of the start; the one that lasts counts up to now. */
export function startedBy(phases: RunRow["phases"], endMs: number) {
  const entered = phases.map(({ phase, at }) => ({ phase, atMs: Date.parse(at) }));
  // Whatever comes now ends the last phase that is known.
  const now = { phase: "ready" as const, atMs: Math.max(endMs, entered.at(-1)?.atMs ?? endMs) };
  return breakdown([...entered, now]).map(({ phase, ms }) => ({ phase, seconds: ms / 1000 }));
}

/** What an interval costs in its own prices; null when nobody charges. */
export function costUsd(
  row: Pick<RunRow, "microUsdPerHour" | "quantumMs">,
  fromMs: number,
  untilMs: number,
): number | "unpriced" | null {
  const { microUsdPerHour, quantumMs } = row;
  if (typeof microUsdPerHour !== "number") return microUsdPerHour;
  return usd(charge({ fromMs, untilMs, microUsdPerHour, quantumMs }).microUsd);
}

export function runView(row: RunRow, nowMs: number) {
  const endMs = row.endedAt?.getTime() ?? nowMs;
  return {
    id: row.id,
    name: `${row.pool}-${row.replica}`,
    pool: row.pool,
    provider: row.provider,
    phase: row.phase,
    requestedAt: row.requestedAt.toISOString(),
    readyAt: iso(row.readyAt),
    endedAt: iso(row.endedAt),
    failure: row.failure && { code: row.failure.code, detail: row.failure.detail },
    machine: machineView(row),
    startedBy: startedBy(row.phases, endMs),
    billed: billedView(row, nowMs),
  };
}

/** The time a run is paid for, by the rule of all figures of money. */
export function paidTimeOf(
  row: Pick<RunRow, "requestedAt" | "billedFrom" | "containerMs"> &
    Partial<Pick<RunRow, "billedUntil" | "endedAt">>,
  nowMs: number,
) {
  const { requestedAt, billedFrom, containerMs, billedUntil, endedAt } = row;
  const ms = (at: Date | null | undefined): number | null => at?.getTime() ?? null;
  const until = { billedUntilMs: ms(billedUntil), endedMs: ms(endedAt) };
  const from = { requestedMs: requestedAt.getTime(), billedFromMs: ms(billedFrom), containerMs };
  return paidTime({ ...from, ...until }, nowMs);
}

function billedView(row: RunRow, nowMs: number) {
  const { fromMs, untilMs, basis } = paidTimeOf(row, nowMs);
  if (basis === "unpaid") return null;
  const { quantumMs } = row;
  const { runningMs, paidMs } = charge({ fromMs, untilMs, quantumMs, microUsdPerHour: null });
  return {
    from: new Date(fromMs).toISOString(),
    until: row.endedAt === null ? null : new Date(untilMs).toISOString(),
    isEstimated: basis === "estimated",
    runningSeconds: runningMs / 1000,
    paidSeconds: paidMs / 1000,
    costUsd: costUsd(row, fromMs, untilMs) ?? 0,
    prdUsd: inBook(prdPriceBook, row, fromMs, untilMs),
  };
}

function inBook(book: PriceBook, row: RunRow, fromMs: number, untilMs: number) {
  const microUsdPerHour = priceIn(book, row);
  return costUsd({ microUsdPerHour, quantumMs: book.quantumMs }, fromMs, untilMs) ?? 0;
}
