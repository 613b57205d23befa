import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { documentLogs, documentLogsQuery } from "../../contract/document-logs.ts";
import { explainParams, explanation } from "../../contract/explain.ts";
import { systemClock } from "../../lib/clock.ts";
import { createExplain } from "../../services/explain.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

/** Why something waits, runs, was started or failed, and what containers said of a document. */
export function explainRoutes(services: HttpServices): FastifyPluginAsync {
  const explain = createExplain(services, systemClock);
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/workspaces/:workspace/explain/:kind/:id", {
      schema: {
        summary: "Why something is as it is: a sentence, its inputs, and what would change it",
        description:
          "The sentence is the one its page shows; that of a decision is the stored one, never told anew from today's settings.",
        params: explainParams.extend({ workspace: workspaceParam }),
        response: { 200: explanation, "4xx": problem, "5xx": problem },
      },
      handler: async (request) => {
        const { workspace, kind, id } = request.params;
        const space = await services.access.workspaceOf(callerOf(request), workspace);
        return explain.get(space, kind, id);
      },
    });
    app.get("/api/workspaces/:workspace/documents/:id/logs", {
      schema: {
        summary: "What containers said while they worked on a document, without other documents",
        params: z.object({ workspace: workspaceParam, id: z.string().min(1).max(64) }),
        querystring: documentLogsQuery,
        response: { 200: documentLogs, "4xx": problem, "5xx": problem },
      },
      handler: async (request) => {
        const { workspace, id } = request.params;
        const space = await services.access.workspaceOf(callerOf(request), workspace);
        return services.documents.logs(space, id, request.query);
      },
    });
  };
  return routes as FastifyPluginAsync;
}
