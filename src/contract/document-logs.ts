import { z } from "zod";
import { instant } from "./common.ts";

export const documentLogsQuery = z.object({
  tail: z.coerce.number().int().min(1).max(1000).default(200),
  /** Only lines after this id: for following. */
  after: z.coerce.number().int().min(0).optional(),
  /** Only while this task was worked on. */
  stage: z.string().max(64).optional(),
});

/** What containers said while they worked on a document; lines about other documents are left out. */
export const documentLogs = z
  .object({
    lines: z.array(z.object({ id: z.int(), at: instant, container: z.string(), line: z.string() })),
    /** Lines up to here were looked at: the `after` of the next question. */
    nextAfter: z.int(),
  })
  .meta({ id: "DocumentLogs" });
export type DocumentLogs = z.infer<typeof documentLogs>;
