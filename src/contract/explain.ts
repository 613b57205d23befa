import { z } from "zod";
import { instant } from "./common.ts";

export const explainKinds = [
  "document",
  "pipeline",
  "task",
  "container",
  "decision",
  "failure",
] as const;

export const explainParams = z.object({
  kind: z.enum(explainKinds),
  /** Of a task: the document's or pipeline's id, a colon, its name. Of a container: as `vision-1`. */
  id: z.string().min(1).max(200),
});

/** Why something is as it is: one sentence, what it comes from, what would change it, and where to go on. */
export const explanation = z
  .object({
    kind: z.enum(explainKinds),
    id: z.string(),
    /** As people call it. */
    name: z.string(),
    asOf: instant,
    /** Of a wait, a rule or a failure; null: there is none. */
    code: z.string().nullable(),
    /** The same sentence as on the page of the thing. */
    sentence: z.string(),
    inputs: z.array(z.object({ name: z.string(), value: z.string(), unit: z.string().nullable() })),
    /** What would change it; empty: nothing has to. */
    changes: z.array(z.string()),
    /** A command line; null: nothing is to be done. */
    next: z.string().nullable(),
    /** Addresses on the page. */
    links: z.array(z.object({ label: z.string(), path: z.string() })),
  })
  .meta({ id: "Explanation" });
export type Explanation = z.infer<typeof explanation>;
