import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { documentReviews, reviewBody } from "../../contract/reviews.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const params = z.object({ workspace: workspaceParam, id: z.string().min(1).max(64) });
const failing = { "4xx": problem, "5xx": problem } as const;
const path = "/api/workspaces/:workspace/documents/:id/reviews";

/** What people say of a document's results. */
export function reviewRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get(path, {
      schema: {
        summary: "What can be reviewed in a document, and what was said of it",
        params,
        response: { 200: documentReviews, ...failing },
      },
      handler: async (request) => {
        const { workspace, id } = request.params;
        return services.reviews.list(
          await services.access.workspaceOf(callerOf(request), workspace),
          id,
        );
      },
    });
    app.post(path, {
      schema: {
        summary: "Verify, flag or correct one value, or take that back; the result itself stays",
        params,
        body: reviewBody,
        response: { 200: documentReviews, ...failing },
      },
      handler: async (request) => {
        const { workspace, id } = request.params;
        const space = await services.access.workspaceOf(callerOf(request), workspace);
        return services.reviews.add(space, id, request.body);
      },
    });
  };
  return routes as FastifyPluginAsync;
}
