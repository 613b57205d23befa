import type { Db, Sql, Transaction } from "./connect.ts";
import { refreshClasses } from "./packs.ts";

export interface ContainerRegistration {
  readonly id: string;
  readonly pool: string;
  readonly replica: number;
  /** The run it was started for; absent or null: it does not say. */
  readonly run?: number | null | undefined;
  readonly containerId: string | null;
  readonly bootId: string;
  readonly tokenHash: Buffer;
  readonly features: readonly string[];
  readonly capabilities: Readonly<Record<string, boolean>>;
  readonly slots: number;
  readonly maxConcurrentPipelines: number;
  readonly coordinationUrl: string | null;
  readonly visualCacheAccess: boolean;
  readonly engine: { readonly name: string; readonly model: string | null };
  readonly gpu: string | null;
  readonly pid: number | null;
  readonly ttlMs: number;
}

/**
 * A container announces itself. Whoever held its slot before has ended: a new boot id releases what
 * the old boot held (the rescuer takes those leases back). Answers false, and does nothing, when its
 * own run has ended: whoever comes late must not take the place of its successor.
 */
export async function registerContainer(sql: Sql, c: ContainerRegistration): Promise<boolean> {
  return sql.begin(async (tx) => {
    // One registration or activation at a time: each must see the other's classes and containers.
    await tx`select pg_advisory_xact_lock(hashtext('pilotlight.packs'))`;
    if (await runIsOver(tx, c)) return false;
    await tx`update processing_servers set ended_at = pl_now(), status = 'stopped', updated_at = pl_now()
      where server_type = ${c.pool} and replica = ${c.replica} and ended_at is null`;
    await insertContainer(tx, c);
    await refreshClasses(tx, c.id);
    await bindRun(tx, c);
    await tx`select add_event(null, 'container.registered', null, null, null, ${tx.json({
      pool: c.pool,
      replica: `${c.pool}-${c.replica}`,
      engine: c.engine.name,
      model: c.engine.model,
    })})`;
    return true;
  });
}

/**
 * Its run has an end, and since then another one was asked for in its slot, or none is open. A provider
 * that puts another machine in the place of one gives it the same start parameters, and its run is adopted:
 * that one is let in. So is a run nobody knows.
 */
async function runIsOver(db: Db, c: ContainerRegistration): Promise<boolean> {
  if (c.run === null || c.run === undefined) return false;
  const rows = await db`
    select 1 from replicas own where own.id = ${c.run} and own.pool = ${c.pool} and own.replica = ${c.replica} and own.ended_at is not null
      and (not exists (select 1 from replicas o where o.pool = own.pool and o.replica = own.replica and o.ended_at is null)
        or exists (select 1 from replicas n where n.pool = own.pool and n.replica = own.replica and n.id > own.id
          and n.phases #>> '{0,phase}' = 'requested'))`;
  return rows.length > 0;
}

/** One that comes into a run that is to end takes nothing new from the start. */
async function insertContainer(db: Db, c: ContainerRegistration): Promise<void> {
  await db`
    insert into processing_servers (id, server_type, replica, container_id, status, capabilities, features, slots,
      max_concurrent_pipelines, pipeline_coordination_url, visual_cache_access, boot_id, token_hash, engine, gpu, pid, expires_at, drain, drain_reason)
    select ${c.id}, ${c.pool}, ${c.replica}, ${c.containerId}, 'booting', ${db.json(c.capabilities)}, ${[...c.features]},
      ${c.slots}, ${c.maxConcurrentPipelines}, ${c.coordinationUrl}, ${c.visualCacheAccess}, ${c.bootId}, ${c.tokenHash},
      ${db.json(c.engine)}, ${c.gpu}, ${c.pid}, pl_now() + ${c.ttlMs} * interval '1 millisecond', coalesce(r.phase = 'draining', false),
      case when r.phase = 'draining' then r.reason end
    from (select 1) one left join replicas r on r.pool = ${c.pool} and r.replica = ${c.replica} and r.ended_at is null`;
}

