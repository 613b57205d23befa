import { z } from "zod";
import { instant } from "./common.ts";

/** Millionths of a US dollar, a whole number. */
const microUsd = z.int();

export const costPart = z
  .object({
    /** `rounding`: paid, though it no longer ran. */
    kind: z.enum(["busy", "failed", "coldStart", "idle", "rounding"]),
    /** null: nobody charges, or nobody says what. */
    microUsd: microUsd.nullable(),
    /** Time of containers. */
    seconds: z.number(),
  })
  .meta({ id: "CostPart" });

/** What is charged for the containers that served it. `part`: only some have a price; `none`: none served it. */
export const charging = z.enum(["charged", "free", "unpriced", "part", "none"]);

/** `GET .../documents/:id/cost`. */
export const documentCost = z
  .object({
    document: z.string(),
    asOf: instant,
    /** false: it is not finished, or a container that served it still runs and its idle time is not known. */
    complete: z.boolean(),
    charging,
    /** null: nothing that served it has a price. */
    microUsd: microUsd.nullable(),
    /** Of it: in runs whose provider has not shown yet since when it charges, counted from when their container came. */
    estimatedMicroUsd: microUsd,
    containerSeconds: z.number(),
    parts: z.array(costPart),
    /** How shares are made, in words. */
    rule: z.string(),
    /** Where the prices come from. */
    source: z.string(),
    containers: z.array(
      z.object({
        run: z.int(),
        name: z.string(),
        provider: z.string(),
        usdPerHour: z.union([z.number(), z.literal("unpriced")]).nullable(),
        isOpen: z.boolean(),
        /** Its provider has not shown yet since when it charges. */
        isEstimated: z.boolean(),
        microUsd: microUsd.nullable(),
        seconds: z.number(),
      }),
    ),
    attempts: z.array(
      z.object({
        task: z.string(),
        generation: z.int(),
        attempt: z.int(),
        container: z.string(),
        outcome: z.string(),
        microUsd: microUsd.nullable(),
        seconds: z.number(),
      }),
    ),
    /** Finished documents of about as many slides, in this workspace. */
    typical: z.object({
      n: z.int(),
      pagesMin: z.int(),
      pagesMax: z.int(),
      /** null: none of them had a price. */
      medianMicroUsd: microUsd.nullable(),
      medianSeconds: z.number().nullable(),
    }),
  })
  .meta({ id: "DocumentCost" });
export type DocumentCost = z.infer<typeof documentCost>;
