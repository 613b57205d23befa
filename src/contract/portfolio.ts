import { z } from "zod";
import { byWhom, instant } from "./common.ts";
import { deckVersion, fileRun } from "./deck-version.ts";
import { pipelineStates } from "./documents.ts";

/** A field of any deck of the workspace. */
export const portfolioColumn = z
  .object({
    path: z.string(),
    title: z.string(),
    type: z.string(),
    /** Decks that say it, of those where it was looked for. */
    found: z.int(),
    documents: z.int(),
    /** Currencies of its amounts. */
    units: z.array(z.string()),
  })
  .meta({ id: "PortfolioColumn" });
export type PortfolioColumn = z.infer<typeof portfolioColumn>;

/** A field of one deck, as it stands after review. */
export const portfolioCell = z
  .object({
    /** null: the deck does not say it. */
    value: z.unknown(),
    /** In one line. */
    shown: z.string().nullable(),
    /** Other values that the deck states, unless a person has settled it. */
    conflicts: z.int(),
    confidence: z.number().nullable(),
    review: z.enum(["verified", "flagged", "corrected"]).nullable(),
  })
  .meta({ id: "PortfolioCell" });
export type PortfolioCell = z.infer<typeof portfolioCell>;

/** Pieces of a text in their order; those with words that were searched for are marked. */
export const snippet = z
  .array(z.object({ text: z.string(), marked: z.boolean() }))
  .meta({ id: "Snippet" });
export type Snippet = z.infer<typeof snippet>;

export const slideHit = z
  .object({
    slide: z.int().min(1),
    title: z.string().nullable(),
    snippet,
    /** A line of the slide with the words, for marking them on its picture. */
    quote: z.string(),
  })
  .meta({ id: "SlideHit" });
export type SlideHit = z.infer<typeof slideHit>;

export const portfolioRow = z
  .object({
    document: z.string(),
    name: z.string(),
    company: z.string().nullable(),
    version: deckVersion.nullable(),
    fileRun: fileRun.nullable(),
    state: z.enum(pipelineStates),
    pages: z.int(),
    createdAt: instant,
    /** By path, of the fields that were asked for. Absent: its pack has no such field, or it is not read yet. */
    cells: z.record(z.string(), portfolioCell),
    /** Of a search: the slide that fits best. */
    hit: slideHit.nullable(),
  })
  .meta({ id: "PortfolioRow" });
export type PortfolioRow = z.infer<typeof portfolioRow>;

export const portfolio = z
  .object({
    /** Every field there is, in the order of the results. */
    columns: z.array(portfolioColumn),
    /** Paths of those that are shown. */
    fields: z.array(z.string()),
    rows: z.array(portfolioRow),
    /** Decks that pass the filters. */
    total: z.int(),
    /** What a reader of this table has to know: how it is sorted, what is missing. */
    notes: z.array(z.string()),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "Portfolio" });
export type Portfolio = z.infer<typeof portfolio>;

/** Written once or many times. */
const many = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => (Array.isArray(given) ? given : [given]));

export const portfolioQuery = z.object({
  /** Paths with commas between; absent: the first few. */
  fields: z.string().max(4000).optional(),
  /** `path:op` or `path:op:value`; all of them hold. */
  filter: many.pipe(z.array(z.string().max(500)).max(20)),
  /** A path; with `-` before it, the largest first. */
  sort: z.string().max(210).default("-deck.submitted"),
  /** Words on one slide of the deck. */
  q: z.string().trim().max(300).optional(),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const portfolioExportQuery = portfolioQuery
  .omit({ cursor: true, limit: true })
  .extend({ format: z.enum(["csv", "json"]).default("csv") });

export const searchHit = slideHit
  .extend({
    document: z.string(),
    name: z.string(),
    company: z.string().nullable(),
    version: deckVersion.nullable(),
    fileRun: fileRun.nullable(),
  })
  .meta({ id: "SearchHit" });
export type SearchHit = z.infer<typeof searchHit>;

export const searchAnswer = z
  .object({
    /** The best first. */
    hits: z.array(searchHit),
    total: z.int(),
    /** false: there are more than `total`, and only so many were ranked. */
    complete: z.boolean(),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "SearchAnswer" });
export type SearchAnswer = z.infer<typeof searchAnswer>;

export const searchQuery = z.object({
  q: z.string().trim().min(1).max(300),
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const versionBody = z
  .object({
    /** A document of the deck it belongs to; null: it is a deck of its own. */
    of: z.string().min(1).max(64).nullable(),
    by: byWhom.default("operator"),
  })
  .meta({ id: "VersionRequest" });
export type VersionRequest = z.infer<typeof versionBody>;

export const versionList = z
  .object({
    document: z.string(),
    /** By number, and runs of the same file by upload. */
    versions: z.array(
      z.object({
        document: z.string(),
        name: z.string(),
        createdAt: instant,
        state: z.enum(pipelineStates),
        /** Of the version, from 1: of files by their first uploads. */
        number: z.int().min(1),
        /** null: the only document of these bytes. */
        fileRun: fileRun.nullable(),
      }),
    ),
  })
  .meta({ id: "VersionList" });
export type VersionList = z.infer<typeof versionList>;
