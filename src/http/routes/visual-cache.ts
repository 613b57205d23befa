import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { clearCacheQuery, clearedCache, visualCacheStats } from "../../contract/visual-cache.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const workspace = z.object({ workspace: workspaceParam });
const failing = { "4xx": problem, "5xx": problem };

/** What is kept of a workspace's visual results, and how it is forgotten. */
export function visualCacheRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/workspaces/:workspace/cache", {
      schema: {
        summary: "What is kept of visual results",
        params: workspace,
        response: { 200: visualCacheStats, ...failing },
      },
      handler: async (request) => {
        const { access, visualCache } = services;
        return visualCache.stats(
          await access.workspaceOf(callerOf(request), request.params.workspace),
        );
      },
    });
    app.delete("/api/workspaces/:workspace/cache", {
      schema: {
        summary: "Forget what is kept of a document, or of the whole workspace",
        params: workspace,
        querystring: clearCacheQuery,
        response: { 200: clearedCache, ...failing },
      },
      handler: async (request) => {
        const { access, visualCache } = services;
        const space = await access.workspaceOf(callerOf(request), request.params.workspace);
        return visualCache.clear(space, request.query.document ?? null);
      },
    });
  };
  return routes as FastifyPluginAsync;
}
