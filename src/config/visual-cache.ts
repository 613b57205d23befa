import { z } from "zod";
import { parseDuration } from "../core/autoscaler/duration.ts";

const note = <T extends z.ZodType>(
  schema: T,
  description: string,
  more: { readonly env?: string; readonly secret?: true } = {},
): T => schema.meta({ description, ...more });

const bytes = z
  .int("must be whole bytes")
  .min(1_000_000, "must be at least 1000000")
  .max(2 ** 50);

/** Visual results kept between documents: where, how much, how long. */
export const visualCacheSchema = z.strictObject({
  enabled: note(
    z.boolean("must be true or false"),
    "Keep visual results, so that the same deck again costs no reading. A document's own finished slides are kept either way.",
  ),
  url: note(
    z
      .string("must be text")
      .regex(/^rediss?:\/\/./, "must start with redis:// or rediss://")
      .nullable(),
    "A Redis server that keeps them, `redis://` or `rediss://`; null: the database does.",
    { env: "VISUAL_CACHE_URL", secret: true },
  ),
  bytesMax: note(bytes, "Most bytes that are kept in all; what was used longest ago goes first."),
  workspaceBytesMax: note(bytes, "Most bytes that are kept of one workspace."),
  days: note(
    z.int("must be a whole number").min(1, "must be at least 1").max(3_650),
    "What has not been used for so many days is let go.",
  ),
  timeoutMs: note(
    z.preprocess(
      (given) => (typeof given === "string" ? (parseDuration(given) ?? given) : given),
      z
        .int("must be whole milliseconds or a duration such as 250ms")
        .min(10, "must be at least 10 ms")
        .max(10_000, "must be at most 10000 ms"),
    ),
    "A cache that does not answer within this time is passed by, and the slide is read.",
  ),
});

export const visualCacheDefaults = {
  enabled: true,
  url: null,
  bytesMax: 4 * 1024 ** 3,
  workspaceBytesMax: 1024 ** 3,
  days: 30,
  timeoutMs: 500,
} as const;
