import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import { z } from "zod";
import type { ContainerHealth } from "../contract/worker-protocol.ts";
import { AppError, type Problem, problemOf } from "../errors/app-error.ts";
import type { Log } from "../telemetry/log.ts";
import { cacheRoutes } from "./api/cache-routes.ts";
import { guard } from "./api/guard.ts";
import type { ApiRequests } from "./api/requests.ts";
import type { ResultShelf } from "./api/result-shelf.ts";
import { textRoutes } from "./api/text-routes.ts";
import { visionRoutes } from "./api/vision-routes.ts";
import type { ApiWork } from "./api/work.ts";
import type { ControlClient } from "./control-client.ts";
import { type Settings, tasksOf } from "./settings.ts";
import type { VisualResults } from "./visual-results.ts";

export interface ContainerApiOptions {
  readonly settings: Pick<Settings, "pool" | "host" | "containerToken">;
  readonly work: ApiWork;
  readonly requests: ApiRequests;
  readonly visualResults: VisualResults;
  readonly shelf: ResultShelf;
  readonly control: ControlClient | null;
  readonly health: () => Promise<ContainerHealth>;
  readonly life: AbortSignal;
  readonly log: Log;
}

/** Visual results of 300 dense slides as JSON; PDFs are streamed and have a limit of their own. */
const jsonBytesMax = 64 * 1024 * 1024;

/** The container's own HTTP interface: the pool's pipeline calls, cache, results, health. */
export async function createContainerApi(options: ContainerApiOptions): Promise<FastifyInstance> {
  const { settings, log } = options;
  const app = fastify({ bodyLimit: jsonBytesMax, forceCloseConnections: true });
  const check = guard(settings);
  app.setErrorHandler((error, _, reply) => sendProblem(reply, problemFor(error), error, log));
  app.setNotFoundHandler(() => {
    throw new AppError("ROUTE_NOT_FOUND");
  });
  app.addHook("onRequest", async (request) => {
    // Probes of providers carry no token; what they get names no work.
    if (request.routeOptions.url !== "/api/health") check(request);
  });
  app.get("/api/health", async (request, reply) => {
    const health = await options.health();
    const able = health.status === "ok" || health.status === "busy";
    reply.status(able ? 200 : 503);
    if (passes(() => check(request))) return health;
    return { ...health, reason: null, pipelines: [], dependencies: {} };
  });
  const tasks = tasksOf(settings.pool);
  await app.register(cacheRoutes, options);
  if (tasks.includes("visual_analysis")) await app.register(visionRoutes, options);
  if (tasks.includes("extractions_and_template")) await app.register(textRoutes, options);
  return app;
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** Any thrown thing as a problem: ours keep their code, malformed requests name their fields. */
function problemFor(error: unknown): Problem {
  if (error instanceof AppError) return problemOf(error);
  if (error instanceof z.ZodError) {
    const errors = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    return { ...problemOf(new AppError("BAD_REQUEST")), errors };
  }
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  if (status === 413) return problemOf(new AppError("FILE_TOO_LARGE"));
  if (status === 415) {
    const detail = "Send application/pdf, multipart/form-data or application/json.";
    return problemOf(new AppError("BAD_REQUEST", detail));
  }
  if (typeof status === "number" && status < 500 && error instanceof Error) {
    return problemOf(new AppError("BAD_REQUEST", error.message));
  }
  return problemOf(new AppError("INTERNAL"));
}

function sendProblem(reply: FastifyReply, problem: Problem, error: unknown, log: Log): void {
  if (problem.status === 500) log.error({ err: error }, "a request failed");
  if (problem.status === 503) reply.header("retry-after", "5");
  reply.status(problem.status).type("application/problem+json").send(problem);
}
