import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { deletedDocument, deletionQuery } from "../../contract/documents.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const params = z.object({ workspace: workspaceParam, id: z.string().min(1).max(64) });

/** Makes the system forget a document. */
export function deletionRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.delete("/api/workspaces/:workspace/documents/:id", {
      schema: {
        summary: "Delete a document with all that was made of it; again is harmless",
        description:
          "What runs is cancelled first. Who deleted it and when stays, with what it cost; nothing of its content does. The file and what was read in it go with the last document of the same bytes.",
        params,
        querystring: deletionQuery,
        response: { 200: deletedDocument, "4xx": problem, "5xx": problem },
      },
      handler: async (request) => {
        const { workspace, id } = request.params;
        const space = await services.access.workspaceOf(callerOf(request), workspace);
        return services.deletions.remove(space, id, request.query.by);
      },
    });
  };
  return routes as FastifyPluginAsync;
}
