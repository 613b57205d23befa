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
  readonly content: object;
  /** Its files as given, for the number it gets. */
  readonly filesOf?: (version: number) => Readonly<Record<string, string>>;
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

/** How a version came to be. */
export interface PackOrigin {
  readonly source: "folder" | "edit" | "import";
  readonly madeBy: string;
  readonly note: string | null;
  /** Row of the version it was made from. */
  readonly parent: number | null;
}

export interface KeptPack {
  readonly id: number;
  readonly version: number;
  /** The same content was there already: nothing was made. */
  readonly existing: boolean;
}

/** Versions of packs change one after the other. */
const lock = (tx: Db) => tx`select pg_advisory_xact_lock(hashtext('pilotlight.packs'))`;

/**
 * Stores a version under its own number, or under the next one when that is taken. The same content is
 * stored once. The caller holds the lock.
 */
async function storePack(tx: Db, pack: PackRow, origin: PackOrigin): Promise<KeptPack> {
  const [known] = await tx<{ id: number; version: number }[]>`
    select id, version from packs where name = ${pack.name} and content_hash = ${pack.contentHash} order by id desc limit 1`;
  if (known) return { ...known, existing: true };
  const [newest] = await tx<{ version: number | null }[]>`
    select max(version) as version from packs where name = ${pack.name}`;
  const version = Math.max(pack.version, (newest?.version ?? 0) + 1);
  const classIds: number[] = [];
  for (const task of pack.tasks) classIds.push(await ensureClass(tx, task.pool, task.features));
  const graph = pack.graph;
  const files = pack.filesOf?.(version) ?? null;
  const [row] = await tx<{ id: number }[]>`
    insert into packs (name, version, content_hash, content, dependencies, task_names, layers, weights, needs, dependents,
      class_ids, pools, timeout_ms, stall_ms, attempts_max, lost_max, backoff_ms, full_mask, source, made_by, note, parent, files)
    values (${pack.name}, ${version}, ${pack.contentHash}, ${tx.json({ ...pack.content, version } as never)},
      ${tx.json(pack.dependencies as never)}, ${[...graph.names]}, ${[...graph.layers]}, ${[...graph.weights]},
      ${graph.needs.map(String)}::text[]::bigint[], ${graph.dependents.map(String)}::text[]::bigint[], ${classIds}, ${[...graph.pools]},
      ${pack.tasks.map((task) => task.timeoutMs)}, ${pack.tasks.map((task) => task.stallMs)},
      ${pack.tasks.map((task) => task.attemptsMax)}, ${pack.tasks.map((task) => task.lostMax)},
      ${pack.tasks.map((task) => task.backoffMs)}, ${String(graph.full)}::bigint,
      ${origin.source}, ${origin.madeBy}, ${origin.note}, ${origin.parent}, ${files === null ? null : tx.json(files as never)})
    returning id`;
  if (!row) throw new Error("the pack was not stored");
  await refreshClasses(tx);
  return { id: row.id, version, existing: false };
}

/** Makes a version the active one and tells it. The caller holds the lock. */
async function makeActive(tx: Db, id: number, by: string, isRollback: boolean): Promise<void> {
  const [before] = await tx<{ id: number; version: number }[]>`
    select id, version from packs where active and name = (select name from packs where id = ${id})`;
  if (before?.id === id) return;
  await tx`update packs set active = false where id = ${before?.id ?? null}`;
  // A rollback leaves its target's own way back as it was: the next one goes further.
  const replaced = before?.id ?? null;
  await tx`
    update packs set active = true, activated_at = pl_now(), activated_by = ${by},
      replaced = ${isRollback ? tx`replaced` : tx`${replaced}::int`} where id = ${id}`;
  await tx`
    select add_event(null, 'pack.activated', null, null, null, jsonb_build_object('pack', name, 'version', version,
      'hash', left(content_hash, 8), 'by', ${by}::text, 'replaced', ${before?.version ?? null}::int, 'rollback', ${isRollback}::boolean))
    from packs where id = ${id}`;
  await refreshClasses(tx);
}

/**
 * Stores what a folder holds. It becomes the active version where none is; where the active one came from
 * the folder too, new content takes its place, and known content only when a start chose that one. What
 * a person made or chose is left: the folder's content then is a draft, which is told once.
 */
