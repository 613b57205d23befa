import { z } from "zod";
import { instant } from "./common.ts";
import { charging } from "./document-cost.ts";

const idsMax = 200;

export const listedCostsQuery = z.object({
  /** Documents, with commas between them. */
  ids: z
    .string()
    .max(idsMax * 65)
    .transform((text) => [...new Set(text.split(",").filter((id) => id !== ""))])
    .pipe(z.array(z.string().max(64)).min(1).max(idsMax)),
});

/** What a list says of a document's cost: the figures of its own page. */
export const listedCost = z
  .object({
    document: z.string(),
    charging,
    /** Millionths of a US dollar; null: nothing that served it has a price. */
    microUsd: z.int().nullable(),
    /** Of it: in runs whose provider has not shown yet since when it charges. */
    estimatedMicroUsd: z.int(),
    containerSeconds: z.number(),
    /** false: it is not finished, or a container that served it still runs. */
    complete: z.boolean(),
    /** While it is open: the work alone, as its plan tells it; null: no estimate, or it has ended. */
    expected: z.object({ microUsd: z.int(), n: z.int() }).nullable(),
  })
  .meta({ id: "ListedCost" });
export type ListedCost = z.infer<typeof listedCost>;

/** Of those that the workspace has; no others are named. */
export const listedCosts = z
  .object({ asOf: instant, costs: z.array(listedCost) })
  .meta({ id: "ListedCosts" });
export type ListedCosts = z.infer<typeof listedCosts>;
