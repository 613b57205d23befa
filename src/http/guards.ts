import type { FastifyRequest } from "fastify";
import { AppError } from "../errors/app-error.ts";
import type { Caller } from "../services/access.ts";
import { sessionCookieIn } from "./session-cookie.ts";

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

/** Who asks. A key that is sent counts alone; else the session in the browser's cookie. Throws FORBIDDEN. */
export function callerOf(request: FastifyRequest): Caller {
  const key = bearerOf(request);
  const session = key === "" ? sessionCookieIn(request.headers) : "";
  // A browser sends its cookies whoever makes it ask.
  if (session !== "") guardOwnPage(request);
  return { key, session };
}

/**
 * Refuses what another site's page made a browser ask: `SameSite` lets through other ports and names beside ours. Proxies
 * may change `Host`, so what the browser says of itself comes first; it says so under TLS and on loopback only.
 */
export function guardOwnPage({ method, headers }: FastifyRequest): void {
  const reads = method === "GET" || method === "HEAD";
  const site = headers["sec-fetch-site"];
  const isOwn =
    site === undefined
      ? isOwnOrigin(headers.origin, headers.host, reads)
      : site === "same-origin" || (reads && site === "none");
  if (!isOwn) throw new AppError("FORBIDDEN", "This page may not call Pilotlight.");
}

/** Browsers name the origin of whatever may change something. */
function isOwnOrigin(origin: string | undefined, host: string | undefined, reads: boolean) {
  if (origin === undefined) return reads;
  return URL.canParse(origin) && new URL(origin).host === host;
}
