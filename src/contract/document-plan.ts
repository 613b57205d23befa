import { z } from "zod";
import { instant } from "./common.ts";
import { pipelineStates } from "./documents.ts";

/** What a document of so many pages, or of known bytes, would take. One of the two must be given. */
export const planQuery = z
  .object({
    pages: z.coerce.number().int().min(1).max(100_000).optional(),
    /** Of the file's bytes. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    pack: z.string().max(64).default("pitch-deck"),
  })
  .refine(({ pages, sha256 }) => pages !== undefined || sha256 !== undefined, {
    error: "pages or sha256 must be given",
  });

const estimate = z.object({ p50Seconds: z.number(), p90Seconds: z.number(), n: z.int() });

export const plannedPool = z
  .object({
    pool: z.string(),
    /** `cold`: none runs; `warm`: one is ready. */
    state: z.enum(["warm", "starting", "cold", "paused"]),
    /** From request to ready, of its last starts; null: fewer than three. */
    start: estimate.nullable(),
    /** `text will be pre-warmed` */
    sentence: z.string(),
  })
  .meta({ id: "PlannedPool" });

/** An earlier document of the same bytes in the same workspace. */
export const sameFile = z
  .object({
    document: z.string(),
    name: z.string(),
    state: z.enum(pipelineStates),
    createdAt: instant,
    finishedAt: instant.nullable(),
    /** Which document of these bytes it is, by upload; one more would be the next run of the same file. */
    run: z.int().min(1),
  })
  .meta({ id: "SameFile" });
export type SameFile = z.infer<typeof sameFile>;

export const documentPlan = z
  .object({
    /** null: only bytes were named, and nobody has seen them. */
    pages: z.int().nullable(),
    /** Seconds from acceptance to the end, starts of containers included; null: no estimate yet. */
    time: estimate.nullable(),
    /** Seconds of work alone; null: no estimate yet. */
    work: estimate.nullable(),
    /** Of the time that containers are busy with it, at the prices paid last; null: no estimate yet. */
    cost: z.object({ microUsd: z.int(), n: z.int() }).nullable(),
    pools: z.array(plannedPool),
    /** Documents that are open before it. */
    ahead: z.int(),
    /** `22 slides - about 3 min 20 s - about $0.04 - vision is warm, text will be pre-warmed` */
    sentence: z.string(),
    same: sameFile.nullable(),
  })
  .meta({ id: "DocumentPlan" });
export type DocumentPlan = z.infer<typeof documentPlan>;
