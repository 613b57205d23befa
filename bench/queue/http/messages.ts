import { z } from "zod";

/** What the processes of the HTTP contestant say to the benchmark. */
export const heard = z.discriminatedUnion("state", [
  /** The control plane listens. */
  z.object({ state: z.literal("listening"), url: z.string(), token: z.string() }),
  /** All containers of a worker process are ready for work. */
  z.object({ state: z.literal("ready") }),
  z.object({ state: z.literal("submitted") }),
  /** So many results were accepted since it last said so. */
  z.object({
    state: z.literal("accepted"),
    count: z.number(),
    /** Pipeline, task and when it ran, on the clock of the machine; only when asked for. */
    ran: z.array(z.tuple([z.string(), z.string(), z.number()])),
  }),
  z.object({ state: z.literal("failed"), message: z.string() }),
]);
export type Heard = z.infer<typeof heard>;

/** First word to the control plane. */
export const controlPlaneTask = z.object({ databaseUrl: z.string() });
/** Every further word to it. */
export const submitOrder = z.object({ submit: z.number() });

/** First word to a worker process. */
export const workerTask = z.object({
  url: z.string(),
  token: z.string(),
  /** Containers of each pool, and their first replica. */
  containers: z.number(),
  firstReplica: z.number(),
  /** Tell when each task ran. */
  traces: z.boolean(),
});
export type WorkerTask = z.infer<typeof workerTask>;
