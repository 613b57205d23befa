import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyReply } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { goneSignal, hasLeft } from "./gone.ts";

const server = createServer();
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await once(server, "close");
});

/** A caller that waits for its answer, and what the server has of it. */
async function caller() {
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: "127.0.0.1", agent: false });
  asked.on("error", () => {});
  asked.end();
  const [incoming, raw] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  const reply = { raw, request: { raw: incoming } } as unknown as FastifyReply;
  return { asked, raw, reply };
}

it("tells of a caller that leaves before its answer", async () => {
  const { asked, raw, reply } = await caller();
  const signal = goneSignal(reply);
  expect([signal.aborted, hasLeft(reply)]).toEqual([false, false]);
  asked.destroy();
  await once(raw, "close");
  expect([signal.aborted, hasLeft(reply)]).toEqual([true, true]);
});

it("tells of a caller that had left before anybody listened", async () => {
  const { asked, raw, reply } = await caller();
  asked.destroy();
  await once(raw, "close");
  expect([goneSignal(reply).aborted, hasLeft(reply)]).toEqual([true, true]);
});

it("does not call a caller gone that got its answer", async () => {
  const { raw, reply } = await caller();
  const signal = goneSignal(reply);
  raw.end("answer");
  await once(raw, "close");
  expect(signal.aborted).toBe(false);
});
