import { readDemand } from "../db/fleet.ts";
import { ping } from "../db/installation.ts";
import { failureOf } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";

/** Whether this control plane can do its work, in Verda's words, and what waits. */
export function createHealth(
  context: ServiceContext,
  identity: { installation: string; version: string },
) {
  return {
    async get() {
      try {
        await ping(context.sql);
        const demand = await readDemand(context.sql);
        return {
          status: "ok" as const,
          ...identity,
          database: { ok: true, detail: null },
          queue: demand.map(({ oldestReady, ...row }) => ({
            ...row,
            oldestReadySeconds: oldestReady
              ? (context.clock.nowMs() - oldestReady.getTime()) / 1000
              : null,
          })),
        };
      } catch (error) {
        const { detail } = failureOf(error);
        return {
          status: "unhealthy" as const,
          ...identity,
          database: { ok: false, detail },
          queue: [],
        };
      }
    },
  };
}
export type HealthService = ReturnType<typeof createHealth>;
