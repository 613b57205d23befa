import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem } from "../../contract/common.ts";
import {
  heartbeatAnswer,
  heartbeatBody,
  type Lease,
  leasesAnswer,
  leasesBody,
  logsBody,
  protocolVersion,
  registerAnswer,
  registerBody,
} from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Grant } from "../../services/leases.ts";
import { goneSignal } from "../gone.ts";
import { bearerOf } from "../guards.ts";
import { leaseText, parseLease } from "../lease-key.ts";
import type { HttpServices } from "../services.ts";

const byId = z.object({ id: z.string().min(1).max(128) });
const failing = { "4xx": problem, "5xx": problem };

/** The worker protocol: register, heartbeat, lease, logs. */
export function containerRoutes(services: HttpServices): FastifyPluginAsync {
  const known = async (request: FastifyRequest, id: string) => {
    const container = await services.containers.authenticate(bearerOf(request));
    if (container.id !== id) throw new AppError("CONTAINER_UNKNOWN");
    return container;
  };
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.post("/api/containers", {
      schema: {
        summary: "Register a container",
        body: registerBody,
        response: { 201: registerAnswer, ...failing },
      },
      handler: async (request, reply) => {
        const { id, token } = await services.containers.register(bearerOf(request), request.body);
        return reply.status(201).send({
          id,
          token,
          protocol: protocolVersion,
          heartbeatSeconds: services.timings.heartbeatMs / 1000,
          pollSeconds: services.timings.pollMs / 1000,
        });
      },
    });

    app.post("/api/containers/:id/heartbeat", {
      schema: {
        summary: "Report phase and load; hear directives",
        params: byId,
        body: heartbeatBody,
        response: { 200: heartbeatAnswer, ...failing },
      },
      handler: async (request) => {
        const container = await known(request, request.params.id);
        const { leases, ...rest } = request.body;
        const beat = { ...rest, leases: leases.map(parseLease) };
        const { lost, ...told } = await services.containers.heartbeat(container, beat);
        return { ...told, lost: lost.map(leaseText) };
      },
    });

    app.post("/api/containers/:id/leases", {
      schema: {
        summary: "Settle and lease in one call; waits for work",
        params: byId,
        body: leasesBody,
        response: { 200: leasesAnswer, ...failing },
      },
      handler: async (request, reply) => {
        const caller = await known(request, request.params.id);
        const { capacity, waitSeconds, settle, bootId, reader = null } = request.body;
        if (bootId !== caller.bootId) throw new AppError("CONTAINER_UNKNOWN");
        const container = await services.containers.tellReader(caller, reader);
        const settlements = settle.map((entry) => ({
          key: parseLease(entry.lease),
          outcome: entry.outcome,
        }));
        const waitMs = Math.min(waitSeconds * 1000, services.timings.pollMs);
        const { accepted, grants } = await services.leases.lease(
          container,
          { capacity, waitMs, settle: settlements },
          // So that no lease is handed to nobody.
          goneSignal(reply),
        );
        return {
          settled: settle.map((entry, index) => ({
            lease: entry.lease,
            accepted: accepted[index] ?? false,
            code: accepted[index] ? null : ("LEASE_LOST" as const),
          })),
          leases: grants.map(leaseOf),
        };
      },
    });

    app.post("/api/containers/:id/logs", {
      schema: {
        summary: "Recent log lines",
        params: byId,
        body: logsBody,
        response: { 204: z.null(), ...failing },
      },
      handler: async (request, reply) => {
        const container = await known(request, request.params.id);
        await services.containers.log(container, request.body.lines);
        return reply.status(204).send(null);
      },
    });
  };
  return routes as FastifyPluginAsync;
}

function leaseOf({ claimed, pack, finished, handoff, upstream }: Grant): Lease {
  const id = leaseText(claimed);
  return {
    id,
    task: claimed.task,
    layer: claimed.layer,
    workspace: claimed.workspace,
    pipeline: claimed.pipeline,
    generation: claimed.generation,
    attempt: claimed.attempt,
    deadline: claimed.deadlineAt.toISOString(),
    timeoutSeconds: claimed.timeoutMs / 1000,
    stallSeconds: claimed.stallMs / 1000,
    document: {
      id: claimed.document,
      name: claimed.name,
      sha256: claimed.sha256,
      bytes: claimed.bytes,
      pages: claimed.pages,
      url: `/api/leases/${id}/document`,
    },
    pack,
    finished,
    handoff: handoff as Lease["handoff"],
    upstream: upstream as Lease["upstream"],
  };
}
