import type { Db } from "./connect.ts";

/** A task that waits for somebody to do it. */
export interface WaitingTask {
  readonly pipelineId: number;
  readonly idx: number;
  readonly classId: number;
  readonly packId: number;
  readonly workspace: string;
  readonly sha256: string;
  readonly pages: number;
}

/** The first `limit` of each class. Tasks to be done anew are left out. */
export async function readWaiting(db: Db, limit: number): Promise<WaitingTask[]> {
  return db<WaitingTask[]>`
    select pipeline_id as "pipelineId", idx, class_id as "classId", pack_id as "packId", workspace, sha256, pages
    from ready_tasks(array(select id from task_classes), ${limit})`;
}

/** Who read last, of the containers that could do tasks of a class. */
export interface LastReader {
  readonly engine: { readonly name: string; readonly model: string | null };
  readonly reader: string;
}

export async function readLastReader(db: Db, classId: number): Promise<LastReader | undefined> {
  const [row] = await db<LastReader[]>`
    select engine, reader from processing_servers where ${classId} = any (class_ids) and reader is not null order by created_at desc limit 1`;
  return row;
}

/** The active version of a pack, with the classes of its tasks by index; undefined: there is none. */
export async function readActiveClasses(
  db: Db,
  pack: string,
): Promise<{ packId: number; classIds: number[] } | undefined> {
  const [row] = await db<{ packId: number; classIds: number[] }[]>`
    select id as "packId", class_ids as "classIds" from packs where name = ${pack} and active`;
  return row;
}

export async function readPipelineId(db: Db, pipeline: string): Promise<number | undefined> {
  const [row] = await db<{ id: number }[]>`select id from pipelines where public_id = ${pipeline}`;
  return row?.id;
}

/** Hash of a document by its public id or its hash; undefined: the workspace has no such document. */
export async function findDocumentHash(
  db: Db,
  workspace: string,
  document: string,
): Promise<string | undefined> {
  const [row] = await db<{ sha256: string }[]>`
    select sha256 from documents where workspace = ${workspace} and (public_id = ${document} or sha256 = ${document}) and sha256 is not null limit 1`;
  return row?.sha256;
}
