import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ControlDouble } from "../../test/support/control-double.ts";
import { leaseOf, pagesOf, quiet } from "../../test/support/worker-parts.ts";
import { seededRandom } from "../lib/random.ts";
import { createControlClient } from "./control-client.ts";

let control: ControlDouble;
const life = new AbortController();

beforeEach(async () => {
  control = await new ControlDouble().start();
});
afterEach(() => control.stop());

function clientOf(options: { url?: string; registrationToken?: string; callMs?: number } = {}) {
  const known: string[] = [];
  const client = createControlClient({
    url: control.url,
    registrationToken: "registration",
    describe: () => ({
      protocol: 1,
      bootId: "boot-0001",
      pool: "vision",
      replica: 1,
      containerId: null,
      features: [],
      limits: { slots: 1, maxConcurrentPipelines: 3 },
      coordinationUrl: null,
      engine: { name: "extractive", model: null },
      gpu: null,
      pid: 1,
    }),
    onIdentity: ({ id }) => known.push(id),
    life: life.signal,
    random: seededRandom(7),
    log: quiet,
    ...options,
  });
  return { client, known };
}

const lease = leaseOf("visual_analysis", pagesOf("one"));
const body = { fraction: 0, done: 0, total: 1 };

it("registers once the control plane answers", async () => {
  control.fail(/containers$/, "reset");
  control.fail(/containers$/, "DATABASE_UNAVAILABLE");
  const { client, known } = clientOf();
  expect((await client.register(life.signal)).id).toBe("container-1");
  expect(known).toEqual(["container-1"]);
});

it("does not knock again after a refusal", async () => {
  const { client } = clientOf({ registrationToken: "wrong" });
  await expect(client.register(life.signal)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

it("registers once for all calls that find the container unknown", async () => {
  const { client } = clientOf();
  await client.register(life.signal);
  control.forget();
  const calls = [1, 2, 3].map(() => client.progress(lease, body, life.signal));
  expect(await Promise.all(calls)).toEqual(["ok", "ok", "ok"]);
  expect(control.registrations).toHaveLength(2);
});

it("gives a lost lease back as a value, at the first try", async () => {
  const { client } = clientOf();
  control.lost.add(lease.id);
  expect(await client.putPage(lease, 1, Buffer.from("x"), life.signal)).toBe("lost");
  expect(control.pages).toEqual([]);
});

it("repeats a write after faults, and gives up with SERVER_UNREACHABLE", async () => {
  const { client } = clientOf();
  control.fail(/pages/, "reset", 4);
  expect(await client.putPage(lease, 1, Buffer.from("x"), life.signal)).toBe("ok");
  control.fail(/pages/, "reset", 99);
  const given = client.putPage(lease, 2, Buffer.from("x"), life.signal);
  await expect(given).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
});

it("does not wait for an answer beyond its deadline", async () => {
  const { client } = clientOf({ callMs: 60 });
  await client.register(life.signal);
  let open = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  control.fail(/progress/, held);
  const told = client.progress(lease, body, life.signal);
  await expect(told).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
  open();
});

it("sends its token to the control plane and to nobody else", async () => {
  const seen: (string | undefined)[] = [];
  const bucket = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end("bytes");
  });
  bucket.listen(0, "127.0.0.1");
  await once(bucket, "listening");
  const { client } = clientOf();
  await client.register(life.signal);
  const url = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/signed`;
  const parts: Uint8Array[] = [];
  await client.download(url, life.signal, async (stream) => {
    for await (const part of stream) parts.push(part);
  });
  bucket.closeAllConnections();
  bucket.close();
  expect(Buffer.concat(parts).toString()).toBe("bytes");
  expect(seen).toEqual([undefined]);
});

it("tells the status of a refusal by somebody in between, who knows no codes of ours", async () => {
  const proxy = createServer((_request, response) => {
    response.statusCode = 413;
    response.end("<html>Request Entity Too Large</html>");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { client } = clientOf();
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/deck`;
  const refused = client.download(url, life.signal, async () => undefined);
  await expect(refused).rejects.toMatchObject({ code: "BAD_REQUEST", detail: "HTTP 413" });
  proxy.closeAllConnections();
  proxy.close();
});

it("asks for visual results and takes their absence as an answer", async () => {
  const { client } = clientOf();
  expect(await client.visualResults("abc", life.signal)).toBeNull();
  await client.saveVisualResults({ document: "abc", slides: [] }, life.signal);
  expect(await client.visualResults("abc", life.signal)).toEqual([]);
});

it("sends log lines once, and does not repeat them by itself", async () => {
  const { client } = clientOf();
  await client.register(life.signal);
  await client.sendLogs(["one", "two"], life.signal);
  control.fail(/logs/, "INTERNAL");
  await expect(client.sendLogs(["three"], life.signal)).rejects.toMatchObject({ code: "INTERNAL" });
  expect(control.logs).toEqual([["one", "two"]]);
});
