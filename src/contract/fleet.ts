import { z } from "zod";
import { engineRef, instant } from "./common.ts";

/** Design words: a replica's life, the same as a container's status. */
export const phases = [
  "requested",
  "provisioning",
  "pulling_image",
  "booting",
  "pulling_model",
  "loading",
  "canary",
  "ready",
  "draining",
  "stopped",
  "failed",
] as const;
export type Phase = (typeof phases)[number];

export const replicaView = z
  .object({
    /** `vision-1` */
    name: z.string(),
    pool: z.string(),
    provider: z.string(),
    phase: z.enum(phases),
    since: instant,
    requestedAt: instant.nullable(),
    reason: z.string().nullable(),
    url: z.string().nullable(),
    engine: engineRef.nullable(),
    leases: z.int(),
    slots: z.int(),
    lastHeartbeat: instant.nullable(),
  })
  .meta({ id: "Replica" });
export type ReplicaView = z.infer<typeof replicaView>;

export const poolView = z
  .object({
    pool: z.string(),
    min: z.int(),
    max: z.int(),
    running: z.int(),
    wanted: z.int(),
    ready: z.int(),
    leased: z.int(),
  })
  .meta({ id: "Pool" });

export const decisionView = z
  .object({
    id: z.int(),
    at: instant,
    pool: z.string(),
    action: z.enum(["start", "stop", "hold"]),
    replica: z.string().nullable(),
    rule: z.string(),
    sentence: z.string(),
  })
  .meta({ id: "Decision" });
export type DecisionView = z.infer<typeof decisionView>;

export const fleet = z
  .object({
    installation: z.string(),
    policy: z.string(),
    pools: z.array(poolView),
    replicas: z.array(replicaView),
    decisions: z.array(decisionView),
  })
  .meta({ id: "Fleet" });
export type Fleet = z.infer<typeof fleet>;
