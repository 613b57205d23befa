import { z } from "zod";
import { errorCodes } from "../errors/codes.ts";

/** Milliseconds never cross the wire: durations are seconds, times RFC 3339 UTC. */
export const instant = z.iso.datetime({ offset: true });

/** Who did it, as the caller says. */
export const byWhom = z.string().trim().min(1).max(200);

export const errorCode = z.enum(Object.keys(errorCodes) as [keyof typeof errorCodes]);

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: errorCode,
    detail: z.string().optional(),
    next: z.string(),
    retryable: z.boolean(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

/** A stored failure: why a document, task or slide did not work. */
export const failure = z
  .object({ code: errorCode, title: z.string(), detail: z.string().nullable(), next: z.string() })
  .meta({ id: "Failure" });
export type FailureView = z.infer<typeof failure>;

/** `default`, or `-` for "the workspace of my key". */
export const workspaceParam = z.string().regex(/^(-|[a-z0-9][a-z0-9-]{0,62})$/);

export const engineRef = z
  .object({ name: z.enum(["extractive", "ollama", "openai"]), model: z.string().nullable() })
  .meta({ id: "EngineRef" });
export type EngineRef = z.infer<typeof engineRef>;

/** What a task asked of a model server: nothing of it is known for rules that are built in. */
export const modelUsage = z
  .object({
    calls: z.int().min(0),
    /** null: the server did not tell of every call. */
    promptTokens: z.int().min(0).nullable(),
    outputTokens: z.int().min(0).nullable(),
    /** As the server measured them, summed; calls at once count each. */
    seconds: z.number().min(0),
  })
  .meta({ id: "ModelUsage" });
export type ModelUsage = z.infer<typeof modelUsage>;
