import type { FastifyPluginAsync } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem } from "../../contract/common.ts";
import {
  packActivateBody,
  packActivated,
  packCheckAnswer,
  packCheckBody,
  packContent,
  packDiff,
  packDiffQuery,
  packDraftAnswer,
  packDraftBody,
  packList,
  packName,
  packRollbackBody,
  packVersions,
} from "../../contract/packs.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const refusals = { "4xx": problem, "5xx": problem } as const;
const params = z.object({ name: packName });
const version = params.extend({ version: z.coerce.number().int().min(1).max(1_000_000) });

/** Packs with their versions: what there is, what differs, what is to be run from now on. */
export function packRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.addHook("onRequest", async (request) => {
      await services.access.workspaceOf(callerOf(request), "-");
    });
    await app.register(readingRoutes(services));
    await app.register(changingRoutes(services));
  };
  return routes as FastifyPluginAsync;
}

function readingRoutes(services: HttpServices): FastifyPluginAsyncZod {
  return async (app) => {
    app.get("/api/packs", {
      schema: {
        summary: "Packs, each with its active version",
        response: { 200: packList, ...refusals },
      },
      handler: () => services.catalogue.list(),
    });
    app.get("/api/packs/:name", {
      schema: {
        summary: "Versions of a pack, newest first",
        params,
        response: { 200: packVersions, ...refusals },
      },
      handler: (request) => services.catalogue.versions(request.params.name),
    });
    app.get("/api/packs/:name/versions/:version", {
      schema: {
        summary: "One version with its files, and what a pipeline of it does",
        params: version,
        response: { 200: packContent, ...refusals },
      },
      handler: (request) => services.catalogue.content(request.params.name, request.params.version),
    });
    app.get("/api/packs/:name/diff", {
      schema: {
        summary: "What differs between two versions, file by file",
        params,
        querystring: packDiffQuery,
        response: { 200: packDiff, ...refusals },
      },
      handler: (request) => services.catalogue.diff(request.params.name, request.query),
    });
  };
}

function changingRoutes(services: HttpServices): FastifyPluginAsyncZod {
  return async (app) => {
    app.post("/api/packs/validate", {
      schema: {
        summary: "Check files of a pack, and keep nothing",
        body: packCheckBody,
        response: { 200: packCheckAnswer, ...refusals },
      },
      handler: (request) => services.catalogue.check(request.body.files),
    });
    app.post("/api/packs/:name/versions", {
      schema: {
        summary: "Keep files as a draft, under the next number",
        params,
        body: packDraftBody,
        response: { 200: packDraftAnswer, ...refusals },
      },
      handler: (request) => services.catalogue.draft(request.params.name, request.body),
    });
    app.post("/api/packs/:name/activate", {
      schema: {
        summary: "Run new documents with this version; pipelines at work keep theirs",
        params,
        body: packActivateBody,
        response: { 200: packActivated, ...refusals },
      },
      handler: ({ params: { name }, body }) =>
        services.catalogue.activate(name, body.version, body.by),
    });
    app.post("/api/packs/:name/rollback", {
      schema: {
        summary: "Go back to the version before the active one, or to the one named",
        params,
        body: packRollbackBody,
        response: { 200: packActivated, ...refusals },
      },
      handler: ({ params: { name }, body }) => services.catalogue.rollback(name, body, body.by),
    });
  };
}
