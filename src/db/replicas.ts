import type { ReplicaPhase } from "../core/pipeline/life-cycle.ts";
import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";
import { containerColumn, firstContainerAt } from "./ledger.ts";

/** What a run stands on and what it costs. */
export interface Placed {
  readonly provider: string;
  readonly gpu: string | null;
  readonly gpus: number;
  readonly region: string | null;
  readonly spot: boolean;
  /** null: nobody charges. */
  readonly microUsdPerHour: number | "unpriced" | null;
  readonly quantumMs: number;
}

/** A run of a replica with the container that registered in it. */
export interface ReplicaRow extends Placed {
  readonly id: number;
  readonly pool: string;
  readonly replica: number;
  /** The provider's own name of what runs; null until it was seen there. */
  readonly providerRef: string | null;
  readonly phase: ReplicaPhase;
  readonly since: Date;
  readonly requestedAt: Date;
  readonly billedFrom: Date | null;
  /** When its first container came, where its provider has not charged for it; null: none came, or it has. */
  readonly containerMs: number | null;
  readonly reason: string | null;
  readonly trouble: string | null;
  readonly phases: readonly { readonly phase: ReplicaPhase; readonly at: string }[];
  readonly pull: { readonly done: number; readonly total: number } | null;
  readonly note: string | null;
  /** Its container was given up so long ago, and no other has come; null: one is there, or none ever was. */
  readonly silentMs: number | null;
  readonly container: string | null;
  readonly url: string | null;
  readonly engine: { name: "extractive" | "ollama" | "openai"; model: string | null } | null;
  readonly slots: number;
  readonly leases: number;
  readonly lastHeartbeat: Date | null;
  /** When its last lease ended; null while it works or before it ever did. */
  readonly idleSince: Date | null;
  readonly drain: boolean;
  readonly drainReason: string | null;
}

/** Open runs; a replica that registered shows its container's figures. */
export async function readReplicas(db: Db): Promise<ReplicaRow[]> {
  return db<ReplicaRow[]>`
    select r.id, r.pool, r.replica, r.provider, r.provider_ref as "providerRef", r.phase, r.phase_since as since, r.requested_at as "requestedAt",
      r.gpu, r.gpus, r.region, r.spot, case when r.unpriced then to_json('unpriced'::text) else to_json(r.micro_usd_per_hour) end as "microUsdPerHour",
      r.quantum_ms as "quantumMs", r.billed_from as "billedFrom", ${containerColumn(db)}, r.reason, r.trouble, r.phases, r.pull, s.note, case when s.id is null then (select extract(epoch from pl_now() - g.ended_at)::float8 * 1000 from processing_servers g where g.id = r.container_id) end as "silentMs",
      s.id as container, s.pipeline_coordination_url as url, s.engine, coalesce(s.slots, 0) as slots,
      coalesce(l.leases, 0) as leases, s.last_heartbeat as "lastHeartbeat", coalesce(s.drain, false) as drain, s.drain_reason as "drainReason",
      case when coalesce(l.leases, 0) = 0 then nullif(s.idle_since, 'infinity') end as "idleSince"
    from replicas r
    left join processing_servers s on s.server_type = r.pool and s.replica = r.replica and s.ended_at is null
    left join (select container_id, count(*)::int as leases from leases group by container_id) l on l.container_id = s.id
    where r.ended_at is null order by r.pool, r.replica`;
}

export interface RequestedReplica extends Placed {
  readonly pool: string;
  readonly replica: number;
  readonly reason: string;
  /** The decision that asks for it. */
  readonly decision?: number;
}

/** Opens a run. Answers false when the slot has an open one already. */
export async function requestReplica(db: Db, replica: RequestedReplica): Promise<boolean> {
  return openRun(db, replica, "requested", "replica.requested");
}

interface AdoptedReplica extends RequestedReplica {
  readonly providerRef: string | null;
  /** By its provider's clock; null: it is not charged for yet. */
  readonly startedAtMs: number | null;
}

/** Takes over what runs at a provider though nobody here asked for it; as far as its container has come. */
export async function adoptReplica(db: Db, replica: AdoptedReplica): Promise<boolean> {
  const [container] = await db<{ phase: ReplicaPhase }[]>`
    select status as phase from processing_servers where server_type = ${replica.pool} and replica = ${replica.replica} and ended_at is null
      and status in ('booting', 'pulling_model', 'loading', 'canary', 'ready', 'draining')`;
  return openRun(db, replica, container?.phase ?? "booting", "replica.adopted");
}

