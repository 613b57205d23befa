import type { Verdict } from "../core/autoscaler/verdicts/verdict.ts";
import { verdictWords } from "../core/autoscaler/verdicts/words.ts";
import { findLastContainer } from "../db/container-logs.ts";
import {
  type DecisionQuery,
  type DecisionRow,
  type DemandRow,
  listDecisions,
  readDemand,
} from "../db/fleet.ts";
import { type FleetOrder, readOrders } from "../db/fleet-orders.ts";
import { readLooks } from "../db/provider-looks.ts";
import { type ReplicaRow, readReplicas } from "../db/replicas.ts";
import type { RunQuery } from "../db/runs.ts";
import { AppError } from "../errors/app-error.ts";
import { readAccuracy } from "./accuracy.ts";
import { containerLines, type LinesQuery } from "./container-lines.ts";
import type { ServiceContext } from "./context.ts";
import { costUsd, listRuns, machineView, paidTimeOf, startedBy } from "./runs.ts";

export interface FleetFacts {
  readonly installation: string;
  readonly policy: string;
  readonly topology: "split" | "shared";
  readonly pools: Readonly<Record<string, { minReplicas: number; maxReplicas: number }>>;
  readonly ceiling: { readonly replicasMax: number; readonly microUsdPerHourMax: number };
  readonly providers: readonly { readonly name: string; readonly kind: string }[];
}

const decisionsShown = 50;

/** What runs, why, and what was decided. */
export function createFleet(context: ServiceContext, facts: FleetFacts) {
  const kinds = new Map(facts.providers.map(({ name, kind }) => [name, kind]));
  return {
    async get() {
      const [replicas, demand, decisions, orders, looks] = await Promise.all([
        readReplicas(context.sql),
        readDemand(context.sql),
        listDecisions(context.sql, { limit: decisionsShown }),
        readOrders(context.sql),
        readLooks(context.sql, [...kinds.keys()]),
      ]);
      const nowMs = context.clock.nowMs();
      return {
        installation: facts.installation,
        policy: facts.policy,
        topology: facts.topology,
        pools: Object.entries(facts.pools).map(([pool, limits]) =>
          poolView(pool, limits, replicas, demand, orders),
        ),
        replicas: replicas.map((row) => replicaView(row, kinds.get(row.provider), nowMs)),
        decisions: decisions.map(decisionView),
        providers: facts.providers.map(({ name, kind }) => {
          const look = looks.find((one) => one.provider === name);
          const { ok = true, detail = null, others = [] } = look ?? {};
          return { name, kind, ok, detail, seenAt: iso(look?.seenAt), foreign: [...others] };
        }),
        usdPerHour: usd(replicas.reduce((sum, row) => sum + pricedMicroUsd(row), 0)),
        ceiling: {
          replicas: facts.ceiling.replicasMax,
          usdPerHour: usd(facts.ceiling.microUsdPerHourMax),
        },
      };
    },
    async decisions(query: DecisionQuery) {
      const rows = await listDecisions(context.sql, query);
      const isFull = rows.length === query.limit;
      return {
        decisions: rows.map(decisionView),
        nextBefore: isFull ? (rows.at(-1)?.id ?? null) : null,
      };
    },
    runs: (query: RunQuery) => listRuns(context, query),
    accuracy: (sinceMs: number) => readAccuracy(context, sinceMs),
    /** Throws REPLICA_NOT_FOUND when no container of this name was ever there. */
    async logs(workspace: string, name: string, query: LinesQuery) {
      const { pool, replica } = slotOf(name);
      const container = await findLastContainer(context.sql, pool, replica);
      if (container === null) throw new AppError("REPLICA_NOT_FOUND", name);
      return containerLines(context, workspace, container, query);
    },
  };
}
export type FleetService = ReturnType<typeof createFleet>;

/** `vision-1` in parts. Throws REPLICA_NOT_FOUND. */
export function slotOf(name: string): { pool: string; replica: number } {
  const [, pool, number] = /^([a-z]+)-([1-9]\d{0,3})$/.exec(name) ?? [];
  if (pool === undefined) throw new AppError("REPLICA_NOT_FOUND", name);
  return { pool, replica: Number(number) };
}

const usd = (microUsd: number): number => microUsd / 1e6;
const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

/** What has no price is not counted. */
const pricedMicroUsd = ({ microUsdPerHour }: ReplicaRow): number =>
  typeof microUsdPerHour === "number" ? microUsdPerHour : 0;

function poolView(
  pool: string,
  limits: { minReplicas: number; maxReplicas: number },
  replicas: readonly ReplicaRow[],
  demand: readonly DemandRow[],
  orders: readonly FleetOrder[],
) {
  const own = replicas.filter((row) => row.pool === pool);
  // A shared pool does the work of all.
  const work = pool === "shared" ? demand : demand.filter((row) => row.pool === pool);
  const asked = orders.filter((order) => order.pool === pool);
  const pause = asked.find(({ kind }) => kind === "pause");
  const sum = (of: "ready" | "leased"): number => work.reduce((all, row) => all + row[of], 0);
  return {
    pool,
    min: limits.minReplicas,
    max: limits.maxReplicas,
    running: own.length,
    wanted: own.filter((row) => row.phase !== "draining").length,
    ready: sum("ready"),
    leased: sum("leased"),
    paused: pause ? { since: pause.at.toISOString(), reason: pause.reason } : null,
    extra: asked
      .filter(({ kind }) => kind === "start")
      .map(({ at, until }) => ({ since: at.toISOString(), until: iso(until) })),
  };
}

function replicaView(row: ReplicaRow, kind: string | undefined, nowMs: number) {
  const { pool } = row;
  const { fromMs, untilMs, basis } = paidTimeOf(row, nowMs);
  const cost = basis === "unpaid" ? 0 : costUsd(row, fromMs, untilMs);
  return {
    name: `${pool}-${row.replica}`,
    pool,
    provider: row.provider,
    phase: row.phase,
    since: row.since.toISOString(),
    requestedAt: row.requestedAt.toISOString(),
    reason: row.reason,
    url: row.url,
    engine: row.engine,
    leases: row.leases,
    slots: row.slots,
    lastHeartbeat: iso(row.lastHeartbeat),
    machine: machineView(row),
    startedBy: startedBy(row.phases, nowMs),
    note: row.note,
    pull: row.pull && { doneBytes: row.pull.done, totalBytes: row.pull.total },
    trouble: row.trouble,
    costUsd: typeof cost === "number" && row.microUsdPerHour !== null ? cost : null,
    isFixed: kind === "static",
  };
}

export const decisionView = ({ at, verdict, ...row }: DecisionRow) => ({
  ...row,
  at: at.toISOString(),
  verdict: verdict && verdictView(verdict),
});

export const verdictView = ({ microUsd, ...verdict }: Verdict) => ({
  ...verdict,
  usd: microUsd === null ? null : usd(microUsd),
  sentence: verdictWords({ microUsd, ...verdict }),
});
