import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import { ControlDouble } from "../../test/support/control-double.ts";
import { quiet } from "../../test/support/worker-parts.ts";
import type { HeartbeatBody } from "../contract/worker-protocol.ts";
import { type Heartbeats, type HeartbeatsOptions, startHeartbeats } from "./heartbeats.ts";

const beat: HeartbeatBody = { bootId: "boot-0001", phase: "ready", leases: [], note: null };
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function start(url: string, rest: Partial<HeartbeatsOptions> = {}): Heartbeats {
  const heartbeats = startHeartbeats({
    url,
    who: { id: "container-1", token: "container-1" },
    everyMs: 20,
    body: beat,
    log: quiet,
    onDrain: () => undefined,
    onLost: () => undefined,
    onForgotten: () => undefined,
    onUnknown: () => undefined,
    ...rest,
  });
  ends.push(async () => heartbeats.kill());
  return heartbeats;
}

async function double(): Promise<ControlDouble> {
  const control = await new ControlDouble().start();
  ends.push(() => control.stop());
  return control;
}

/** Counts requests in a thread of its own, so that it answers while the test's thread stands still. */
const counting = `
  const { workerData, parentPort } = require("node:worker_threads");
  const beats = new Int32Array(workerData);
  const server = require("node:http").createServer((request, response) => {
    request.resume();
    Atomics.add(beats, 0, 1);
    Atomics.notify(beats, 0);
    response.end('{"drain":false,"lost":[]}');
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

it("go on while the main thread stands still", async () => {
  const shared = new SharedArrayBuffer(4);
  const beats = new Int32Array(shared);
  const server = new Worker(counting, { eval: true, workerData: shared });
  ends.push(() => server.terminate());
  const [port] = await once(server, "message");
  start(`http://127.0.0.1:${port}`);
  // This blocks the thread of the test outright until three beats have been counted elsewhere.
  for (let seen = 0; seen < 3; seen = Atomics.load(beats, 0)) {
    expect(Atomics.wait(beats, 0, seen, 10_000)).not.toBe("timed-out");
  }
});

it("carry the latest state, and tell a new phase at once", async () => {
  const control = await double();
  const heartbeats = start(control.url, { everyMs: 60_000 });
  await control.until(() => control.heartbeats.length === 1);
  heartbeats.update({ ...beat, leases: ["1-1"] }, false);
  heartbeats.update({ ...beat, phase: "draining", leases: ["1-1"] }, true);
  await control.until(() => control.heartbeats.length === 2);
  expect(control.heartbeats[1]).toEqual({ ...beat, phase: "draining", leases: ["1-1"] });
});

it("pass directives back: drain, lost leases, forgotten bytes, and an identity nobody knows", async () => {
  const control = await double();
  const heard: unknown[] = [];
  control.drain = true;
  control.drainSeconds = 90;
  control.lost.add("1-7");
  control.forgotten = [{ workspace: "default", sha256: "ab" }];
  const heartbeats = start(control.url, {
    body: { ...beat, leases: ["1-7", "1-8"] },
    onDrain: (seconds) => heard.push(seconds),
    onLost: (leases) => heard.push(leases),
    onForgotten: (files) => heard.push(files),
    onUnknown: (id) => heard.push(id),
  });
  await control.until(() => heard.length >= 3);
  expect(heard.slice(0, 3)).toEqual([["1-7"], control.forgotten, 90]);
  control.forget();
  await control.until(() => heard.includes("container-1"));
  heartbeats.identify({ id: "container-2", token: "container-2" });
});

it("say that a phase has been heard only once a beat with it is answered", async () => {
  const control = await double();
  const heartbeats = start(control.url, { everyMs: 60_000 });
  await control.until(() => control.heartbeats.length === 1);
  let open = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  control.fail(/heartbeat/, held);
  heartbeats.update({ ...beat, phase: "draining" }, true);
  const told = heartbeats.told("draining").then(() => control.heartbeats.length);
  open();
  expect(await told).toBe(2);
});

it("carry the bytes of a model that is pulled", async () => {
  const control = await double();
  const bytes = { done: 3_100_000_000, total: 8_000_000_000 };
  start(control.url, { body: { ...beat, phase: "pulling_model", bytes } });
  const first = await control.until(() => control.heartbeats[0]);
  expect(first.bytes).toEqual(bytes);
});

it("say when nobody answers, and recover by themselves", async () => {
  const control = await double();
  const heartbeats = start(control.url);
  await control.until(() => control.heartbeats.length > 0);
  control.fail(/heartbeat/, "INTERNAL", 3);
  await control.until(() => !heartbeats.state().ok);
  await control.until(() => heartbeats.state().ok);
});

it("end with one last beat, and never twice", async () => {
  const control = await double();
  const heartbeats = start(control.url);
  await control.until(() => control.heartbeats.length > 0);
  await heartbeats.stop({ ...beat, phase: "stopped" });
  await heartbeats.stop({ ...beat, phase: "stopped" });
  const phases = control.heartbeats.map(({ phase }) => phase);
  expect(phases.filter((phase) => phase === "stopped")).toHaveLength(1);
  expect(phases.at(-1)).toBe("stopped");
});