async function openRun(
  db: Db,
  r: RequestedReplica & Partial<AdoptedReplica>,
  phase: ReplicaPhase,
  event: string,
): Promise<boolean> {
  const priced = typeof r.microUsdPerHour === "number" ? r.microUsdPerHour : null;
  const [row] = await db<{ id: number }[]>`
    insert into replicas (pool, replica, provider, phase, reason, gpu, gpus, region, spot, micro_usd_per_hour, unpriced, quantum_ms, phases, provider_ref, billed_from, decision_id, container_id)
    values (${r.pool}, ${r.replica}, ${r.provider}, ${phase}, ${r.reason}, ${r.gpu}, ${r.gpus}, ${r.region}, ${r.spot}, ${priced},
      ${r.microUsdPerHour === "unpriced"}, ${r.quantumMs}, jsonb_build_array(jsonb_build_object('phase', ${phase}::text, 'at', pl_now())),
      ${r.providerRef ?? null}, case when ${r.startedAtMs ?? null}::float8 is not null then least(pl_now(), to_timestamp(${r.startedAtMs ?? null}::float8 / 1000)) end, ${r.decision ?? null},
      (select id from processing_servers where server_type = ${r.pool} and replica = ${r.replica} and ended_at is null))
    on conflict do nothing returning id`;
  if (!row) return false;
  const { pool, provider, gpu, region, spot } = r;
  const name = `${pool}-${r.replica}`;
  await db`select add_event(null, ${event}, null, null, null, ${db.json({ pool, replica: name, provider, gpu, region, spot })})`;
  return true;
}

/** Another machine for a run that could not start where it was meant to. */
export async function moveReplica(db: Db, id: number, to: Placed, reason: string): Promise<void> {
  const priced = typeof to.microUsdPerHour === "number" ? to.microUsdPerHour : null;
  await db`
    update replicas set provider = ${to.provider}, gpu = ${to.gpu}, gpus = ${to.gpus}, region = ${to.region}, spot = ${to.spot},
      micro_usd_per_hour = ${priced}, unpriced = ${to.microUsdPerHour === "unpriced"}, quantum_ms = ${to.quantumMs}, provider_ref = null,
      trouble = null, reason = ${reason}
    where id = ${id} and ended_at is null`;
}

export interface SeenRun {
  readonly providerRef: string | null;
  readonly startedAtMs: number | null;
  readonly phase: "provisioning" | "pulling_image" | null;
  readonly trouble: string | null;
}

/** What the provider shows of an open run; writes and tells only what is new. */
export async function noteSeen(db: Db, id: number, seen: SeenRun): Promise<void> {
  await db`
    update replicas set provider_ref = coalesce(${seen.providerRef}, provider_ref), trouble = ${seen.trouble},
      -- Two clocks: what is seen has begun, whatever its provider's says.
      billed_from = coalesce(billed_from, case when ${seen.startedAtMs}::float8 is not null then least(pl_now(), to_timestamp(${seen.startedAtMs}::float8 / 1000)) end)
    where id = ${id} and ended_at is null`;
  const [moved] = await db<{ moved: boolean | null }[]>`
    select enter_phase(${id}, coalesce(${seen.phase}, 'provisioning')) as moved`;
  if (moved?.moved) await tellPhase(db, id);
  if (seen.trouble !== null) {
    await db`
      select add_event(null, 'replica.trouble', null, null, null,
        jsonb_build_object('pool', pool, 'replica', pool || '-' || replica, 'trouble', trouble)) from replicas where id = ${id}`;
  }
}

async function tellPhase(db: Db, id: number): Promise<void> {
  await db`
    select add_event(null, 'container.phase', null, null, null,
      jsonb_build_object('pool', pool, 'replica', pool || '-' || replica, 'phase', phase)) from replicas where id = ${id}`;
}

