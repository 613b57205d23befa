import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem } from "../../contract/common.ts";
import {
  accuracyAnswer,
  accuracyQuery,
  decisionsAnswer,
  decisionsQuery,
  fleet,
  joinAnswer,
  logsAnswer,
  logsQuery,
  orderAnswer,
  orderBody,
  runsAnswer,
  runsQuery,
  startBody,
} from "../../contract/fleet.ts";
import { controlPlaneHealth } from "../../contract/health.ts";
import { AppError } from "../../errors/app-error.ts";
import { callerOf, guardLoopback } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const refusals = { "4xx": problem, "5xx": problem } as const;

/** What runs and whether it is well. */
export function fleetRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/fleet", {
      schema: { summary: "Pools, replicas, decisions", response: { 200: fleet, ...refusals } },
      handler: async (request) => {
        await services.access.workspaceOf(callerOf(request), "-");
        return services.fleet.get();
      },
    });
    app.get("/api/fleet/decisions", {
      schema: {
        summary: "What was decided about the fleet and why, newest first",
        querystring: decisionsQuery,
        response: { 200: decisionsAnswer, ...refusals },
      },
      handler: async (request) => {
        await services.access.workspaceOf(callerOf(request), "-");
        return services.fleet.decisions(request.query);
      },
    });
    app.get("/api/fleet/accuracy", {
      schema: {
        summary: "How well starts were foreseen: predictive scaling accuracy and its like",
        querystring: accuracyQuery,
        response: { 200: accuracyAnswer, ...refusals },
      },
      handler: async (request) => {
        await services.access.workspaceOf(callerOf(request), "-");
        return services.fleet.accuracy(request.query.sinceSeconds * 1000);
      },
    });
    app.get("/api/fleet/runs", {
      schema: {
        summary: "Runs of replicas, open and over, with their phases and cost, newest first",
        querystring: runsQuery,
        response: { 200: runsAnswer, ...refusals },
      },
      handler: async (request) => {
        await services.access.workspaceOf(callerOf(request), "-");
        return services.fleet.runs(request.query);
      },
    });
    app.get("/api/fleet/replicas/:name/logs", {
      schema: {
        summary: "Last log lines of a replica's container, without those about others' work",
        params: z.object({ name: z.string() }),
        querystring: logsQuery,
        response: { 200: logsAnswer, ...refusals },
      },
      handler: async (request) => {
        const workspace = await services.access.workspaceOf(callerOf(request), "-");
        return services.fleet.logs(workspace, request.params.name, request.query);
      },
    });
    app.get("/api/health", {
      schema: {
        summary:
          "Health of the control plane: its database, who leads, providers, stalled pipelines",
        response: { 200: controlPlaneHealth, 503: controlPlaneHealth },
      },
      handler: async (request, reply) => {
        const isKnown = await services.access.workspaceOf(callerOf(request), "-").then(
          () => true,
          () => false,
        );
        const health = await services.health.get();
        // Probes carry no key; what they get names no work.
        const answer = isKnown ? health : { ...health, leader: null, containers: [], stalled: [] };
        return reply.status(answer.status === "unhealthy" ? 503 : 200).send(answer);
      },
    });
    app.get("/metrics", {
      schema: {
        summary: "Figures of the queue, in the text format of Prometheus",
        produces: ["text/plain"],
        response: { 200: z.string(), ...refusals },
      },
      handler: async (request, reply) => {
        await services.access.workspaceOf(callerOf(request), "-");
        const { contentType } = services.metrics;
        return reply.type(contentType).send(await services.metrics.text());
      },
    });
    app.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
  };
  return routes as FastifyPluginAsync;
}

const isLoopbackAddress = (ip: string): boolean =>
  ip === "::1" || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(ip);

/** What operators may ask of the fleet. */
export function fleetOrderRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.addHook("onRequest", async (request) => {
      await services.access.workspaceOf(callerOf(request), "-");
    });
    const response = { 200: orderAnswer, ...refusals };
    const pool = z.object({ pool: z.string() });
    const name = z.object({ name: z.string() });
    app.post("/api/fleet/pools/:pool/start", {
      schema: { summary: "Keep one replica more", params: pool, body: startBody, response },
      handler: ({ params, body: { forSeconds, reason } }) =>
        services.fleetOrders.start(
          params.pool,
          forSeconds === null ? null : forSeconds * 1000,
          reason,
        ),
    });
    app.get("/api/fleet/pools/:pool/join", {
      schema: {
        summary: "What a container on one's own machine is started with; only asked for at home",
        params: pool,
        response: { 200: joinAnswer, ...refusals },
      },
      handler: async (request) => {
        // It holds the token that opens the queue: not for whoever only has a key to documents.
        await guardLoopback(request);
        if (!isLoopbackAddress(request.ip) || request.headers["x-forwarded-for"] !== undefined) {
          throw new AppError("FORBIDDEN", "Ask on the machine of the control plane.");
        }
        return services.fleetOrders.join(request.params.pool);
      },
    });
    app.post("/api/fleet/pools/:pool/pause", {
      schema: { summary: "Start nothing new in a pool", params: pool, body: orderBody, response },
      handler: ({ params, body }) => services.fleetOrders.pause(params.pool, body.reason),
    });
    app.post("/api/fleet/pools/:pool/resume", {
      schema: {
        summary: "Let a pool follow its policy again",
        params: pool,
        body: orderBody,
        response,
      },
      handler: ({ params, body }) => services.fleetOrders.resume(params.pool, body.reason),
    });
    app.post("/api/fleet/replicas/:name/drain", {
      schema: {
        summary: "Finish what it holds, then stop",
        params: name,
        body: orderBody,
        response,
      },
      handler: ({ params, body }) => services.fleetOrders.drain(params.name, body.reason),
    });
    app.post("/api/fleet/replicas/:name/stop", {
      schema: { summary: "Stop a replica at once", params: name, body: orderBody, response },
      handler: ({ params, body }) => services.fleetOrders.stop(params.name, body.reason),
    });
  };
  return routes as FastifyPluginAsync;
}
