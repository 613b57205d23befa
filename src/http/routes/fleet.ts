import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem } from "../../contract/common.ts";
import { fleet } from "../../contract/fleet.ts";
import { bearerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const health = z
  .object({
    status: z.enum(["ok", "unhealthy"]),
    installation: z.string(),
    version: z.string(),
    database: z.object({ ok: z.boolean(), detail: z.string().nullable() }),
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
  })
  .meta({ id: "ControlPlaneHealth" });

/** What runs and whether it is well. */
export function fleetRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/fleet", {
      schema: {
        summary: "Pools, replicas, decisions",
        response: { 200: fleet, "4xx": problem, "5xx": problem },
      },
      handler: async (request) => {
        await services.access.workspaceOf(bearerOf(request), "-");
        return services.fleet.get();
      },
    });
    app.get("/api/health", {
      schema: { summary: "Health of the control plane", response: { 200: health, 503: health } },
      handler: async (_request, reply) => {
        const answer = await services.health.get();
        return reply.status(answer.status === "ok" ? 200 : 503).send(answer);
      },
    });
    app.get("/metrics", {
      schema: {
        summary: "Figures of the queue, in the text format of Prometheus",
        produces: ["text/plain"],
        response: { 200: z.string(), "4xx": problem, "5xx": problem },
      },
      handler: async (request, reply) => {
        await services.access.workspaceOf(bearerOf(request), "-");
        const { contentType } = services.metrics;
        return reply.type(contentType).send(await services.metrics.text());
      },
    });
    app.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
  };
  return routes as FastifyPluginAsync;
}
