import type { Db } from "./connect.ts";

export interface PackVersionRow {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly contentHash: string;
  readonly title: string;
  readonly state: "draft" | "active" | "retired";
  readonly source: "folder" | "edit" | "import";
  readonly madeBy: string | null;
  readonly note: string | null;
  /** Number of the version it was made from. */
  readonly parent: number | null;
  /** Number of the version it took the place of. */
  readonly replaced: number | null;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly activatedBy: string | null;
  readonly tasks: readonly string[];
  /** Pipelines that are at work with it now. */
  readonly running: number;
  /** Pipelines of it that are stored, whatever became of them. */
  readonly documents: number;
}

const columns = (db: Db) => db`
  select k.id, k.name, k.version, k.content_hash as "contentHash", coalesce(k.content ->> 'title', k.name) as title, k.state, k.source,
    k.made_by as "madeBy", k.note, (select o.version from packs o where o.id = k.parent) as parent,
    (select o.version from packs o where o.id = k.replaced) as replaced, k.created_at as "createdAt", k.activated_at as "activatedAt",
    k.activated_by as "activatedBy", k.task_names as tasks,
    (select count(*)::int from pipelines p where p.pack_id = k.id and p.finished_at is null) as running,
    coalesce(n.documents, 0) as documents
  from packs k left join (select pack_id, count(*)::int as documents from pipelines group by pack_id) n on n.pack_id = k.id`;

/** All packs or one, each with its versions from new to old. */
export async function listPackVersions(db: Db, name: string | null): Promise<PackVersionRow[]> {
  return db<PackVersionRow[]>`
    ${columns(db)} ${name === null ? db`` : db`where k.name = ${name}`} order by k.name, k.version desc, k.id desc`;
}

export interface PackContentRow extends PackVersionRow {
  readonly content: unknown;
  /** null: an earlier release stored it without. */
  readonly files: Readonly<Record<string, string>> | null;
}

/** One version with all of its content; undefined when there is none. */
export async function findPackVersion(
  db: Db,
  name: string,
  version: number,
): Promise<PackContentRow | undefined> {
  const [row] = await db<PackVersionRow[]>`
    ${columns(db)} where k.name = ${name} and k.version = ${version} order by k.id desc limit 1`;
  if (!row) return undefined;
  const [more] = await db<Pick<PackContentRow, "content" | "files">[]>`
    select content, files from packs where id = ${row.id}`;
  return more && { ...row, ...more };
}
