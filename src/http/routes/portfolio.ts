import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { documentSummary } from "../../contract/documents.ts";
import {
  portfolio,
  portfolioExportQuery,
  portfolioQuery,
  searchAnswer,
  searchQuery,
  versionBody,
  versionList,
} from "../../contract/portfolio.ts";
import { portfolioCsv } from "../../core/portfolio/csv.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const workspace = z.object({ workspace: workspaceParam });
const one = workspace.extend({ id: z.string().min(1).max(64) });
const failing = { "4xx": problem, "5xx": problem } as const;
const base = "/api/workspaces/:workspace";

/** All decks of a workspace side by side, their words, and which are versions of one another. */
export function portfolioRoutes(services: HttpServices): FastifyPluginAsync {
  const own = (request: Parameters<typeof callerOf>[0], space: string) =>
    services.access.workspaceOf(callerOf(request), space);
  const tables: FastifyPluginAsyncZod = async (app) => {
    app.get(`${base}/portfolio`, {
      schema: {
        summary: "All decks with their fields as they stand after review",
        description:
          "`filter` is `field:op` or `field:op:value` with contains, is, from, to, found, missing, conflict, reviewed, corrected or flagged; all of them hold. Amounts are compared within one currency only.",
        params: workspace,
        querystring: portfolioQuery,
        response: { 200: portfolio, ...failing },
      },
      handler: async (request) =>
        services.portfolio.read({
          ...request.query,
          workspace: await own(request, request.params.workspace),
        }),
    });
    app.get(`${base}/portfolio/export`, {
      schema: {
        summary: "The same as one file: CSV or JSON",
        description:
          "Up to 20,000 decks. Where there are more, the name of the file says so, and in JSON a note.",
        params: workspace,
        querystring: portfolioExportQuery,
        response: { 200: z.any().describe("CSV, or JSON as `Portfolio`"), ...failing },
      },
      handler: async (request, reply) => {
        const { format, ...query } = request.query;
        const { isCut, ...all } = await services.portfolio.readAll({
          ...query,
          workspace: await own(request, request.params.workspace),
        });
        // A table has no place for a note: whoever saves it sees its name.
        const name = isCut ? `portfolio-first-${all.rows.length}-of-${all.total}` : "portfolio";
        reply.header("content-disposition", `attachment; filename="${name}.${format}"`);
        if (format === "json") return all;
        return reply.type("text/csv; charset=utf-8").send(portfolioCsv(all));
      },
    });
    app.get(`${base}/search`, {
      schema: {
        summary: "Slides of all decks that have these words, the best first",
        params: workspace,
        querystring: searchQuery,
        response: { 200: searchAnswer, ...failing },
      },
      handler: async (request) =>
        services.portfolio.search({
          ...request.query,
          workspace: await own(request, request.params.workspace),
        }),
    });
  };
  const versions: FastifyPluginAsyncZod = async (app) => {
    app.get(`${base}/documents/:id/versions`, {
      schema: {
        summary: "All versions of a document's deck, the oldest first",
        params: one,
        response: { 200: versionList, ...failing },
      },
      handler: async (request) =>
        services.portfolio.versions(
          await own(request, request.params.workspace),
          request.params.id,
        ),
    });
    app.post(`${base}/documents/:id/version`, {
      schema: {
        summary: "Say of which deck a document is a version; `null`: of none",
        params: one,
        body: versionBody,
        response: { 200: documentSummary, ...failing },
      },
      handler: async (request) => {
        const space = await own(request, request.params.workspace);
        const { of, by } = request.body;
        await services.portfolio.chooseVersion(space, request.params.id, of, by);
        return services.documents.get(space, request.params.id);
      },
    });
  };
  return async (app) => {
    await app.register(tables as FastifyPluginAsync);
    await app.register(versions as FastifyPluginAsync);
  };
}
