import { decide } from "../core/autoscaler/decide.ts";
import type { Decision, Policy } from "../core/autoscaler/decision.ts";
import { initialState, type ScalerState } from "../core/autoscaler/memory.ts";
import {
  type Demand,
  noDemand,
  type Observation,
  type PoolObservation,
} from "../core/autoscaler/observation.ts";
import { drainContainer } from "../db/containers.ts";
import {
  type DemandRow,
  markStopping,
  type ReplicaRow,
  readDemand,
  readReplicas,
  readUpstream,
  requestReplica,
  saveDecisions,
  type UpstreamRow,
} from "../db/fleet.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";

/** Reads demand and supply, asks `decide`, stores what it chose, and writes down what is wanted now. */
export function createScaler(
  context: ServiceContext,
  options: { policy: Policy; provider: string; everyMs: number; onWanted: () => void },
): Service & { wake(): void } {
  let state: ScalerState = initialState;
  let unsubscribe: readonly (() => void)[] = [];
  const inner = loop({
    name: "scaler",
    everyMs: options.everyMs,
    // Woken by every slide: that is when a pre-warm becomes due.
    pauseMs: Math.min(250, options.everyMs),
    tick: async () => {
      const observation = await observe(context, options.policy);
      const decided = decide(state, observation, options.policy);
      await saveDecisions(context.sql, options.policy.name, decided.decisions);
      for (const decision of decided.decisions) await carryOut(context, options.provider, decision);
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
  provider: string,
  decision: Decision,
): Promise<void> {
  if (decision.replica === null) return;
  const replica = Number(decision.replica.slice(decision.pool.length + 1));
  if (decision.action === "start") {
    await requestReplica(context.sql, {
      pool: decision.pool,
      replica,
      provider,
      reason: decision.sentence,
    });
  } else if (decision.action === "stop") {
    await drainContainer(context.sql, decision.pool, replica, decision.sentence);
    await markStopping(context.sql, decision.pool, replica, decision.sentence);
  }
}

async function observe(context: ServiceContext, policy: Policy): Promise<Observation> {
  const [replicas, demand, upstream] = await Promise.all([
    readReplicas(context.sql),
    readDemand(context.sql),
    readUpstream(context.sql),
  ]);
  const nowMs = context.clock.nowMs();
  const pools: Record<string, PoolObservation> = {};
  for (const pool of Object.keys(policy.pools)) {
    pools[pool] = {
      replicas: replicas.filter((row) => row.pool === pool).map(replicaOf),
      demand: demandOf(
        demand.find((row) => row.pool === pool),
        upstream.filter((row) => row.pool === pool),
        nowMs,
      ),
    };
  }
  return { nowMs, pools };
}

function replicaOf(row: ReplicaRow): PoolObservation["replicas"][number] {
  return {
    name: `${row.pool}-${row.replica}`,
    // A container that was told to drain takes no new pipeline: it is on its way out.
    phase: row.drain ? "draining" : row.phase,
    sinceMs: row.since.getTime(),
    requestedAtMs: row.requestedAt.getTime(),
    leases: row.leases,
    idleSinceMs: row.idleSince?.getTime() ?? null,
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
      expectedEndMs: expectedEndMs(one, nowMs),
    })),
  };
}

/** By the rule of three from what is done so far; too little done says nothing yet. */
function expectedEndMs(one: UpstreamRow, nowMs: number): number | null {
  if (one.runningSeconds === null || one.fraction < 0.1) return null;
  return nowMs + (1000 * one.runningSeconds * (1 - one.fraction)) / one.fraction;
}
