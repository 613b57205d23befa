import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
} from "fastify-type-provider-zod";
import { AppError, type Problem, problemOf } from "../errors/app-error.ts";

/** Every failure leaves as an RFC 9457 problem; what we did not expect is logged whole and shown as INTERNAL. */
export function answerError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemFor(error, request);
  if (problem.status >= 500)
    request.log.error({ err: error, url: request.url }, "a request failed");
  return reply
    .status(problem.status)
    .type("application/problem+json")
    .serializer(JSON.stringify)
    .send(problem);
}

function problemFor(error: FastifyError | Error, request: FastifyRequest): Problem {
  if (error instanceof AppError) return problemOf(error, request.id);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      path: issue.instancePath.replace(/^\//, "").replaceAll("/", "."),
      message: issue.message ?? "is not valid",
    }));
    return { ...problemOf(new AppError("BAD_REQUEST"), request.id), errors };
  }
  if (isResponseSerializationError(error)) {
    request.log.error({ issues: error.cause.issues }, "an answer does not fit its contract");
    return problemOf(new AppError("INTERNAL"), request.id);
  }
  return problemOf(frameworkError(error), request.id);
}

function frameworkError(error: FastifyError | Error): AppError {
  const code = "code" in error ? error.code : "";
  const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
  if (code === "FST_REQ_FILE_TOO_LARGE" || status === 413) return new AppError("FILE_TOO_LARGE");
  if (isConnectionFault(code)) return new AppError("DATABASE_UNAVAILABLE");
  // A NUL in an address or a query: no text of ours has one.
  if (code === "22021")
    return new AppError("BAD_REQUEST", "It has a character that is not allowed.");
  if (status >= 400 && status < 500) return new AppError("BAD_REQUEST", error.message);
  return new AppError("INTERNAL");
}

const isConnectionFault = (code: string): boolean =>
  [
    "CONNECTION_CLOSED",
    "CONNECTION_DESTROYED",
    "CONNECTION_ENDED",
    "CONNECT_TIMEOUT",
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "53300",
    "57P01",
    "57P02",
    "57P03",
  ].includes(code);

/** A path of the page is answered by the page itself, which says so when there is nothing. */
export function answerNotFound(hasPage: boolean) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const isPage = hasPage && request.method === "GET" && !request.url.startsWith("/api/");
    if (isPage && (request.headers.accept ?? "").includes("text/html"))
      return reply.sendFile("index.html");
    throw new AppError("ROUTE_NOT_FOUND", `${request.method} ${request.url.split("?")[0]}`);
  };
}
