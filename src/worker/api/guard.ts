import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { AppError } from "../../errors/app-error.ts";
import { isLoopback, type Settings } from "../settings.ts";

/**
 * Who may call. Bound to loopback: any program of this machine, but no web page (a page that had its
 * own name point here would send that name as Host). Bound to anything else: the container's token.
 */
export function guard({
  host,
  containerToken,
}: Pick<Settings, "host" | "containerToken">): (request: FastifyRequest) => void {
  const local = isLoopback(host);
  return (request) => {
    if (local) {
      if (isLoopback(request.hostname)) return;
      throw new AppError("FORBIDDEN", "Use the address of this machine itself.");
    }
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (given === undefined || containerToken === null || !same(given, containerToken)) {
      throw new AppError("UNAUTHORIZED");
    }
  };
}

/** Compared as digests: equal lengths, and no timing tells how much was right. */
function same(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
