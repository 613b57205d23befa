import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { compareQuery, comparison } from "../../contract/compare.ts";
import { comparisonMarkdown } from "../../core/compare/markdown.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const id = z.string().min(1).max(64);

/** What has changed from one document to another. */
export function compareRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/workspaces/:workspace/documents/:id/compare/:other", {
      schema: {
        summary: "What has changed from this document to the other one; Markdown with `format=md`",
        params: z.object({ workspace: workspaceParam, id, other: id }),
        querystring: compareQuery,
        response: { 200: comparison.or(z.string()), "4xx": problem, "5xx": problem },
      },
      handler: async (request, reply) => {
        const { workspace, id: a, other } = request.params;
        const space = await services.access.workspaceOf(callerOf(request), workspace);
        const told = await services.comparisons.compare(space, a, other);
        if (request.query.format === "json") return told;
        return reply
          .type("text/markdown; charset=utf-8")
          .header("content-disposition", 'attachment; filename="comparison.md"')
          .send(comparisonMarkdown(told));
      },
    });
  };
  return routes as FastifyPluginAsync;
}
