import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import {
  acknowledgeBody,
  failureCount,
  failureDetail,
  failureGroup,
  failuresAnswer,
  failuresQuery,
  fingerprint,
  groupRetryAnswer,
  groupRetryBody,
} from "../../contract/failures.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const workspace = z.object({ workspace: workspaceParam });
const one = workspace.extend({ fingerprint });
const failing = { "4xx": problem, "5xx": problem };
const base = "/api/workspaces/:workspace/failures";

/** Failures by kind, and what can be done about a kind. */
export function failureRoutes(services: HttpServices): FastifyPluginAsync {
  const own = (request: FastifyRequest, params: z.infer<typeof workspace>): Promise<string> =>
    services.access.workspaceOf(callerOf(request), params.workspace);
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get(base, {
      schema: {
        summary: "Failures by kind: those that need somebody first, then the newest",
        description:
          "A kind is a stage, a code and a message without its numbers, ids, paths and quotes. Times are those of the failure, not of the upload.",
        params: workspace,
        querystring: failuresQuery,
        response: { 200: failuresAnswer, ...failing },
      },
      handler: async (request) =>
        services.failures.list(await own(request, request.params), request.query),
    });
    app.get(`${base}/count`, {
      schema: {
        summary: "How many kinds of failures need somebody, of the last 28 days",
        params: workspace,
        response: { 200: failureCount, ...failing },
      },
      handler: async (request) => services.failures.count(await own(request, request.params)),
    });
    app.get(`${base}/:fingerprint`, {
      schema: {
        summary: "One kind of failure: its attempts, with the last words of their containers",
        params: one,
        querystring: failuresQuery.pick({ window: true }),
        response: { 200: failureDetail, ...failing },
      },
      handler: async (request) =>
        services.failures.get(
          await own(request, request.params),
          request.params.fingerprint,
          request.query.window,
        ),
    });
    app.post(`${base}/:fingerprint/retry`, {
      schema: {
        summary: "Try again what failed in this way, a step of documents a call",
        description:
          "Call it with `dryRun` first: its answer says what all steps come to. Each call opens a few documents again from the stage that failed, and `left` says how many wait for the next one. Give the `asOf` of the dry run, so that what fails anew is left alone.",
        params: one,
        body: groupRetryBody,
        response: { 200: groupRetryAnswer, ...failing },
      },
      handler: async (request) =>
        services.failures.retry(
          await own(request, request.params),
          request.params.fingerprint,
          request.body,
        ),
    });
    app.post(`${base}/:fingerprint/acknowledge`, {
      schema: {
        summary: "Say that a kind of failure is known, mute it, or take either back",
        params: one,
        body: acknowledgeBody,
        response: { 200: failureGroup, ...failing },
      },
      handler: async (request) =>
        services.failures.acknowledge(
          await own(request, request.params),
          request.params.fingerprint,
          request.body,
        ),
    });
  };
  return routes as FastifyPluginAsync;
}
