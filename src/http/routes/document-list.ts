import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { documentList, listQuery } from "../../contract/document-list.ts";
import { documentPlan, planQuery } from "../../contract/document-plan.ts";
import type { PipelineState } from "../../core/pipeline/life-cycle.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const workspace = z.object({ workspace: workspaceParam });
const failing = { "4xx": problem, "5xx": problem };
const base = "/api/workspaces/:workspace/documents";

/** Documents as a list, and what one more would take. */
export function documentListRoutes(services: HttpServices): FastifyPluginAsync {
  const own = (request: FastifyRequest, params: z.infer<typeof workspace>): Promise<string> =>
    services.access.workspaceOf(callerOf(request), params.workspace);
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get(base, {
      schema: {
        summary: "List documents, newest first unless `sort` says otherwise",
        params: workspace,
        querystring: listQuery,
        response: { 200: documentList, ...failing },
      },
      handler: async (request) => {
        const { state, since, ...query } = request.query;
        return services.documents.list({
          ...query,
          workspace: await own(request, request.params),
          states: state?.split(",") as PipelineState[] | undefined,
          since: since === undefined ? undefined : new Date(since),
        });
      },
    });

    app.get(`${base}/plan`, {
      schema: {
        summary:
          "What a document would take: time, cost, containers; and whether its bytes are known",
        params: workspace,
        querystring: planQuery,
        response: { 200: documentPlan, ...failing },
      },
      handler: async (request) => {
        const space = await own(request, request.params);
        return services.plans.plan({ ...request.query, workspace: space });
      },
    });
  };
  return async (app) => {
    await app.register(routes);
  };
}
