import { z } from "zod";
import { deckVersion, fileRun } from "./deck-version.ts";

const comparedDocument = z
  .object({
    id: z.string(),
    name: z.string(),
    company: z.string().nullable(),
    version: deckVersion.nullable(),
    fileRun: fileRun.nullable(),
    pages: z.int(),
    /** false: it is still being read, and what is told of it is what there is so far. */
    complete: z.boolean(),
  })
  .meta({ id: "ComparedDocument" });

export const fieldChange = z
  .object({
    path: z.string(),
    title: z.string(),
    type: z.string(),
    change: z.enum(["changed", "added", "gone"]),
    /** As it stands after review; null: not stated. */
    a: z.unknown(),
    b: z.unknown(),
    shownA: z.string().nullable(),
    shownB: z.string().nullable(),
  })
  .meta({ id: "FieldChange" });

export const slideChange = z
  .object({
    change: z.enum(["same", "changed", "added", "removed"]),
    /** It stands elsewhere among the slides that both have. */
    moved: z.boolean(),
    a: z.int().nullable(),
    b: z.int().nullable(),
    title: z.string().nullable(),
    /** Of their words, 0 to 1. */
    similarity: z.number().min(0).max(1),
    /** Lines of which the other has none. */
    onlyA: z.array(z.string()),
    onlyB: z.array(z.string()),
  })
  .meta({ id: "SlideChange" });
export type SlideChange = z.infer<typeof slideChange>;

export const findingChange = z
  .object({
    change: z.enum(["fixed", "new", "still"]),
    rule: z.string(),
    severity: z.string(),
    what: z.string(),
    /** null: not in this one, or of the whole deck. */
    slideA: z.int().nullable(),
    slideB: z.int().nullable(),
  })
  .meta({ id: "FindingChange" });
export type FindingChange = z.infer<typeof findingChange>;

const scores = z.object({ a: z.number().nullable(), b: z.number().nullable() });

/** Two documents against each other. */
export const comparison = z
  .object({
    a: comparedDocument,
    b: comparedDocument,
    /** Their bytes are the same: what differs was read otherwise. */
    sameFile: z.boolean(),
    fields: z.array(fieldChange),
    /** Every slide of both once, in the order of `b`; those that are gone at the end. */
    slides: z.array(slideChange),
    findings: z.array(findingChange),
    score: scores,
    /** Chapters of the template whose score is another. */
    chapters: z.array(scores.extend({ id: z.string(), title: z.string() })),
  })
  .meta({ id: "Comparison" });
export type Comparison = z.infer<typeof comparison>;

export const compareQuery = z.object({ format: z.enum(["json", "md"]).default("json") });
