import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem } from "../../contract/common.ts";
import { type SlideAnalysis, slideAnalysis } from "../../contract/results.ts";
import {
  leaseId,
  outcome,
  progressBody,
  resultsSaveBody,
  slideBody,
  visualCacheBody,
  visualCacheQuery,
} from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import { bearerOf } from "../guards.ts";
import { parseLease } from "../lease-key.ts";
import type { HttpServices } from "../services.ts";

const failing = { "4xx": problem, "5xx": problem };
const ofLease = z.object({ id: leaseId });
const ofSlide = ofLease.extend({ n: z.coerce.number().int().min(1).max(100_000) });
const nothing = { 204: z.null(), ...failing };
const bytes = z.any().describe("The file's bytes");
const pictureBytesMax = 8 * 1024 * 1024;

/** Writes under a lease; each names it, and one that is gone gets LEASE_LOST and changes nothing. */
export function leaseRoutes(services: HttpServices): FastifyPluginAsync {
  const caller = (request: FastifyRequest) => services.containers.authenticate(bearerOf(request));
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.addContentTypeParser(
      "image/jpeg",
      { parseAs: "buffer", bodyLimit: pictureBytesMax },
      (_r, body, done) => done(null, body),
    );
    app.get("/api/leases/:id/document", {
      schema: {
        summary: "The PDF of a lease",
        params: ofLease,
        response: { 200: bytes, ...failing },
      },
      handler: async (request, reply) => {
        const file = await services.leases.document(
          await caller(request),
          parseLease(request.params.id),
        );
        return reply.type("application/pdf").header("content-length", file.bytes).send(file.stream);
      },
    });
    app.post("/api/leases/:id/progress", {
      schema: {
        summary: "How far a task is",
        params: ofLease,
        body: progressBody,
        response: nothing,
      },
      handler: async (request, reply) => {
        await services.leases.progress(
          await caller(request),
          parseLease(request.params.id),
          request.body,
        );
        return reply.status(204).send(null);
      },
    });
    app.put("/api/leases/:id/slides/:n", {
      schema: {
        summary: "A finished or failed slide",
        params: ofSlide,
        body: slideBody,
        response: nothing,
      },
      handler: async (request, reply) => {
        const { id, n } = request.params;
        const { body } = request;
        const slide =
          body.kind === "failed"
            ? { slide: n, failure: { code: body.code, detail: body.detail } }
            : { slide: n, result: body.result, seconds: body.seconds };
        await services.leases.slide(await caller(request), parseLease(id), slide);
        return reply.status(204).send(null);
      },
    });
    app.put("/api/leases/:id/pages/:n", {
      schema: { summary: "A page's picture (JPEG)", params: ofSlide, response: nothing },
      handler: async (request, reply) => {
        if (!isJpeg(request.body)) throw new AppError("BAD_REQUEST", "Send image/jpeg.");
        const { id, n } = request.params;
        await services.leases.page(await caller(request), parseLease(id), n, request.body);
        return reply.status(204).send(null);
      },
    });
    await app.register(endRoutes(services, caller));
    await app.register(cacheRoutes(services, caller));
  };
  return routes as FastifyPluginAsync;
}

/** By its first bytes: what is kept here is shown to people later. */
const isJpeg = (body: unknown): body is Buffer =>
  Buffer.isBuffer(body) && body.subarray(0, 3).equals(Buffer.of(0xff, 0xd8, 0xff));

type Caller = (request: FastifyRequest) => ReturnType<HttpServices["containers"]["authenticate"]>;

/** Ending one lease outside the lease call: settle it, or give it back. */
function endRoutes(services: HttpServices, caller: Caller): FastifyPluginAsyncZod {
  return async (app) => {
    app.post("/api/leases/:id/settle", {
      schema: { summary: "End one lease", params: ofLease, body: outcome, response: nothing },
      handler: async (request, reply) => {
        await services.leases.settle(
          await caller(request),
          parseLease(request.params.id),
          request.body,
        );
        return reply.status(204).send(null);
      },
    });
    app.post("/api/leases/:id/release", {
      schema: {
        summary: "Give one lease back; costs no attempt",
        params: ofLease,
        response: nothing,
      },
      handler: async (request, reply) => {
        const released = { kind: "released" } as const;
        await services.leases.settle(
          await caller(request),
          parseLease(request.params.id),
          released,
        );
        return reply.status(204).send(null);
      },
    });
  };
}

/** The PRD's names for the visual cache and for saving results, under a container's token. */
function cacheRoutes(services: HttpServices, caller: Caller): FastifyPluginAsyncZod {
  const slides = z.object({ document: z.string(), slides: z.array(slideAnalysis) });
  return async (app) => {
    app.get("/api/cache/visual-analysis", {
      schema: {
        summary: "Visual results of a document",
        querystring: visualCacheQuery,
        response: { 200: slides, ...failing },
      },
      handler: async (request) => {
        const { document, lease } = request.query;
        const container = await caller(request);
        const found = await (lease === undefined
          ? services.leases.cachedSlides(container, document)
          : services.leases.handoff(container, parseLease(lease)));
        return { document, slides: found as SlideAnalysis[] };
      },
    });
    app.post("/api/cache/visual-results", {
      schema: {
        summary: "Keep visual results of a document",
        body: visualCacheBody,
        response: nothing,
      },
      handler: async (request, reply) => {
        const { document, slides: given } = request.body;
        await services.leases.cacheSlides(await caller(request), document, given);
        return reply.status(204).send(null);
      },
    });
    app.post("/api/results/save", {
      schema: {
        summary: "Stage a result; settling publishes it",
        body: resultsSaveBody,
        response: nothing,
      },
      handler: async (request, reply) => {
        const { lease, result } = request.body;
        if (lease === undefined) throw new AppError("BAD_REQUEST", "Name the lease.");
        await services.leases.stage(await caller(request), parseLease(lease), result);
        return reply.status(204).send(null);
      },
    });
  };
}
