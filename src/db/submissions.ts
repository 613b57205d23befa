import { AppError } from "../errors/app-error.ts";
import { isErrorCode } from "../errors/codes.ts";
import type { Db } from "./connect.ts";

export interface Submission {
  readonly workspace: string;
  readonly sha256: string;
  readonly name: string;
  readonly pack: string;
  readonly priority: number;
  readonly idempotencyKey: string | null;
  readonly bytes: number;
  readonly pages: number;
}

export interface Submitted {
  readonly document: string;
  readonly pipeline: string;
  /** The idempotency key was known: nothing was made. */
  readonly existing: boolean;
}

/**
 * Document, pipeline, its first ready tasks and the event, in one transaction. Throws PACK_NOT_FOUND
 * and IDEMPOTENCY_CONFLICT.
 */
export async function addPipeline(db: Db, submission: Submission): Promise<Submitted> {
  try {
    const [row] = await db<Submitted[]>`
      select document_id as document, pipeline_id as pipeline, existing from add_document_processing_pipeline(
        p_workspace => ${submission.workspace}, p_sha256 => ${submission.sha256}, p_name => ${submission.name},
        p_pack => ${submission.pack}, p_priority => ${submission.priority},
        p_idempotency_key => ${submission.idempotencyKey}, p_bytes => ${submission.bytes}, p_pages => ${submission.pages},
        p_notify => false)`;
    if (!row) throw new Error("the submission gave no row");
    return row;
  } catch (error) {
    throw codedError(error);
  }
}

/** Our SQL raises codes of the registry with SQLSTATE class PL. */
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

/** Pipelines that wait for their file, oldest first. */
export async function readFetching(
  db: Db,
  limit: number,
): Promise<{ pipeline: number; workspace: string; sourceUri: string }[]> {
  return db<{ pipeline: number; workspace: string; sourceUri: string }[]>`
    select p.id as pipeline, p.workspace, d.source_uri as "sourceUri"
    from pipelines p join documents d on d.id = p.document_id
    where p.state = 'fetching' order by p.id limit ${limit}`;
}
