import { z } from "zod";
import { failure } from "./common.ts";
import { pipelineStates } from "./documents.ts";
import { packRef } from "./packs.ts";
import { results } from "./results.ts";

/** What `pilotlight run --json` prints: one object and nothing else. */
export const runReport = z
  .object({
    v: z.literal(1),
    type: z.literal("run"),
    documents: z.array(
      z.object({
        name: z.string(),
        sha256: z.string().nullable(),
        pages: z.int().nullable(),
        /** `rejected`: the file was refused and never became a document. `not_sent`: its turn did not come. */
        state: z.enum([...pipelineStates, "rejected", "not_sent"]),
        engine: z.string().nullable(),
        /** null: it was refused or not sent. */
        pack: packRef.nullable(),
        seconds: z.number(),
        error: failure.nullable(),
        results,
      }),
    ),
  })
  .meta({ id: "RunReport" });
export type RunReport = z.infer<typeof runReport>;
