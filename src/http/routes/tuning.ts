import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { problem } from "../../contract/common.ts";
import {
  applyBody,
  historyAnswer,
  historyQuery,
  policyVersionView,
  revertBody,
  versionsAnswer,
  versionsQuery,
} from "../../contract/tuning.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const refusals = { "4xx": problem, "5xx": problem } as const;

/** Versions of the scaling policy, and what a better one is looked for in. */
export function tuningRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.addHook("onRequest", async (request) => {
      await services.access.workspaceOf(callerOf(request), "-");
    });
    app.get("/api/scaling/history", {
      schema: {
        summary: "What was recorded of arrivals, work and starts, as the simulator takes it",
        querystring: historyQuery,
        response: { 200: historyAnswer, ...refusals },
      },
      handler: ({ query }) => services.tuner.history(query.days),
    });
    app.get("/api/scaling/versions", {
      schema: {
        summary: "Versions of the scaling policy, newest first, and the last proposal",
        querystring: versionsQuery,
        response: { 200: versionsAnswer, ...refusals },
      },
      handler: ({ query }) => services.tuner.versions(query.limit),
    });
    app.post("/api/scaling/versions", {
      schema: {
        summary: "Let a policy in as a new version",
        body: applyBody,
        response: { 200: policyVersionView, ...refusals },
      },
      handler: ({ body }) => services.tuner.apply(body),
    });
    app.post("/api/scaling/revert", {
      schema: {
        summary: "Bring an older version back as a new one; 0: what the configuration says",
        body: revertBody,
        response: { 200: policyVersionView, ...refusals },
      },
      handler: ({ body }) => services.tuner.revert(body),
    });
  };
  return routes as FastifyPluginAsync;
}
