import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  batchAccepted,
  batchChange,
  batchDetail,
  batchDocumentsQuery,
  type batchItem,
  batchList,
  batchListQuery,
  createBatchBody,
} from "../../contract/batches.ts";
import { problem, workspaceParam } from "../../contract/common.ts";
import { documentList } from "../../contract/document-list.ts";
import { callerOf } from "../guards.ts";
import { keyOf, placeOf } from "../requests.ts";
import type { HttpServices } from "../services.ts";

const workspace = z.object({ workspace: workspaceParam });
const one = workspace.extend({ id: z.string().min(1).max(64) });
const failing = { "4xx": problem, "5xx": problem };
const base = "/api/workspaces/:workspace/batches";

type Own = (request: FastifyRequest, params: z.infer<typeof workspace>) => Promise<string>;

/** Many documents in one call, as an object of its own. */
export function batchRoutes(services: HttpServices): FastifyPluginAsync {
  const own: Own = (request, params) =>
    services.access.workspaceOf(callerOf(request), params.workspace);
  return async (app) => {
    await app.register(readRoutes(services, own));
    await app.register(writeRoutes(services, own));
  };
}

function readRoutes(services: HttpServices, own: Own): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(base, {
      schema: {
        summary: "List batches, newest first",
        params: workspace,
        querystring: batchListQuery,
        response: { 200: batchList, ...failing },
      },
      handler: async (request) => {
        const { cursor, limit } = request.query;
        const space = await own(request, request.params);
        return services.batches.list({ workspace: space, before: placeOf(cursor), limit });
      },
    });

    app.get(`${base}/:id`, {
      schema: {
        summary: "One batch: counts, progress, its first failures",
        params: one,
        response: { 200: batchDetail, ...failing },
      },
      handler: async (request) =>
        services.batches.get(await own(request, request.params), request.params.id),
    });

    app.get(`${base}/:id/documents`, {
      schema: {
        summary: "Documents of a batch, in the order of their submission",
        params: one,
        querystring: batchDocumentsQuery,
        response: { 200: documentList, ...failing },
      },
      handler: async (request) => {
        const { state, cursor, limit } = request.query;
        const space = await own(request, request.params);
        const { id: batch } = await services.batches.find(space, request.params.id);
        return services.documents.listOfBatch({ batch, state, after: placeOf(cursor), limit });
      },
    });
  };
}

/** The contract has seen to it that one of the two is there. */
const itemOf = ({ sha256, sourceUri = "", ...rest }: z.infer<typeof batchItem>) =>
  sha256 === undefined ? { sourceUri, ...rest } : { sha256, ...rest };

function writeRoutes(services: HttpServices, own: Own): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(base, {
      schema: {
        summary: "Submit up to 1,000 documents at once",
        description:
          "All or none: when one is refused nothing is made. Without `documents` the batch is empty, and uploads join it with `?batch=`. `Idempotency-Key` makes a repeat harmless.",
        params: workspace,
        body: createBatchBody,
        response: { 202: batchAccepted, ...failing },
      },
      handler: async (request, reply) => {
        const { name, pack, priority, documents = [] } = request.body;
        const made = await services.batches.create({
          workspace: await own(request, request.params),
          name,
          pack,
          priority,
          idempotencyKey: keyOf(request),
          items: documents.map(itemOf),
        });
        return reply.status(202).send(made);
      },
    });

    app.post(`${base}/:id/cancel`, {
      schema: {
        summary: "Cancel what is open; keep what is finished",
        params: one,
        response: { 200: batchChange, ...failing },
      },
      handler: async (request) =>
        services.batches.cancel(await own(request, request.params), request.params.id, "api"),
    });

    app.post(`${base}/:id/retry`, {
      schema: {
        summary: "Try again what failed or was cancelled",
        params: one,
        response: { 200: batchChange, ...failing },
      },
      handler: async (request) =>
        services.batches.retry(await own(request, request.params), request.params.id, "api"),
    });
  };
}
