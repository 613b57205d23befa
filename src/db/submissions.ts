import { AppError } from "../errors/app-error.ts";
import { isErrorCode } from "../errors/codes.ts";
import type { Db } from "./connect.ts";
import { type PackLimits, slidesMaxOf } from "./packs.ts";

/** One document of a submission: its bytes are stored, or to be fetched from its address. */
export type SubmittedItem = {
  readonly name: string;
  readonly key: string | null;
} & (
  | { readonly sha256: string; readonly bytes: number; readonly pages: number }
  | { readonly sourceUri: string }
);

export interface Submission {
  readonly workspace: string;
  readonly pack: string;
  readonly priority: number;
  readonly items: readonly SubmittedItem[];
  /** Internal id of the batch they belong to. */
  readonly batch?: number;
}

export interface Submitted {
  readonly document: string;
  readonly pipeline: string;
  /** The idempotency key was known: nothing was made. */
  readonly existing: boolean;
}

/** With the place where its first tasks wait. */
export interface Queued extends Submitted {
  readonly rank: number;
  readonly classIds: readonly number[];
}

/**
 * Documents, pipelines, their first ready tasks and the events, in one transaction: all or nothing. Answers
 * in the order of the items. Throws PACK_NOT_FOUND, WORKSPACE_UNKNOWN and IDEMPOTENCY_CONFLICT.
 */
export async function addPipelines(db: Db, submission: Submission): Promise<Queued[]> {
  const { workspace, pack, priority, items, batch = null } = submission;
  return await coded(
    db<Queued[]>`
      select document_id as document, pipeline_id as pipeline, existing, rank, class_ids as "classIds"
      from add_pipelines(${workspace}, ${pack}, ${priority}, ${db.json(items as never)}, ${batch}) order by n`,
  );
}

/** One document whose bytes are stored. */
export interface DocumentSubmission {
  readonly workspace: string;
  readonly sha256: string;
  readonly name: string;
  readonly pack: string;
  readonly priority: number;
  readonly idempotencyKey: string | null;
  readonly bytes: number;
  readonly pages: number;
}

/** Throws as `addPipelines`. */
export async function addPipeline(db: Db, given: DocumentSubmission): Promise<Queued> {
  const { workspace, pack, priority, idempotencyKey: key, sha256, name, bytes, pages } = given;
  const items = [{ sha256, name, key, bytes, pages }];
  const [row] = await addPipelines(db, { workspace, pack, priority, items });
  if (!row) throw new Error("the submission gave no row");
  return row;
}

/** Our SQL raises codes of the registry with SQLSTATE class PL: they are thrown as AppError. */
export async function coded<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw codedError(error);
  }
}

function codedError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const { code, message } = error as Error & { code: unknown; detail?: string };
  if (typeof code !== "string" || !code.startsWith("PL") || !isErrorCode(message)) return error;
  return new AppError(message, (error as { detail?: string }).detail, { cause: error });
}

export async function recordRejection(
  db: Db,
  workspace: string,
  data: { name: string; code: string; detail: string | null },
): Promise<void> {
  await db`select add_event(${workspace}, 'document.rejected', null, null, null, ${db.json(data)})`;
}

export interface Fetching extends PackLimits {
  readonly pipeline: number;
  readonly workspace: string;
  readonly sourceUri: string;
  readonly name: string;
}

/** Pipelines that wait for their file, oldest first. */
export async function readFetching(db: Db, limit: number): Promise<Fetching[]> {
  return db<Fetching[]>`
    select p.id as pipeline, p.workspace, d.source_uri as "sourceUri", d.name, k.name as pack,
      ${slidesMaxOf(db, "k")} as "slidesMax"
    from pipelines p join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
    where p.state = 'fetching' order by p.id limit ${limit}`;
}
