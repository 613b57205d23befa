import { z } from "zod";
import { instant } from "./common.ts";
import { documentSummary, pipelineStates } from "./documents.ts";

/**
 * What people ask a list for: `progress` is what is not over, `attention` failed, has gaps or is in
 * quarantine, `done` has results.
 */
export const listFilters = ["all", "progress", "attention", "done"] as const;

/**
 * `-` is descending. `attention`: what failed or got gaps within the last 24 hours, and what is in
 * quarantine, then everything else; both newest first.
 */
export const listSorts = [
  "-created",
  "created",
  "-finished",
  "finished",
  "name",
  "-name",
  "attention",
] as const;

const state = pipelineStates.join("|");

export const listQuery = z.object({
  /** One or several, with commas between them. */
  state: z
    .string()
    .regex(new RegExp(`^(${state})(,(${state}))*$`), {
      error: `one or more of ${pipelineStates.join(", ")}, with commas between them`,
    })
    .optional(),
  filter: z.enum(listFilters).default("all"),
  /** In the name or the company's name, whatever the case. */
  q: z.string().max(200).optional(),
  /** Only documents that were accepted then or later. */
  since: instant.optional(),
  sort: z.enum(listSorts).default("-created"),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const documentList = z
  .object({
    documents: z.array(documentSummary),
    nextCursor: z.string().nullable(),
    /** Of a search that found nothing: what is not searched yet. */
    notes: z.array(z.string()).optional(),
  })
  .meta({ id: "DocumentList" });
export type DocumentList = z.infer<typeof documentList>;
