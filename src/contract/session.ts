import { z } from "zod";
import { instant } from "./common.ts";

export const sessionBody = z
  .object({ apiKey: z.string().trim().min(1).max(200) })
  .meta({ id: "SessionBody" });

/** Who asks, as the server sees it. */
export const sessionView = z
  .object({
    /** false: this installation asks nobody for a key. */
    keyNeeded: z.boolean(),
    /** The workspace the caller works in; null: not signed in. */
    workspace: z.string().nullable(),
    /** When the session of a browser ends by itself; null: a key was sent, or none is needed. */
    expiresAt: instant.nullable(),
  })
  .meta({ id: "Session" });
export type SessionView = z.infer<typeof sessionView>;
