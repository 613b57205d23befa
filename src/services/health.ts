import type { GuardedCache } from "../cache/guarded.ts";
import { readDemand } from "../db/fleet.ts";
import { type HeldRow, readHeld, readLongWaits, readStalled } from "../db/health.ts";
import { ping } from "../db/installation.ts";
import { readLooks } from "../db/provider-looks.ts";
import { failureOf } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";
import { leaderStatus } from "./leader.ts";
import type { Stranded } from "./stranded.ts";

export interface HealthFacts {
  readonly installation: string;
  readonly version: string;
  /** Who this control plane is among those that could lead. */
  readonly holder: string;
  readonly providers: readonly string[];
  readonly heartbeatMs: number;
  readonly stranded: Stranded;
  /** null: nothing is kept for other documents. */
  readonly cache: Pick<GuardedCache, "kind" | "state"> | null;
}

/** A ready task that waits longer than this is worth a word; cold starts take minutes. */
const longWaitSeconds = 300;

/** Whether this control plane can do its work, in Verda's words, and which pipelines do not move. */
export function createHealth(context: ServiceContext, facts: HealthFacts) {
  const { installation, version } = facts;
  return {
    async get() {
      try {
        await ping(context.sql);
      } catch (error) {
        const { detail } = failureOf(error);
        const nothing = { leader: null, providers: [], queue: [], containers: [], stalled: [] };
        const database = { ok: false, detail };
        const visualCache = cacheState(facts);
        return {
          ...{ status: "unhealthy" as const, installation, version, database, visualCache },
          ...nothing,
        };
      }
      return { installation, version, ...(await look(context, facts)) };
    },
  };
}
export type HealthService = ReturnType<typeof createHealth>;

async function look(context: ServiceContext, facts: HealthFacts) {
  const { sql, clock } = context;
  const [demand, held, looks, leader, stalled] = await Promise.all([
    readDemand(sql),
    readHeld(sql),
    readLooks(sql, facts.providers),
    leaderStatus(sql),
    readStuck(context, facts.stranded),
  ]);
  const visualCache = cacheState(facts);
  const isWell =
    leader !== null && looks.every(({ ok }) => ok) && stalled.length === 0 && visualCache.ok;
  return {
    visualCache,
    status: isWell ? ("ok" as const) : ("degraded" as const),
    database: { ok: true, detail: null },
    leader: leader && {
      holder: leader.holder,
      isHere: leader.holder === facts.holder,
      term: leader.term,
      since: leader.since.toISOString(),
    },
    providers: looks.map(({ provider: name, ok, detail }) => ({ name, ok, detail })),
    queue: demand.map(({ oldestReady, ...row }) => ({
      ...row,
      oldestReadySeconds: oldestReady ? (clock.nowMs() - oldestReady.getTime()) / 1000 : null,
    })),
    containers: held.map((row) => ({
      replica: row.replica,
      phase: row.phase,
      state: stateOf(row, facts.heartbeatMs),
      silentSeconds: row.silentSeconds,
      pipelines: [...row.held],
    })),
    stalled,
  };
}

const cacheState = ({ cache }: HealthFacts) =>
  cache === null
    ? { kind: "off" as const, ok: true, detail: null }
    : { kind: cache.kind, ...cache.state() };

/** One late beat is no loss; two are a suspicion. */
function stateOf(row: HeldRow, heartbeatMs: number): "ok" | "suspected" | "draining" | "starting" {
  if (row.silentSeconds * 1000 > 2 * heartbeatMs) return "suspected";
  if (row.drain || row.phase === "draining") return "draining";
  return row.phase === "ready" ? "ok" : "starting";
}

async function readStuck({ sql }: ServiceContext, stranded: Stranded) {
  const [still, waits, reasons] = await Promise.all([
    readStalled(sql),
    readLongWaits(sql, longWaitSeconds),
    stranded.reasons(),
  ]);
  return [
    ...still.map(({ replica, limitSeconds, ...row }) => ({
      ...row,
      why: `no progress for ${Math.round(row.seconds)} s on ${replica ?? "a lost container"}; it is taken back at ${Math.round(limitSeconds)} s`,
    })),
    ...waits.map(({ pool, classId, ...row }) => ({
      ...row,
      why: reasons.get(classId) ?? `it waits for a ${pool} container`,
    })),
  ];
}
