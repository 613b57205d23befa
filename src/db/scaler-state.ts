import type { Db, Transaction } from "./connect.ts";

/** Whose memory it is: one made by another policy, or under other settings, is not read. */
export interface PolicyRef {
  readonly name: string;
  readonly version: string;
}

/** Up to where the policy was told what has happened. */
export interface ToldUpTo {
  /** A transaction's number, which may pass 2^53. */
  readonly xid: string;
  readonly id: number;
  /** The latest time it was told of. */
  readonly atMs: number;
}

export interface ScalerStateRow {
  readonly tick: number;
  readonly state: unknown;
  /** null: it is told nothing. */
  readonly told: ToldUpTo | null;
}

/** What was written last; undefined: nothing yet. */
export async function readScalerState(
  db: Db,
  { name, version }: PolicyRef,
): Promise<ScalerStateRow | undefined> {
  const [row] = await db<ScalerStateRow[]>`
    select tick, state, case when told_xid is not null then json_build_object('xid', told_xid::text, 'id', told_id,
      'atMs', extract(epoch from told_at)::float8 * 1000) end as told
    from scaler_state where policy = ${name} and version = ${version}`;
  return row;
}

/** What the policy that decided last remembers; undefined: nothing is stored. */
export async function readPolicyMemory(db: Db): Promise<unknown> {
  const [row] = await db<{ memory: unknown }[]>`
    select state -> 'policy' as memory from scaler_state order by updated_at desc limit 1`;
  return row?.memory;
}

export interface ScalerStateWrite {
  readonly policy: PolicyRef;
  readonly tick: number;
  readonly term: number;
  /** The text that `JSON.stringify` made of it. */
  readonly state: string;
  readonly told: ToldUpTo | null;
}

/** Other memories are kept this long, for a policy that comes back. */
const keptDays = 30;

export async function writeScalerState(db: Db, write: ScalerStateWrite): Promise<void> {
  const { policy, tick, term, state, told } = write;
  await db`
    insert into scaler_state (policy, version, tick, term, state, told_xid, told_id, told_at)
    values (${policy.name}, ${policy.version}, ${tick}, ${term}, ${state}::text::json, ${told?.xid ?? null}::text::xid8, ${told?.id ?? null},
      to_timestamp(${told?.atMs ?? null}::float8 / 1000))
    on conflict (policy, version) do update set tick = excluded.tick, term = excluded.term, state = excluded.state, told_xid = excluded.told_xid,
      told_id = excluded.told_id, told_at = excluded.told_at, updated_at = pl_now()`;
}

export async function dropOldScalerStates(db: Db): Promise<void> {
  await db`delete from scaler_state where updated_at < pl_now() - make_interval(days => ${keptDays})`;
}

/** Whoever meets somebody else's lock gives way before the server looks for a circle: the next tick is near. */
export async function waitBriefly(tx: Transaction): Promise<void> {
  await tx`set local lock_timeout = '500ms'`;
}

/**
 * Whether the term still holds. It does until this transaction has ended: whoever takes the next one waits
 * for that. So it is asked last, for as short as can be.
 */
export async function holdTermToCommit(db: Db, term: number): Promise<boolean> {
  const rows = await db`select 1 from leader where term = ${term} for share`;
  return rows.length > 0;
}
