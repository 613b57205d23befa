import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { askAnswer, askBody } from "../../contract/ask.ts";
import { problem, workspaceParam } from "../../contract/common.ts";
import { goneSignal } from "../gone.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

/** Questions to one document. */
export function askRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.post("/api/workspaces/:workspace/documents/:id/ask", {
      schema: {
        summary: "Ask one document; the answer stands on quotes of its slides, or it does not say",
        description: "Neither the question nor the answer is kept. Closing the connection ends it.",
        params: z.object({ workspace: workspaceParam, id: z.string().min(1).max(64) }),
        body: askBody,
        response: { 200: askAnswer, "4xx": problem, "5xx": problem },
      },
      handler: async (request, reply) => {
        const { workspace, id } = request.params;
        const space = await services.access.workspaceOf(callerOf(request), workspace);
        return services.asks.ask(space, id, request.body.question, goneSignal(reply));
      },
    });
  };
  return routes as FastifyPluginAsync;
}
