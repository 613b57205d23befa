import type { Graph } from "../core/pipeline/graph.ts";
import type { Db, Sql } from "./connect.ts";

export interface PackTaskRow {
  readonly pool: string;
  readonly features: readonly string[];
  readonly timeoutMs: number;
  readonly stallMs: number;
  readonly attemptsMax: number;
  readonly lostMax: number;
  readonly backoffMs: number;
}

export interface PackRow {
  readonly name: string;
  readonly version: number;
  readonly contentHash: string;
  readonly content: unknown;
  readonly dependencies: unknown;
  readonly graph: Graph;
  /** By task index, as in the graph. */
  readonly tasks: readonly PackTaskRow[];
}

/** The class of a need: made on first use, the same id ever after. */
async function ensureClass(db: Db, pool: string, features: readonly string[]): Promise<number> {
  const sorted = [...features].sort();
  const key = `${pool}:${sorted.join(",")}`;
  await db`insert into task_classes (key, pool, features) values (${key}, ${pool}, ${sorted}) on conflict do nothing`;
  const [row] = await db<{ id: number }[]>`select id from task_classes where key = ${key}`;
  if (!row) throw new Error(`class ${key} is missing`);
  return row.id;
}

/** Stores a pack version (the same content is stored once) and makes it the active one. */
export async function activatePack(sql: Sql, pack: PackRow): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('pilotlight.packs'))`;
    const classIds: number[] = [];
    for (const task of pack.tasks) classIds.push(await ensureClass(tx, task.pool, task.features));
    const graph = pack.graph;
    const [row] = await tx<{ id: number }[]>`
      insert into packs (name, version, content_hash, content, dependencies, task_names, layers, weights, needs, dependents,
        class_ids, pools, timeout_ms, stall_ms, attempts_max, lost_max, backoff_ms, full_mask)
      values (${pack.name}, ${pack.version}, ${pack.contentHash}, ${tx.json(pack.content as never)},
        ${tx.json(pack.dependencies as never)}, ${[...graph.names]}, ${[...graph.layers]}, ${[...graph.weights]},
        ${graph.needs.map(String)}::text[]::bigint[], ${graph.dependents.map(String)}::text[]::bigint[], ${classIds}, ${[...graph.pools]},
        ${pack.tasks.map((task) => task.timeoutMs)}, ${pack.tasks.map((task) => task.stallMs)},
        ${pack.tasks.map((task) => task.attemptsMax)}, ${pack.tasks.map((task) => task.lostMax)},
        ${pack.tasks.map((task) => task.backoffMs)}, ${String(graph.full)}::bigint)
      on conflict (name, version, content_hash) do update set name = excluded.name
      returning id`;
    if (!row) throw new Error("the pack was not stored");
    await tx`update packs set active = false where name = ${pack.name} and active and id <> ${row.id}`;
    await tx`update packs set active = true where id = ${row.id}`;
    await refreshClasses(tx);
    return row.id;
  });
}

/** Which classes each live container serves, or only one of them: after a new class or a new container. */
export async function refreshClasses(db: Db, container?: string): Promise<void> {
  await db`
    update processing_servers s set class_ids = coalesce((
      select array_agg(c.id order by c.id) from task_classes c
      where (c.pool = s.server_type or s.server_type in ('shared', 'dedicated')) and c.features <@ s.features), '{}')
    where s.ended_at is null ${container === undefined ? db`` : db`and s.id = ${container}`}`;
}

export interface StoredPack {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly content: unknown;
}

/** A stored version by its row id; undefined when there is none. */
export async function readPackById(db: Db, id: number): Promise<StoredPack | undefined> {
  const [row] = await db<
    StoredPack[]
  >`select id, name, version, content from packs where id = ${id}`;
  return row;
}

export async function hasActivePack(db: Db, name: string): Promise<boolean> {
  const rows = await db`select 1 from packs where name = ${name} and active`;
  return rows.length > 0;
}
