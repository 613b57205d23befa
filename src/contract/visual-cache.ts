import { z } from "zod";

/** `GET /api/workspaces/:workspace/cache`: visual results kept for the same documents again. */
export const visualCacheStats = z
  .object({
    /** Where they are kept; `off`: nowhere. */
    kind: z.enum(["postgres", "redis", "off"]),
    /** Whether it answers. While it does not, slides are read as if nothing were kept. */
    ok: z.boolean(),
    detail: z.string().nullable(),
    /** Documents of this workspace, by recipe: pack, task, engine, model and code. */
    entries: z.int(),
    bytes: z.int(),
    /** Most that is kept of a workspace. */
    bytesMax: z.int(),
    /** What has not been used for so long is let go. */
    days: z.int(),
  })
  .meta({ id: "VisualCacheStats" });
export type VisualCacheStats = z.infer<typeof visualCacheStats>;

export const clearCacheQuery = z.object({
  /** Id or SHA-256 of one document; without it, all of the workspace goes. */
  document: z.string().min(1).max(128).optional(),
});

export const clearedCache = z.object({ removed: z.int() }).meta({ id: "ClearedCache" });
export type ClearedCache = z.infer<typeof clearedCache>;
