import { decide } from "../core/autoscaler/decide.ts";
import type { Decision, Policy } from "../core/autoscaler/decision.ts";
import { initialState, type ScalerState } from "../core/autoscaler/memory.ts";
import {
  type Demand,
  noDemand,
  type Observation,
  type Orders,
  type PoolObservation,
} from "../core/autoscaler/observation.ts";
import { sharedDemand } from "../core/autoscaler/topology.ts";
import { expectedEndMs } from "../core/pipeline/progress.ts";
import { drainContainer } from "../db/containers.ts";
import {
  type DemandRow,
  readDemand,
  readUpstream,
  saveDecisions,
  type UpstreamRow,
} from "../db/fleet.ts";
import { type FleetOrder, readOrders } from "../db/fleet-orders.ts";
import { noteRefusal } from "../db/refusals.ts";
import { markStopping, type ReplicaRow, readReplicas, requestReplica } from "../db/replicas.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";
import type { Placer } from "./placer.ts";

export interface ScalerOptions {
  readonly policy: Policy;
  readonly placer: Placer;
  /** Providers whose machines somebody else starts and stops. */
  readonly fixedProviders: readonly string[];
  /** Whether this control plane still leads: asked right before anything is decided. */
  readonly mayAct: () => boolean;
  readonly everyMs: number;
  readonly onWanted: () => void;
}

/** Reads demand and supply, asks `decide`, stores what it chose, and writes down what is wanted now. */
export function createScaler(
  context: ServiceContext,
  options: ScalerOptions,
): Service & { wake(): void } {
  let state: ScalerState = initialState;
  let unsubscribe: readonly (() => void)[] = [];
  const inner = loop({
    name: "scaler",
    everyMs: options.everyMs,
    // Woken by every slide: that is when a pre-warm becomes due.
    pauseMs: Math.min(250, options.everyMs),
    tick: async () => {
      const observation = await observe(context, options);
      if (!options.mayAct()) return;
      const decided = decide(state, observation, options.policy);
      await saveDecisions(context.sql, options.policy.name, decided.decisions);
      for (const decision of decided.decisions) await carryOut(context, options.placer, decision);
      // Only now: a decision that could not be written is taken again.
      state = decided.state;
      if (decided.decisions.length === 0) return;
      context.change.wakeAll();
      options.onWanted();
    },
    onError: (error) => context.log.error({ err: error }, "the scaler's tick failed"),
  });
  return {
    ...inner,
    async start() {
      await inner.start();
      unsubscribe = [context.work, context.change].map((wake) => wake.subscribe(inner.wake));
    },
    async stop() {
      for (const leave of unsubscribe) leave();
      await inner.stop();
    },
  };
}

async function carryOut(
  context: ServiceContext,
  placer: Placer,
  decision: Decision,
): Promise<void> {
  if (decision.replica === null) return;
  const { pool, sentence } = decision;
  const replica = Number(decision.replica.split("-").at(-1));
  if (decision.action === "start") {
    const placed = await placer.place(pool, replica);
    // Nowhere to go: that is written down, and `decide` asks again.
    if (placed === null) return;
    await requestReplica(context.sql, { ...placed, pool, replica, reason: sentence });
  } else if (decision.action === "stop") {
    // A machine that serves every pool goes by the name of its own.
    const own = decision.replica.split("-")[0] ?? pool;
    if (lateRules.includes(decision.rule)) await avoidLateMachine(context, own, replica);
    await drainContainer(context.sql, own, replica, sentence);
    await markStopping(context.sql, own, replica, sentence);
  }
}

const lateRules = ["startup-timeout", "phase-deadline"];

/** What its provider could not bring up in time is not asked for again at once. */
async function avoidLateMachine(
  context: ServiceContext,
  pool: string,
  replica: number,
): Promise<void> {
  const rows = await readReplicas(context.sql);
  const row = rows.find((one) => one.pool === pool && one.replica === replica);
  const isProviders = row?.phase === "requested" || row?.phase === "provisioning";
  if (row === undefined || row.gpu === null || !isProviders) return;
  await noteRefusal(context.sql, { ...row, code: "REPLICA_LATE" });
}

async function observe(
  context: ServiceContext,
  { policy, fixedProviders }: ScalerOptions,
): Promise<Observation> {
  const [replicas, demand, upstream, orders] = await Promise.all([
    readReplicas(context.sql),
    readDemand(context.sql),
    readUpstream(context.sql),
    readOrders(context.sql),
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
  return { nowMs, pools };
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