export async function keepFolderPack(sql: Sql, pack: PackRow): Promise<KeptPack> {
  return sql.begin(async (tx) => {
    await lock(tx);
    const kept = await storePack(tx, pack, {
      ...{ source: "folder", madeBy: "start", note: null, parent: null },
    });
    const [active] = await tx<{ source: string; by: string }[]>`
      select source, activated_by as by from packs where name = ${pack.name} and active`;
    const isTheirs = active !== undefined && active.source !== "folder";
    const isChosen = kept.existing && active !== undefined && active.by !== "start";
    if (!isTheirs && !isChosen) await makeActive(tx, kept.id, "start", false);
    else if (!kept.existing) {
      const said = { pack: pack.name, version: kept.version, hash: pack.contentHash.slice(0, 8) };
      await tx`select add_event(null, 'pack.offered', null, null, null, ${tx.json(said)})`;
    }
    return kept;
  });
}

export interface DraftOrigin extends PackOrigin {
  /** The newest version that whoever sends it knows of; null: nobody looked. */
  readonly seen: number | null;
}

/** A version that whoever sent a draft had not seen. */
export interface UnseenPack {
  readonly unseen: number;
  readonly by: string | null;
}

/** Stores a draft, and tells it; with a newer version than the one seen, nothing is stored. */
export async function addPackVersion(
  sql: Sql,
  pack: PackRow,
  origin: DraftOrigin,
): Promise<KeptPack | UnseenPack> {
  return sql.begin(async (tx) => {
    await lock(tx);
    const [newer] = await tx<UnseenPack[]>`
      select version as unseen, made_by as by from packs where name = ${pack.name} and version > ${origin.seen}::int
      order by version desc limit 1`;
    if (newer) return newer;
    const kept = await storePack(tx, pack, origin);
    if (!kept.existing) {
      const { source, madeBy: by, note } = origin;
      const said = { pack: pack.name, version: kept.version, source, by, note };
      await tx`select add_event(null, 'pack.drafted', null, null, null, ${tx.json(said)})`;
    }
    return kept;
  });
}

/** Which version is to become active. */
export interface Activation {
  readonly version: number;
  /** Only while this one is active; absent: whichever is. */
  readonly seen?: number | undefined;
  /** Only while it is the one whose place the active one took. */
  readonly isRollback: boolean;
}

/** The version that is active, where it is not as whoever asked has seen it. */
export interface ChangedPack {
  readonly active: number;
}

/** Answers the row that is active now; undefined when there is no such version. */
export async function activatePackVersion(
  sql: Sql,
  name: string,
  { version, seen, isRollback }: Activation,
  by: string,
): Promise<number | ChangedPack | undefined> {
  return sql.begin(async (tx) => {
    await lock(tx);
    // Whoever held the lock before may have changed all that the caller looked at.
    const [now] = await tx<{ active: number; before: number | null; beforeId: number | null }[]>`
      select k.version as active, k.replaced as "beforeId", (select o.version from packs o where o.id = k.replaced) as before
      from packs k where k.name = ${name} and k.active`;
    const isAsSeen = seen === undefined || now === undefined || now.active === seen;
    if (now && (!isAsSeen || (isRollback && now.before !== version))) return { active: now.active };
    const [row] = await tx<{ id: number }[]>`
      select id from packs where name = ${name} and version = ${version} order by id desc limit 1`;
    const id = isRollback ? now?.beforeId : row?.id;
    if (id == null) return undefined;
    await makeActive(tx, id, by, isRollback);
    return id;
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

/** Most pages of a document, as a pack's content says it; without a word, the most that a pack may say. */
export const slidesMaxOf = (db: Db, pack: string) =>
  db`coalesce((${db(pack)}.content->'limits'->>'slidesMax')::int, 10000)`;

/** What a pack takes. */
export interface PackLimits {
  readonly pack: string;
  /** Most pages of a document. */
  readonly slidesMax: number;
}

/**
 * Limits of what a submission may name: a pack with an active version, or one version of a pack. undefined: there
 * is no such pack.
 */
export async function readPackLimits(db: Db, pack: string): Promise<PackLimits | undefined> {
  const [row] = await db<PackLimits[]>`
    select k.name as pack, ${slidesMaxOf(db, "k")} as "slidesMax" from packs k where k.id = find_pack(${pack})`;
  return row;
}
