import type { FastifyRequest } from "fastify";
import { AppError } from "../errors/app-error.ts";

const loopbackHosts = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/**
 * Without keys, being on this machine is the only proof there is. A foreign page in the same browser
 * must not pass for it: neither by a name that resolves to 127.0.0.1, nor by a form it posts here.
 */
export async function guardLoopback(request: FastifyRequest): Promise<void> {
  if (!loopbackHosts.test(request.headers.host ?? "")) {
    throw new AppError("FORBIDDEN", "Use http://localhost, or set apiKeys to listen elsewhere.");
  }
  const origin = request.headers.origin;
  if (origin !== undefined && origin !== `http://${request.headers.host}`) {
    throw new AppError("FORBIDDEN", "This page may not call Pilotlight.");
  }
}

/** The bearer token, or "" when there is none. */
export function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization ?? "";
  return header.startsWith("Bearer ") ? header.slice(7).trim() : "";
}
