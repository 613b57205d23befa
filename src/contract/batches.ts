import { z } from "zod";
import { failure, instant } from "./common.ts";
import { pipelineStates, status } from "./documents.ts";

/** Text that any program can store: no control characters, no half of a pair. */
const plainText = /^[^\p{Cc}\p{Cs}]+$/u;

/** One document by reference: a file that is stored already, or one to be fetched. */
export const batchItem = z
  .object({
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    /** `file://` within the folders of the setting `sourceRoots`. */
    sourceUri: z.string().max(4096).regex(plainText).optional(),
    /** Made storable and cut to 255 characters; absent: that of the file. */
    name: z.string().min(1).max(4096).optional(),
    /** The document's own idempotency key. */
    key: z.string().max(200).regex(plainText).optional(),
  })
  .refine((item) => (item.sha256 === undefined) !== (item.sourceUri === undefined), {
    message: "needs either sha256 or sourceUri",
  })
  .meta({ id: "BatchItem" });

export const createBatchBody = z
  .object({
    name: z.string().min(1).max(4096).optional(),
    pack: z.string().max(64).regex(plainText).default("pitch-deck"),
    priority: z.int().min(0).max(9).default(5),
    /** At most 1,000; absent: uploads will join. */
    documents: z.array(batchItem).min(1).optional(),
  })
  .meta({ id: "BatchRequest" });
export type CreateBatchBody = z.input<typeof createBatchBody>;

export const batchSummary = z
  .object({
    id: z.string(),
    workspace: z.string(),
    name: z.string(),
    createdAt: instant,
    cancelledAt: instant.nullable(),
    /** When the last document ended; null while one is open. */
    finishedAt: instant.nullable(),
    documents: z.int(),
    /** 0..100, whole, by the weights of tasks; 100 only when all have ended, well or not. */
    percent: z.int().min(0).max(100),
    status,
    /** Documents by the state of their pipeline. */
    counts: z.record(z.enum(pipelineStates), z.int()),
  })
  .meta({ id: "Batch" });
export type BatchSummary = z.infer<typeof batchSummary>;

export const batchDetail = batchSummary
  .extend({
    /** The first documents that failed, whole or in part. */
    failures: z.array(z.object({ document: z.string(), name: z.string(), failure })),
  })
  .meta({ id: "BatchDetail" });
export type BatchDetail = z.infer<typeof batchDetail>;

export const batchList = z
  .object({ batches: z.array(batchSummary), nextCursor: z.string().nullable() })
  .meta({ id: "BatchList" });
export type BatchList = z.infer<typeof batchList>;

export const batchAccepted = z
  .object({
    batch: batchDetail,
    /** The key was known: this is what was made then. */
    existing: z.boolean(),
    /** One a document of the request, in its order. */
    documents: z.array(
      z.object({
        document: z.string(),
        pipeline: z.string(),
        /** Its key was known: it belongs to the submission that made it. */
        existing: z.boolean(),
      }),
    ),
  })
  .meta({ id: "BatchAccepted" });
export type BatchAccepted = z.infer<typeof batchAccepted>;

/** What a cancel or a retry of a batch did. */
export const batchChange = z
  .object({
    batch: batchDetail,
    /** Documents that were cancelled, or opened again. */
    changed: z.int(),
  })
  .meta({ id: "BatchChange" });
export type BatchChange = z.infer<typeof batchChange>;

export const batchListQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const batchDocumentsQuery = z.object({
  state: z.enum(pipelineStates).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
