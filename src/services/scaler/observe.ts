import type { Policy } from "../../core/autoscaler/decision.ts";
import type { Fact } from "../../core/autoscaler/facts.ts";
import {
  type Demand,
  noDemand,
  type Observation,
  type Orders,
  type PoolObservation,
} from "../../core/autoscaler/observation.ts";
import { sharedDemand } from "../../core/autoscaler/topology.ts";
import { expectedEndMs } from "../../core/pipeline/progress.ts";
import { type DemandRow, readDemand, readUpstream, type UpstreamRow } from "../../db/fleet.ts";
import { type FleetOrder, readOrders } from "../../db/fleet-orders.ts";
import { type ReplicaRow, readReplicas } from "../../db/replicas.ts";
import { readDocuments } from "../../db/scaling-documents.ts";
import type { ServiceContext } from "../context.ts";

/** Demand and supply as they stand now, with what the policy asks to be shown. */
export async function observe(
  context: ServiceContext,
  {
    policy,
    fixedProviders,
  }: { readonly policy: Policy; readonly fixedProviders: readonly string[] },
  facts: readonly Fact[],
): Promise<Observation> {
  const { sql } = context;
  const [replicas, demand, upstream, orders, documents] = await Promise.all([
    readReplicas(sql),
    readDemand(sql),
    readUpstream(sql),
    readOrders(sql),
    policy.attention.documents ? readDocuments(sql) : [],
  ]);
  const nowMs = context.clock.nowMs();
  const demandIn = (pool: string): Demand =>
    demandOf(
      demand.find((row) => row.pool === pool),
      upstream.filter((row) => row.pool === pool),
      nowMs,
    );
  const pools: Record<string, PoolObservation> = {};
  for (const pool of Object.keys(policy.pools)) {
    const serves = (row: ReplicaRow): boolean =>
      row.pool === pool || (serveAll.includes(row.pool) && fixedProviders.includes(row.provider));
    pools[pool] = {
      replicas: replicas.filter(serves).map((row) => replicaOf(row, fixedProviders)),
      demand:
        pool === "shared" ? sharedDemand(demandIn("vision"), demandIn("text")) : demandIn(pool),
      orders: ordersOf(pool, orders),
    };
  }
  return { nowMs, pools, documents, facts };
}

/** Pools whose containers do the work of every other one. */
const serveAll = ["shared", "dedicated"];

/** What an operator insists on is a drain like any other here; the reconciler does not wait for it. */
function ordersOf(pool: string, orders: readonly FleetOrder[]): Orders {
  const own = orders.filter((order) => order.pool === pool);
  const pause = own.find(({ kind }) => kind === "pause");
  return {
    paused: pause ? { reason: pause.reason ?? "no reason was given" } : null,
    extra: Math.max(0, ...own.flatMap(({ keep }) => keep ?? [])),
    drain: orders
      .filter((order) => order.pool === pool || serveAll.includes(order.pool))
      .flatMap((order) => (order.replica === null ? [] : [`${order.pool}-${order.replica}`])),
  };
}

function replicaOf(
  row: ReplicaRow,
  fixedProviders: readonly string[],
): PoolObservation["replicas"][number] {
  return {
    name: `${row.pool}-${row.replica}`,
    // A container that was told to drain takes no new pipeline: it is on its way out.
    phase: row.drain ? "draining" : row.phase,
    sinceMs: row.since.getTime(),
    requestedAtMs: row.requestedAt.getTime(),
    leases: row.leases,
    idleSinceMs: row.idleSince?.getTime() ?? null,
    isFixed: fixedProviders.includes(row.provider),
  };
}

function demandOf(
  row: DemandRow | undefined,
  upstream: readonly UpstreamRow[],
  nowMs: number,
): Demand {
  if (!row) return noDemand;
  return {
    ready: row.ready,
    leased: row.leased,
    delayed: row.delayed,
    blocked: row.blocked,
    pipelines: row.pipelines,
    oldestReadyMs: row.oldestReady?.getTime() ?? null,
    upstream: upstream.map((one) => ({
      pipeline: one.pipeline,
      fraction: one.fraction,
      expectedEndMs: expectedEndMs(
        one.fraction,
        one.runningSeconds === null ? null : 1000 * one.runningSeconds,
        nowMs,
      ),
    })),
  };
}
