import { randomInt } from "node:crypto";
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import type { EventView } from "../../contract/documents.ts";
import { AppError } from "../../errors/app-error.ts";
import type { FeedFilter, Subscriber } from "../../services/feed.ts";
import { hasLeft } from "../gone.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

/** An event and no comment: a page must be able to see that the line is dead. */
const pingMs = 5000;
/** A stream outlives the request that opened it: so often it is asked whether its reader may still read. */
const accessMs = 30_000;
const refusals = ["UNAUTHORIZED", "FORBIDDEN"];
/** Readers that were cut off together come back spread over this. */
const retryMs = { from: 1500, to: 2500 } as const;
/** A reader that does not read is let go rather than buffered without end. */
const bufferedBytesMax = 4 * 1024 * 1024;

/** Server-sent events out of the events table; `id:` is the row's, so a reconnect misses nothing. */
export function eventRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/workspaces/:workspace/events", {
      schema: {
        summary: "Changes as they happen (SSE); `Last-Event-ID` replays",
        params: z.object({ workspace: workspaceParam }),
        querystring: z.object({
          document: z.string().max(64).optional(),
          after: z.coerce.number().int().min(0).optional(),
        }),
        response: { "4xx": problem, "5xx": problem },
      },
      handler: async (request, reply) => {
        const caller = callerOf(request);
        const allowed = () => services.access.workspaceOf(caller, request.params.workspace);
        const filter = { workspace: await allowed(), document: request.query.document };
        const after = lastEventOf(request.headers["last-event-id"]) ?? request.query.after ?? null;
        await stream(services, reply, { filter, after, allowed });
      },
    });
  };
  return routes as FastifyPluginAsync;
}

/** What a reconnecting reader saw last; undefined when it says nothing, or nothing we ever said. */
function lastEventOf(header: string | string[] | undefined): number | undefined {
  const id = typeof header === "string" && /^\d+$/.test(header) ? Number(header) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}

interface Asked {
  readonly filter: FeedFilter;
  readonly after: number | null;
  /** Throws UNAUTHORIZED or FORBIDDEN once the reader's key or session counts no more. */
  readonly allowed: () => Promise<unknown>;
}

async function stream(
  services: HttpServices,
  reply: FastifyReply,
  { filter, after, allowed }: Asked,
): Promise<void> {
  reply.hijack();
  if (hasLeft(reply)) return;
  const raw = reply.raw;
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    connection: "keep-alive",
  });
  const write = (text: string): void => {
    if (raw.destroyed || raw.writableEnded) return;
    raw.write(text);
    if (raw.writableLength > bufferedBytesMax) raw.destroy();
  };
  write(`retry: ${randomInt(retryMs.from, retryMs.to)}\n\n`);
  const ping = setInterval(() => write("event: ping\ndata: {}\n\n"), pingMs);
  const recheck = setInterval(() => {
    allowed().catch((error: unknown) => {
      // A database that does not answer takes nobody's right away.
      if (error instanceof AppError && refusals.includes(error.code)) end();
    });
  }, accessMs);
  let leave: () => void = () => {};
  let closed = false;
  const stop = (): void => {
    closed = true;
    clearInterval(ping);
    clearInterval(recheck);
    leave();
  };
  // A reader that takes no byte keeps the connection: `close` may come long after.
  const end = (): void => {
    stop();
    raw.end();
  };
  raw.on("close", stop);
  // A broken connection is reported by `close`; without a listener it would end the process.
  raw.on("error", () => {});
  try {
    const reader = { ...subscriberFor(filter, write), isGone: () => closed };
    leave = await services.feed.subscribe(reader, after);
    if (closed) leave();
  } catch (error) {
    reply.log.error({ err: error }, "a stream could not start");
    end();
  }
}

function subscriberFor(filter: FeedFilter, write: (text: string) => void): Subscriber {
  return {
    filter,
    reset: () => write("event: reset\ndata: {}\n\n"),
    send(rows) {
      const text = rows.map(({ workspace: _workspace, xid: _xid, ...row }) => {
        const view: EventView = { ...row, at: row.at.toISOString() };
        return `id: ${row.id}\nevent: change\ndata: ${JSON.stringify(view)}\n\n`;
      });
      write(text.join(""));
    },
  };
}
