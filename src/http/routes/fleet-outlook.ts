import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem } from "../../contract/common.ts";
import { logsAnswer, logsQuery } from "../../contract/fleet.ts";
import {
  decisionDetail,
  fleetOutlook,
  fleetPauses,
  runDetail,
} from "../../contract/fleet-outlook.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const refusals = { "4xx": problem, "5xx": problem } as const;
const numbered = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

/** What the pools will do next, and single runs and decisions. */
export function fleetOutlookRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    const own = (request: Parameters<typeof callerOf>[0]): Promise<string> =>
      services.access.workspaceOf(callerOf(request), "-");
    app.get("/api/fleet/outlook", {
      schema: {
        summary: "Queue and next need of each pool, and how well starts were foreseen in a day",
        response: { 200: fleetOutlook, ...refusals },
      },
      handler: async (request) => {
        await own(request);
        return services.fleetOutlook.outlook();
      },
    });
    app.get("/api/fleet/pauses", {
      schema: {
        summary: "Pools in which somebody lets nothing start",
        response: { 200: fleetPauses, ...refusals },
      },
      handler: async (request) => {
        await own(request);
        return services.fleetOutlook.pauses();
      },
    });
    app.get("/api/fleet/runs/:id", {
      schema: {
        summary: "One life of a container: its start against others, its work, its cost",
        params: numbered,
        response: { 200: runDetail, ...refusals },
      },
      handler: async (request) => services.fleetOutlook.run(await own(request), request.params.id),
    });
    app.get("/api/fleet/runs/:id/logs", {
      schema: {
        summary: "Last log lines of the container of a run, without those about others' work",
        params: numbered,
        querystring: logsQuery,
        response: { 200: logsAnswer, ...refusals },
      },
      handler: async (request) =>
        services.fleetOutlook.logs(await own(request), request.params.id, request.query),
    });
    app.get("/api/fleet/decisions/:id", {
      schema: {
        summary: "One decision with what it was made from, and the documents it served",
        params: numbered,
        response: { 200: decisionDetail, ...refusals },
      },
      handler: async (request) =>
        services.fleetOutlook.decision(await own(request), request.params.id),
    });
  };
  return routes as FastifyPluginAsync;
}
