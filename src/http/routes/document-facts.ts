import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { documentCost } from "../../contract/document-cost.ts";
import { listedCosts, listedCostsQuery } from "../../contract/listed-costs.ts";
import { documentTimeline, fleetTimeline, fleetTimelineQuery } from "../../contract/timeline.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const one = z.object({ workspace: workspaceParam, id: z.string().min(1).max(64) });
const refusals = { "4xx": problem, "5xx": problem } as const;
const base = "/api/workspaces/:workspace/documents/:id";

/** What a document's work was, where, and what it cost. */
export function documentFactRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get(`${base}/timeline`, {
      schema: {
        summary: "Where and when a document was worked on, and what is to come",
        params: one,
        response: { 200: documentTimeline, ...refusals },
      },
      handler: async (request) => {
        const { workspace, id } = request.params;
        const own = await services.access.workspaceOf(callerOf(request), workspace);
        return services.documentFacts.timeline(own, id);
      },
    });
    app.get("/api/fleet/timeline", {
      schema: {
        summary: "Containers of the last time, what they held and what was decided",
        querystring: fleetTimelineQuery,
        response: { 200: fleetTimeline, ...refusals },
      },
      handler: async (request) => {
        const own = await services.access.workspaceOf(callerOf(request), "-");
        return services.documentFacts.fleetTimeline(own, request.query.sinceSeconds * 1000);
      },
    });
    app.get("/api/workspaces/:workspace/documents/costs", {
      schema: {
        summary: "What some documents cost, for a list of them; the figures of `cost` of each",
        description:
          "Up to 200 ids with commas between them; those that are not there are left out.",
        params: one.omit({ id: true }),
        querystring: listedCostsQuery,
        response: { 200: listedCosts, ...refusals },
      },
      handler: async (request) => {
        const own = await services.access.workspaceOf(callerOf(request), request.params.workspace);
        return services.documentFacts.costs(own, request.query.ids, services.plans);
      },
    });
    app.get(`${base}/cost`, {
      schema: {
        summary: "What a document cost, and its share of what containers cost besides work",
        params: one,
        response: { 200: documentCost, ...refusals },
      },
      handler: async (request) => {
        const { workspace, id } = request.params;
        const own = await services.access.workspaceOf(callerOf(request), workspace);
        return services.documentFacts.cost(own, id);
      },
    });
  };
  return routes as FastifyPluginAsync;
}
