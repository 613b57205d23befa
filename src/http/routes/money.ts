import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem } from "../../contract/common.ts";
import { costBudget, costs, costsQuery } from "../../contract/costs.ts";
import { rollout } from "../../contract/rollout.ts";
import { slos } from "../../contract/slos.ts";
import { costsCsv } from "../../services/costs/csv.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const refusals = { "4xx": problem, "5xx": problem } as const;

const wantsCsv = ({ headers }: FastifyRequest, format: string | undefined): boolean =>
  format === undefined ? acceptsCsv(headers.accept ?? "") : format === "csv";
const acceptsCsv = (accept: string): boolean =>
  accept.split(",").some((one) => one.trim().startsWith("text/csv"));

/** What running costs, and whether promises are kept. */
export function moneyRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/costs", {
      schema: {
        summary:
          "What containers cost, by day, hour, pool, phase, model or document; CSV by Accept: text/csv",
        querystring: costsQuery,
        produces: ["application/json", "text/csv"],
        response: { 200: z.union([costs, z.string()]), ...refusals },
      },
      handler: async (request, reply) => {
        const workspace = await services.access.workspaceOf(callerOf(request), "-");
        const report = await services.costs.get(workspace, request.query);
        reply.header("vary", "accept");
        if (!wantsCsv(request, request.query.format)) return report;
        const name = `pilotlight-costs-${report.from}-${report.to}-by-${report.by}.csv`;
        reply.serializer((text: unknown) => String(text));
        return reply
          .type("text/csv; charset=utf-8")
          .header("content-disposition", `attachment; filename="${name}"`)
          .send(costsCsv(report));
      },
    });
    app.get("/api/slos", {
      schema: {
        summary: "What was kept of each objective over 28 days, and how fast its budget goes",
        response: { 200: slos, ...refusals },
      },
      handler: async (request) =>
        services.slos.get(await services.access.workspaceOf(callerOf(request), "-")),
    });
    app.get("/api/rollout", {
      schema: {
        summary: "Where the move from the old server stands, and what is not known yet",
        response: { 200: rollout, ...refusals },
      },
      handler: async (request) =>
        services.rollout.get(await services.access.workspaceOf(callerOf(request), "-")),
    });
    app.get("/api/costs/budget", {
      schema: {
        summary: "This month's spending against its budget: a notice, nothing is stopped by it",
        response: { 200: costBudget, ...refusals },
      },
      handler: async (request) => {
        await services.access.workspaceOf(callerOf(request), "-");
        return services.costs.budget();
      },
    });
  };
  return routes as FastifyPluginAsync;
}
