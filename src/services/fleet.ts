import { listDecisions, readDemand, readReplicas } from "../db/fleet.ts";
import type { ServiceContext } from "./context.ts";

export interface FleetFacts {
  readonly installation: string;
  readonly policy: string;
  readonly pools: Readonly<Record<string, { minReplicas: number; maxReplicas: number }>>;
}

/** What runs, why, and what was decided. */
export function createFleet(context: ServiceContext, facts: FleetFacts) {
  return {
    async get() {
      const [replicas, demand, decisions] = await Promise.all([
        readReplicas(context.sql),
        readDemand(context.sql),
        listDecisions(context.sql, 50),
      ]);
      const pools = Object.entries(facts.pools).map(([pool, limits]) => {
        const own = replicas.filter((row) => row.pool === pool);
        return {
          pool,
          min: limits.minReplicas,
          max: limits.maxReplicas,
          running: own.length,
          wanted: own.filter((row) => row.phase !== "draining").length,
          ready: demand.find((row) => row.pool === pool)?.ready ?? 0,
          leased: demand.find((row) => row.pool === pool)?.leased ?? 0,
        };
      });
      return {
        installation: facts.installation,
        policy: facts.policy,
        pools,
        replicas: replicas.map((row) => ({
          name: `${row.pool}-${row.replica}`,
          pool: row.pool,
          provider: row.provider,
          phase: row.phase,
          since: row.since.toISOString(),
          requestedAt: row.requestedAt.toISOString(),
          reason: row.reason,
          url: row.url,
          engine: row.engine,
          leases: row.leases,
          slots: row.slots,
          lastHeartbeat: row.lastHeartbeat?.toISOString() ?? null,
        })),
        decisions: decisions.map((row) => ({ ...row, at: row.at.toISOString() })),
      };
    },
  };
}
export type FleetService = ReturnType<typeof createFleet>;