export async function markStopping(
  db: Db,
  pool: string,
  replica: number,
  reason: string,
): Promise<void> {
  const rows = await db`
    update replicas set phase = 'draining', phase_since = pl_now(), reason = ${reason},
      phases = phases || jsonb_build_array(jsonb_build_object('phase', 'draining', 'at', pl_now()))
    where pool = ${pool} and replica = ${replica} and ended_at is null and phase <> 'draining' returning 1`;
  if (rows.length > 0) {
    await db`select add_event(null, 'replica.stopping', null, null, null,
      ${db.json({ pool, replica: `${pool}-${replica}`, reason })})`;
  }
}

/**
 * The run has ended: stopped as wanted, or failed with a reason. Answers false when none was open.
 * @param nextFromMs another machine has stood in its place since then, and is charged for by itself
 */
export async function endReplica(
  db: Db,
  pool: string,
  replica: number,
  failure: Failure | null,
  nextFromMs: number | null = null,
): Promise<boolean> {
  const [row] = await db<{ seconds: number }[]>`
    with t as materialized (select pl_now() as now)
    update replicas r set phase = ${failure ? "failed" : "stopped"}, phase_since = t.now, ended_at = t.now,
      billed_from = b.from_, billed_until = case when b.from_ is not null
        then greatest(b.from_, least(t.now, to_timestamp(${nextFromMs}::float8 / 1000))) end,
      failure = ${failure ? db.json(failure as never) : null}
    from t cross join (
      -- A provider that could not be seen all the while charges all the same: from when its container came.
      select r.id, coalesce(r.billed_from, ${firstContainerAt(db)}) as from_
      from replicas r where r.pool = ${pool} and r.replica = ${replica} and r.ended_at is null) b
    where r.id = b.id and r.ended_at is null
    returning extract(epoch from t.now - r.requested_at)::float8 as seconds`;
  if (!row) return false;
  const name = `${pool}-${replica}`;
  const data = failure
    ? { pool, replica: name, ...failure }
    : { pool, replica: name, seconds: row.seconds };
  await db`select add_event(null, ${failure ? "replica.failed" : "replica.stopped"}, null, null, null, ${db.json(data)})`;
  return true;
}

/** Longer ago than this, what was asked for is not what is wanted now. */
const stillWantedMs = 30_000;

/**
 * When a control plane begins to lead whose replicas are its own children: none can be alive. One that was only
 * just asked for, and never came so far that anybody saw it, is still wanted and is started now.
 */
export async function endReplicasOf(db: Db, provider: string): Promise<void> {
  await db`
    update processing_servers s set ended_at = pl_now(), status = 'stopped', updated_at = pl_now() where s.ended_at is null
      and exists (select 1 from replicas r where r.provider = ${provider} and r.ended_at is null and r.pool = s.server_type and r.replica = s.replica)`;
  await db`
    with t as materialized (select pl_now() as now), ended as (
      update replicas set phase = 'stopped', phase_since = t.now, ended_at = t.now, reason = 'control plane restarted',
        billed_until = case when billed_from is not null then greatest(billed_from, t.now) end
      from t where ended_at is null and provider = ${provider} and not (phase = 'requested' and provider_ref is null and container_id is null
        and requested_at > t.now - ${stillWantedMs} * interval '1 millisecond')
      returning pool, replica, requested_at, t.now)
    select add_event(null, 'replica.stopped', null, null, null, jsonb_build_object('pool', pool, 'replica', pool || '-' || replica,
      'seconds', extract(epoch from now - requested_at), 'restarted', true)) from ended`;
}

/** Whether any run was ever asked for in this database. */
export async function hasEverRun(db: Db): Promise<boolean> {
  const [row] = await db<{ ever: boolean }[]>`select exists (select 1 from replicas) as ever`;
  return row?.ever ?? false;
}

/** A container that is there though nobody here started it. */
export interface RegisteredContainer {
  readonly pool: string;
  readonly replica: number;
  readonly containerId: string;
  readonly startedAtMs: number;
}

/** Live containers with a replica number from `replicaMin` on. */
export async function readRegistered(db: Db, replicaMin: number): Promise<RegisteredContainer[]> {
  return db<RegisteredContainer[]>`
    select server_type as pool, replica, boot_id as "containerId", min(extract(epoch from created_at)::float8 * 1000) over (partition by boot_id) as "startedAtMs"
    from processing_servers where ended_at is null and replica >= ${replicaMin} order by pool, replica`;
}