/** A second boot within one run begins anew; the same boot that comes back goes on where it was. */
async function bindRun(db: Db, c: ContainerRegistration): Promise<void> {
  await db`
    update replicas r set container_id = ${c.id}, phase = 'booting', phase_since = pl_now(),
      phases = r.phases || jsonb_build_array(jsonb_build_object('phase', 'booting', 'at', pl_now()))
    where r.pool = ${c.pool} and r.replica = ${c.replica} and r.ended_at is null and r.phase <> 'draining'
      and not exists (select 1 from processing_servers s where s.id = r.container_id and s.boot_id = ${c.bootId})`;
  await db`update replicas set container_id = ${c.id} where pool = ${c.pool} and replica = ${c.replica} and ended_at is null`;
}

export interface KnownContainer {
  readonly id: string;
  readonly pool: string;
  readonly replica: number;
  readonly bootId: string;
  readonly status: string;
  readonly drain: boolean;
  readonly engine: { readonly name: string; readonly model: string | null };
  /** Code and weights that read, as it said last; null: it does not say. */
  readonly reader: string | null;
  /** Classes of tasks it can do. */
  readonly classIds: readonly number[];
}

/** By the hash of its token; undefined once it has ended. */
export async function findContainer(
  db: Db,
  tokenHash: Buffer,
): Promise<KnownContainer | undefined> {
  const [row] = await db<KnownContainer[]>`
    select id, server_type as pool, replica, boot_id as "bootId", status, drain, engine, reader, class_ids as "classIds"
    from processing_servers where token_hash = ${tokenHash} and ended_at is null`;
  return row;
}

export async function setReader(db: Db, container: string, reader: string | null): Promise<void> {
  await db`update processing_servers set reader = ${reader}, updated_at = pl_now() where id = ${container}`;
}

export interface Beat {
  readonly drain: boolean;
  /** The phase it had before this beat. */
  readonly before: string;
}

/**
 * One update renews all leases of a container. `leases`: how many it believes it holds. Undefined: it
 * is not known any more.
 */
export async function heartbeat(
  db: Db,
  container: string,
  beat: { phase: string; note: string | null; ttlMs: number; leases?: number },
): Promise<Beat | undefined> {
  const [row] = await db<Beat[]>`
    update processing_servers s set last_heartbeat = pl_now(), updated_at = pl_now(), status = ${beat.phase}, note = ${beat.note},
      expires_at = pl_now() + ${beat.ttlMs} * interval '1 millisecond',
      idle_since = case when s.idle_since = 'infinity' and ${beat.leases ?? 0} = 0 then pl_now() else s.idle_since end
    from (select id, status as before from processing_servers where id = ${container} and ended_at is null for no key update) old
    where s.id = old.id returning s.drain, old.before`;
  if (row && row.before !== beat.phase) await recordPhase(db, container, beat.phase);
  return row;
}

/** A replica ends when its provider says so: a last word of its container closes no run. */
async function recordPhase(db: Db, container: string, phase: string): Promise<void> {
  await db`
    select enter_phase(r.id, ${phase}), add_event(null, 'container.phase', null, null, null,
      jsonb_build_object('pool', c.server_type, 'replica', c.server_type || '-' || c.replica, 'phase', ${phase}::text))
    from processing_servers c left join replicas r on r.pool = c.server_type and r.replica = c.replica and r.ended_at is null
    where c.id = ${container}`;
}

/** Bytes of the model that is on its way to a container. */
export async function recordPull(
  db: Db,
  container: string,
  bytes: { readonly done: number; readonly total: number },
): Promise<void> {
  await db`
    update replicas r set pull = ${db.json(bytes)} from processing_servers c
    where c.id = ${container} and r.pool = c.server_type and r.replica = c.replica and r.ended_at is null and r.pull is distinct from ${db.json(bytes)}`;
}

/** Of the leases it believes it holds, those that are gone. */
export async function readLostLeases(
  db: Db,
  container: string,
  keys: readonly { epoch: number; id: number }[],
): Promise<{ epoch: number; id: number }[]> {
  if (keys.length === 0) return [];
  return db<{ epoch: number; id: number }[]>`
    select w.epoch, w.id from unnest(${keys.map((key) => key.epoch)}::bigint[], ${keys.map((key) => key.id)}::bigint[]) as w(epoch, id)
    where not exists (select 1 from leases l where l.epoch = w.epoch and l.id = w.id and l.container_id = ${container})`;
}

