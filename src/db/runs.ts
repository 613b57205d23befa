import type { ReplicaPhase } from "../core/pipeline/life-cycle.ts";
import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";
import { containerColumn } from "./ledger.ts";
import type { Placed } from "./replicas.ts";

/** A run of a replica, open or over. */
export interface RunRow extends Placed {
  readonly id: number;
  readonly pool: string;
  readonly replica: number;
  readonly phase: ReplicaPhase;
  readonly phases: readonly { readonly phase: ReplicaPhase; readonly at: string }[];
  readonly requestedAt: Date;
  readonly readyAt: Date | null;
  readonly endedAt: Date | null;
  readonly billedFrom: Date | null;
  readonly billedUntil: Date | null;
  /** When its first container came, where its provider has not charged for it; null: none came, or it has. */
  readonly containerMs: number | null;
  readonly failure: Failure | null;
}

export interface RunQuery {
  readonly pool?: string | undefined;
  readonly limit: number;
  /** Only those below this id. */
  readonly before?: number | undefined;
}

/** Newest first. */
export async function readRuns(db: Db, query: RunQuery): Promise<RunRow[]> {
  const { pool = null, before = null, limit } = query;
  return db<RunRow[]>`
    select r.id, r.pool, r.replica, r.provider, r.phase, r.phases, r.requested_at as "requestedAt", ready_at as "readyAt", ended_at as "endedAt",
      billed_from as "billedFrom", billed_until as "billedUntil", ${containerColumn(db)}, failure, gpu, gpus, region, spot, quantum_ms as "quantumMs",
      case when unpriced then to_json('unpriced'::text) else to_json(micro_usd_per_hour) end as "microUsdPerHour"
    from replicas r where (${pool}::text is null or pool = ${pool}) and (${before}::bigint is null or id < ${before}) order by id desc limit ${limit}`;
}
