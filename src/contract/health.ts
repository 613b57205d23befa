import { z } from "zod";
import { instant } from "./common.ts";

/** A pipeline that does not move, and why. */
const stalledPipeline = z.object({
  pipeline: z.string(),
  document: z.string(),
  task: z.string(),
  seconds: z.number(),
  why: z.string(),
});

/** A container and what it holds. `suspected`: it has missed a beat and is not given up yet. */
const containerHealth = z.object({
  replica: z.string(),
  phase: z.string(),
  state: z.enum(["ok", "suspected", "draining", "starting"]),
  silentSeconds: z.number(),
  pipelines: z.array(z.object({ pipeline: z.string(), task: z.string(), seconds: z.number() })),
});

/** `degraded`: work goes on, and something needs a look. */
export const controlPlaneHealth = z
  .object({
    status: z.enum(["ok", "degraded", "unhealthy"]),
    installation: z.string(),
    version: z.string(),
    database: z.object({ ok: z.boolean(), detail: z.string().nullable() }),
    /** Which control plane starts and stops replicas; null: none at the moment. */
    leader: z
      .object({ holder: z.string(), isHere: z.boolean(), term: z.int(), since: instant })
      .nullable(),
    providers: z.array(
      z.object({ name: z.string(), ok: z.boolean(), detail: z.string().nullable() }),
    ),
    /** Where visual results are kept, and whether it answered last; away, slides are read again. */
    visualCache: z.object({
      kind: z.enum(["postgres", "redis", "off"]),
      ok: z.boolean(),
      detail: z.string().nullable(),
    }),
    queue: z.array(
      z.object({
        pool: z.string(),
        ready: z.int(),
        leased: z.int(),
        delayed: z.int(),
        blocked: z.int(),
        pipelines: z.int(),
        oldestReadySeconds: z.number().nullable(),
      }),
    ),
    containers: z.array(containerHealth),
    stalled: z.array(stalledPipeline),
  })
  .meta({ id: "ControlPlaneHealth" });