/** Whether the container of a slot holds no lease. Until this transaction has ended it is given none. */
export async function keepIdle(tx: Transaction, pool: string, replica: number): Promise<boolean> {
  const [row] = await tx<{ id: string }[]>`
    select id from processing_servers where server_type = ${pool} and replica = ${replica} and ended_at is null for no key update`;
  if (row === undefined) return true;
  // A statement of its own: it sees what was given until the row was locked.
  const held = await tx`select 1 from leases where container_id = ${row.id} limit 1`;
  return held.length === 0;
}

/** Marks live containers for draining: all of a pool's slot, or one by id. Safe to repeat. */
export async function drainContainer(
  db: Db,
  pool: string,
  replica: number,
  reason: string,
): Promise<void> {
  await db`update processing_servers set drain = true, drain_reason = coalesce(drain_reason, ${reason}), updated_at = pl_now()
    where server_type = ${pool} and replica = ${replica} and ended_at is null and not drain`;
}

export async function drainContainerById(db: Db, id: string, reason: string): Promise<void> {
  await db`update processing_servers set drain = true, drain_reason = coalesce(drain_reason, ${reason}), updated_at = pl_now()
    where id = ${id} and ended_at is null`;
}

/** The container of a slot has ended, or was silent too long; answers how many leases it held. */
export async function endContainer(
  db: Db,
  pool: string,
  replica: number,
  reason: string,
  beforeMs: number | null = null,
): Promise<number> {
  const [row] = await db<{ leases: number }[]>`
    with gone as (
      update processing_servers set ended_at = pl_now(), status = 'stopped', updated_at = pl_now()
      where server_type = ${pool} and replica = ${replica} and ended_at is null
        and (${beforeMs}::float8 is null or created_at < to_timestamp(${beforeMs}::float8 / 1000)) returning id
    ), held as (select count(*)::int as leases from leases l join gone on l.container_id = gone.id)
    select held.leases, case when held.leases > 0 then add_event(null, 'container.lost', null, null, null, jsonb_build_object(
      'pool', ${pool}::text, 'replica', ${`${pool}-${replica}`}::text, 'leases', held.leases, 'reason', ${reason}::text)) end
    from held`;
  return row?.leases ?? 0;
}

/** What the container of a slot's open run said when it could not start; null: it said nothing. */
export async function readLastWords(db: Db, pool: string, replica: number): Promise<string | null> {
  const [row] = await db<{ note: string | null }[]>`
    select s.note from replicas r join processing_servers s on s.id = r.container_id
    where r.pool = ${pool} and r.replica = ${replica} and r.ended_at is null and s.status = 'failed'`;
  return row?.note ?? null;
}

/**
 * Containers whose heartbeats stopped: ended here, so that their slot is free again. One statement: a beat
 * that comes meanwhile is seen, and whoever has taken the slot since is left alone.
 */
export async function endSilentContainers(
  db: Db,
): Promise<{ pool: string; replica: number; leases: number }[]> {
  return db<{ pool: string; replica: number; leases: number }[]>`
    with gone as (
      update processing_servers set ended_at = pl_now(), status = 'stopped', updated_at = pl_now()
      where ended_at is null and expires_at < pl_now() returning id, server_type as pool, replica
    ), held as (
      select g.pool, g.replica, (select count(*)::int from leases l where l.container_id = g.id) as leases from gone g
    )
    select pool, replica, leases, case when leases > 0 then add_event(null, 'container.lost', null, null, null, jsonb_build_object(
      'pool', pool, 'replica', pool || '-' || replica, 'leases', leases, 'reason', 'no heartbeat')) end
    from held`;
}

/** Nobody could be heard while no control plane listened: each container gets its time anew. */
export async function greetContainers(db: Db, ttlMs: number): Promise<void> {
  await db`update processing_servers set expires_at = greatest(expires_at, pl_now() + ${ttlMs} * interval '1 millisecond') where ended_at is null`;
}
