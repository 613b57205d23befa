import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { problem } from "../../contract/common.ts";
import { type SessionView, sessionBody, sessionView } from "../../contract/session.ts";
import type { Presence } from "../../services/access.ts";
import { callerOf, guardOwnPage } from "../guards.ts";
import type { HttpServices } from "../services.ts";
import { sessionCookie } from "../session-cookie.ts";

const path = "/api/session";
const response = { 200: sessionView, "4xx": problem, "5xx": problem };

/** How a browser signs in and out: its pictures, downloads and stream of events can send no header. */
export function sessionRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.addHook("onSend", async (_request, reply) => {
      reply.header("cache-control", "no-store");
    });
    app.get(path, {
      schema: { summary: "Whether a key is needed, and the workspace of who asks", response },
      handler: async (request) => viewOf(await services.access.presenceOf(callerOf(request))),
    });
    app.post(path, {
      schema: {
        summary: "Sign in with an API key; answers a cookie for this browser's session",
        description:
          "For pages of this server alone. The cookie holds no key, ends after seven days, and counts as long as its key does. Programs send the key itself: `Authorization: Bearer KEY`.",
        body: sessionBody,
        response,
      },
      handler: async (request, reply) => {
        guardOwnPage(request);
        const { session, ...presence } = await services.access.signIn(request.body.apiKey);
        if (session !== null) reply.header("set-cookie", sessionCookie(request.headers, session));
        return viewOf(presence);
      },
    });
    app.delete(path, {
      schema: { summary: "Sign out: the browser forgets its cookie", response },
      handler: async (request, reply) => {
        guardOwnPage(request);
        reply.header("set-cookie", sessionCookie(request.headers, null));
        return viewOf(await services.access.presenceOf(nobody(request)));
      },
    });
  };
  return routes as FastifyPluginAsync;
}

/** Whoever signs out has no session any more; a key that is sent still counts. */
const nobody = (request: FastifyRequest) => ({ ...callerOf(request), session: "" });

const viewOf = ({ expiresAtMs, ...presence }: Presence): SessionView => ({
  ...presence,
  expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
});
