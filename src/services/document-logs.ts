import { lineFor } from "../core/failures/log-line.ts";
import { readDocumentLog } from "../db/document-log.ts";
import type { DocumentRow } from "../db/documents.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";

export interface DocumentLogsRequest {
  readonly tail: number;
  readonly after?: number | undefined;
  readonly stage?: string | undefined;
}

/** Lines are looked at in greater number than are told: a container works on several documents at once. */
const readMax = 3_000;

/** What containers said of a document. Throws TASK_NOT_FOUND for a stage its pack does not have. */
export async function documentLogs(
  { sql }: ServiceContext,
  row: DocumentRow,
  { tail, after, stage }: DocumentLogsRequest,
) {
  const idx = stage === undefined ? null : row.tasks.findIndex(({ task }) => task === stage);
  if (idx === -1) throw new AppError("TASK_NOT_FOUND", stage);
  const query = { pipeline: row.pipelineId, idx, after: after ?? null, limit: readMax };
  const { lines, leases } = await readDocumentLog(sql, query);
  const own = lines.flatMap(({ id, at, container, line }) => {
    const shown = lineFor(line, { pipeline: row.pipeline, leases });
    return shown === null ? [] : [{ id, at: at.toISOString(), container, line: shown }];
  });
  return {
    lines: after === undefined ? own.slice(-tail) : own,
    nextAfter: lines.at(-1)?.id ?? after ?? 0,
  };
}
