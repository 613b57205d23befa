import { randomUUID } from "node:crypto";
import helmet from "@fastify/helmet";
import multipart from "@fastify/multipart";
import staticFiles from "@fastify/static";
import swagger from "@fastify/swagger";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import type { Log } from "../telemetry/log.ts";
import { answerError, answerNotFound } from "./errors.ts";
import { guardLoopback } from "./guards.ts";
import { askRoutes } from "./routes/ask.ts";
import { batchRoutes } from "./routes/batches.ts";
import { compareRoutes } from "./routes/compare.ts";
import { containerRoutes } from "./routes/containers.ts";
import { deletionRoutes } from "./routes/deletion.ts";
import { documentFactRoutes } from "./routes/document-facts.ts";
import { documentListRoutes } from "./routes/document-list.ts";
import { documentRoutes, isTooLong } from "./routes/documents.ts";
import { eventRoutes } from "./routes/events.ts";
import { explainRoutes } from "./routes/explain.ts";
import { exportRoutes } from "./routes/exports.ts";
import { failureRoutes } from "./routes/failures.ts";
import { fleetOrderRoutes, fleetRoutes } from "./routes/fleet.ts";
import { fleetOutlookRoutes } from "./routes/fleet-outlook.ts";
import { leaseRoutes } from "./routes/leases.ts";
import { moneyRoutes } from "./routes/money.ts";
import { packRoutes } from "./routes/packs.ts";
import { portfolioRoutes } from "./routes/portfolio.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { sessionRoutes } from "./routes/session.ts";
import { tuningRoutes } from "./routes/tuning.ts";
import { visualCacheRoutes } from "./routes/visual-cache.ts";
import type { HttpServices } from "./services.ts";

export interface AppOptions {
  readonly services: HttpServices;
  readonly log: Log;
  readonly version: string;
  /** Folder of the built dashboard; null: API only. */
  readonly webRoot: string | null;
  /** Listening on loopback without keys: then only this machine's own pages may call. */
  readonly loopbackOnly: boolean;
  readonly bytesMax: number;
}

/** The whole HTTP surface; nothing listens yet. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: options.log as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 32 * 1024 * 1024,
    genReqId: () => randomUUID(),
    // `/api/documents` is short for the caller's own workspace.
    rewriteUrl: (request) => shortForm(request.url ?? "/"),
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound(options.webRoot !== null));
  if (options.loopbackOnly) app.addHook("onRequest", guardLoopback);
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  await app.register(helmet, helmetOptions);
  await app.register(multipart, {
    limits: { fileSize: options.bytesMax + 1, files: 1, fields: 10 },
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Pilotlight",
        version: options.version,
        description:
          "Multi-stage document pipelines on GPU containers that exist only while there is work.",
      },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(sessionRoutes(options.services));
  await app.register(documentListRoutes(options.services));
  await app.register(documentRoutes(options.services, options.bytesMax));
  await app.register(documentFactRoutes(options.services));
  await app.register(deletionRoutes(options.services));
  await app.register(batchRoutes(options.services));
  await app.register(eventRoutes(options.services));
  await app.register(moneyRoutes(options.services));
  await app.register(failureRoutes(options.services));
  await app.register(explainRoutes(options.services));
  await app.register(fleetRoutes(options.services));
  await app.register(fleetOutlookRoutes(options.services));
  await app.register(fleetOrderRoutes(options.services));
  await app.register(tuningRoutes(options.services));
  await app.register(packRoutes(options.services));
  await app.register(reviewRoutes(options.services));
  await app.register(exportRoutes(options.services));
  await app.register(portfolioRoutes(options.services));
  await app.register(compareRoutes(options.services));
  await app.register(askRoutes(options.services));
  await app.register(visualCacheRoutes(options.services));
  await app.register(containerRoutes(options.services));
  await app.register(leaseRoutes(options.services));
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
  if (options.webRoot) await serveDashboard(app, options.webRoot);
  inviteBodies(app, options.bytesMax);
  return app;
}

/**
 * A caller that asks before it sends (curl does, for large bodies, and so does our command line) is
 * refused at once, and hears it: one that is still sending often sees only a closed connection.
 */
function inviteBodies(app: FastifyInstance, bytesMax: number): void {
  app.server.on("checkContinue", (request, response) => {
    if (!isTooLong(request.headers, bytesMax)) response.writeContinue();
    app.routing(request, response);
  });
}

const workspaceRoots =
  /^\/api\/(documents|batches|events|failures|explain|portfolio|search)(?=[/?]|$)/;
const shortForm = (url: string): string => url.replace(workspaceRoots, "/api/workspaces/-/$1");

const helmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:", "blob:"],
      connectSrc: ["'self'"],
      // Holds the one stream of news of all tabs.
      workerSrc: ["'self'"],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Plain HTTP on loopback: a browser must not be told to insist on TLS.
  strictTransportSecurity: false,
};

/** Files of the build are immutable by their hashed names; the page itself never is. */
async function serveDashboard(app: FastifyInstance, root: string): Promise<void> {
  await app.register(staticFiles, {
    root,
    wildcard: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const immutable = path.includes("/assets/");
      reply.setHeader(
        "cache-control",
        immutable ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
}
