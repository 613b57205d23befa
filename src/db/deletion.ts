import type { Db } from "./connect.ts";

/** Bytes of a workspace. */
export interface FileRef {
  readonly workspace: string;
  /** Hex. */
  readonly sha256: string;
}

/** What stays of a document that is gone. */
export interface DeletedDocument {
  readonly document: string;
  readonly deletedAt: Date;
  readonly deletedBy: string;
}

/**
 * By the id of a document or of its pipeline, whole or not at all; work under way is cancelled. One that is deleted
 * already stays as it is. undefined: the workspace has no such document. Files are left to whoever reads
 * `readForgottenFiles`.
 */
export async function deleteDocument(
  db: Db,
  workspace: string,
  id: string,
  by: string,
): Promise<DeletedDocument | undefined> {
  const [row] = await db<DeletedDocument[]>`
    select document, deleted_at as "deletedAt", deleted_by as "deletedBy" from delete_document(${workspace}, ${id}, ${by})`;
  return row;
}

/** To the end of this transaction nobody else stores or removes these bytes. Before any row is locked. */
export async function holdFile(tx: Db, { workspace, sha256 }: FileRef): Promise<void> {
  await tx`select hold_file(${workspace}, ${sha256})`;
}

/** A document has them, or a batch may name them. */
export async function isFileWanted(db: Db, { workspace, sha256 }: FileRef): Promise<boolean> {
  const [row] = await db<{ wanted: boolean }[]>`
    select is_file_wanted(${workspace}, ${sha256}) as wanted`;
  return row?.wanted ?? true;
}

export interface ForgottenFile extends FileRef {
  readonly ageMs: number;
  /** When it was put on the list, as the database writes it: forgotten anew, it is another entry. */
  readonly since: string;
}

/** Whose time has come, the longest due first. */
export async function readForgottenFiles(db: Db, limit: number): Promise<ForgottenFile[]> {
  return db<ForgottenFile[]>`
    select workspace, sha256, extract(epoch from pl_now() - forgotten_at)::float8 * 1000 as "ageMs", forgotten_at::text as since
    from forgotten_files where due_at <= pl_now() order by due_at, workspace, sha256 limit ${limit}`;
}

/** Looked at again after `afterMs`. */
export async function delayForgottenFile(
  db: Db,
  { workspace, sha256, since }: ForgottenFile,
  afterMs: number,
): Promise<void> {
  await db`
    update forgotten_files set due_at = pl_now() + ${afterMs}::float8 * interval '1 millisecond'
    where workspace = ${workspace} and sha256 = ${sha256} and forgotten_at::text = ${since}`;
}

/** It is gone for good, or wanted again. */
export async function endForgottenFile(
  db: Db,
  { workspace, sha256, since }: ForgottenFile,
): Promise<void> {
  await db`
    delete from forgotten_files where workspace = ${workspace} and sha256 = ${sha256} and forgotten_at::text = ${since}`;
}

/** What was read in bytes that nobody has any more. */
export async function forgetReadings(db: Db, { workspace, sha256 }: FileRef): Promise<void> {
  await db`select forget_readings(${workspace}, ${sha256})`;
}

/**
 * Those of these that nobody wants are to be removed in a day, if nobody wants them then: a database that was put back
 * to an older state may be put forward again. Answers how many are new on the list.
 */
export async function forgetUnwantedFiles(db: Db, files: readonly FileRef[]): Promise<number> {
  const added = await db`
    insert into forgotten_files (workspace, sha256, due_at)
    select w.workspace, w.sha256, pl_now() + interval '1 day'
    from unnest(${files.map((one) => one.workspace)}::text[], ${files.map((one) => one.sha256)}::text[]) as w(workspace, sha256)
    where not is_file_wanted(w.workspace, w.sha256) on conflict do nothing returning 1`;
  return added.length;
}
