import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ControlDouble } from "../../test/support/control-double.ts";
import { slideOf } from "../../test/support/slides.ts";
import {
  fakePdf,
  gate,
  leaseOf,
  pagesOf,
  quiet,
  seeing,
  sha256,
  type TinyEngineOptions,
  tinyEngine,
  tinyPack,
} from "../../test/support/worker-parts.ts";
import { containerHealth } from "../contract/worker-protocol.ts";
import { AppError } from "../errors/app-error.ts";
import { systemClock } from "../lib/clock.ts";
import { seededRandom } from "../lib/random.ts";
import { type Container, startContainer } from "./container.ts";
import { createLogLines, type LogLines } from "./log-lines.ts";
import { readSettings } from "./settings.ts";

const deck = pagesOf("Aurelia makes stents that dissolve", "We ask for 4 million euros today");

let control: ControlDouble;
let workDir: string;
let container: Container;
let logLines: LogLines;

beforeEach(async () => {
  control = await new ControlDouble().start();
  control.documents.set(sha256(deck), deck);
  workDir = await mkdtemp(join(tmpdir(), "container-"));
  logLines = createLogLines();
});
afterEach(async () => {
  container.drain("test ends");
  await container.ended;
  await control.stop();
  await rm(workDir, { recursive: true });
});

interface Options extends TinyEngineOptions {
  readonly token?: string;
  readonly env?: Record<string, string>;
}

async function start(options: Options = {}) {
  const engine = tinyEngine(options);
  container = await startContainer({
    settings: readSettings({
      PILOTLIGHT_POOL: "shared",
      PILOTLIGHT_REPLICA: "2",
      PILOTLIGHT_CONTROL_URL: control.url,
      PILOTLIGHT_REGISTRATION_TOKEN: options.token ?? "registration",
      PILOTLIGHT_DRAIN_SECONDS: "3",
      ...options.env,
    }),
    engine,
    openPdf: fakePdf().openPdf,
    taskPack: async () => tinyPack,
    workDir,
    bootId: "boot-0001",
    pid: 4711,
    clock: systemClock,
    random: seededRandom(5),
    log: quiet,
    logLines,
  });
  return { engine };
}

const phases = (): string[] => [...new Set(control.heartbeats.map((beat) => beat.phase))];

it("registers, tells its phases, works, and says goodbye when drained", async () => {
  await start({
    load: async (tell) => {
      tell({ phase: "pulling_model", note: "3.1 of 8.0 GB" });
      await control.until(() => phases().includes("pulling_model"));
      tell({ phase: "canary", note: null });
      await control.until(() => phases().includes("canary"));
    },
  });
  const lease = leaseOf("visual_analysis", deck);
  control.give(lease);
  const outcome = await control.until(() => control.settled.get(lease.id));
  expect(outcome).toMatchObject({ kind: "done" });
  expect(control.registrations[0]).toMatchObject({
    bootId: "boot-0001",
    pool: "shared",
    replica: 2,
    pid: 4711,
    coordinationUrl: container.url,
    features: expect.arrayContaining(["visual_analysis", "vision", "engine:ollama", "model:tiny"]),
  });
  container.drain("test");
  expect(await container.ended).toBe(0);
  expect(phases().at(0)).toBe("booting");
  expect(phases()).toEqual(
    expect.arrayContaining(["pulling_model", "canary", "ready", "draining"]),
  );
  expect(control.heartbeats.at(-1)).toMatchObject({ phase: "stopped", leases: [] });
  const pulling = control.heartbeats.find((beat) => beat.phase === "pulling_model");
  expect(pulling?.note).toBe("3.1 of 8.0 GB");
});

it("stops a hung task whose lease the heartbeat reports lost", async () => {
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let ended: unknown;
  await start({
    see: (_, signal) => {
      begin();
      signal.addEventListener("abort", () => {
        ended = signal.reason;
      });
      return new Promise(() => undefined);
    },
  });
  const lease = leaseOf("visual_analysis", deck);
  control.give(lease);
  await begun;
  control.lost.add(lease.id);
  await control.until(() => ended);
  expect(ended).toMatchObject({ code: "LEASE_LOST" });
  expect(control.settled.size).toBe(0);
});

it("drains when the control plane says so, and closes the engine", async () => {
  const { engine } = await start();
  await control.until(() => phases().includes("ready"));
  control.drain = true;
  expect(await container.ended).toBe(0);
  expect(engine.closed).toBe(true);
  await expect(fetch(`${container.url}/api/health`)).rejects.toThrow();
});

/** One task under way that waits for a sign. */
async function holding(options: Options = {}) {
  const [begun, go] = [gate(), gate()];
  await start({
    see: async (request) => {
      begun.open();
      await go.opened;
      return await seeing(request);
    },
    ...options,
  });
  const lease = leaseOf("visual_analysis", deck);
  control.give(lease);
  await begun.opened;
  return { lease, finish: go.open };
}

const heldPipelines = async (): Promise<number> =>
  containerHealth.parse(await (await fetch(`${container.url}/api/health`)).json()).pipelines.length;

it("says that it drains before it settles or asks again, and finishes what its results free", async () => {
  const { lease, finish } = await holding({ env: { PILOTLIGHT_DRAIN_SECONDS: "60" } });
  const next = leaseOf("slide_feedback", deck);
  control.frees.set(lease.id, [next]);
  const heard = gate();
  control.fail(/heartbeat/, heard.opened);
  container.drain("SIGTERM");
  finish();
  await expect.poll(heldPipelines).toBe(0);
  // A call that leaves now arrives after one that had left before.
  await fetch(control.url);
  expect([control.settled.size, phases().includes("draining")]).toEqual([0, false]);
  heard.open();
  await control.until(() => control.settled.has(lease.id));
  expect(phases()).toContain("draining");
  // Another order by signal neither shortens this one nor breaks it.
  container.drain("SIGTERM");
  expect(await container.ended).toBe(0);
  expect(control.settled.get(next.id)).toMatchObject({ kind: "done" });
  const settling = control.requests.find(({ settle }) => settle.length > 0);
  expect(settling?.waitSeconds).toBe(0);
});

it("drains within the seconds the control plane names, the first time it says so", async () => {
  const { lease } = await holding();
  control.drainSeconds = 0;
  control.drain = true;
  expect(await container.ended).toBe(0);
  expect(control.settled.get(lease.id)).toEqual({ kind: "released" });
});

it("takes its time when the control plane names no seconds, until a signal presses", async () => {
  const { lease } = await holding();
  control.drain = true;
  await control.until(() => phases().includes("draining"));
  const beats = control.heartbeats.length;
  await control.until(() => control.heartbeats.length > beats + 2);
  expect(control.settled.size).toBe(0);
  container.drain("SIGTERM");
  expect(await container.ended).toBe(0);
  expect(control.settled.get(lease.id)).toEqual({ kind: "released" });
});

it("drops what it keeps of a deleted document, by whatever way that came", async () => {
  const { engine } = await start();
  await control.until(() => phases().includes("ready"));
  const document = sha256(deck);
  const send = (path: string, body: object): Promise<Response> =>
    fetch(container.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ document, ...body }),
    });
  await send("/api/cache/visual-results", { slides: [slideOf(1, "Aurelia makes stents")] });
  await send("/api/results/save", { task: "slide_feedback", result: { slides: [] } });
  control.cached.clear();
  const kept = ["/api/cache/visual-analysis", "/api/results"].map(
    (path) => `${container.url}${path}?document=${document}`,
  );
  const found = async (): Promise<number[]> =>
    Promise.all(kept.map(async (url) => (await fetch(url)).status));
  expect(await found()).toEqual([200, 200]);
  expect(engine.forgot).toBe(false);
  control.forgotten = [{ workspace: "default", sha256: document }];
  await expect.poll(found).toEqual([404, 404]);
  expect(engine.forgot).toBe(true);
});

it("names the run it was started for", async () => {
  await start({ env: { PILOTLIGHT_RUN: "4711" } });
  await control.until(() => control.registrations.length > 0);
  expect(control.registrations[0]?.run).toBe(4711);
});

it("sends what its log says, the last lines before it ends", async () => {
  await start();
  await control.until(() => phases().includes("ready"));
  logLines.add('{"msg":"last words"}\n');
  container.drain("test");
  await container.ended;
  expect(control.logs.flat()).toEqual(['{"msg":"last words"}']);
});

it("registers again when its heartbeat is not known any more", async () => {
  await start();
  await control.until(() => phases().includes("ready"));
  control.forget();
  await control.until(() => control.registrations.length === 2);
  const before = control.heartbeats.length;
  await control.until(() => control.heartbeats.length > before + 1);
  expect(control.registrations).toHaveLength(2);
});

it("ends with 1 and says why when the engine cannot be loaded", async () => {
  await start({
    load: async () => {
      throw new AppError("MODEL_NOT_FOUND", "tiny");
    },
  });
  expect(await container.ended).toBe(1);
  expect(control.heartbeats.at(-1)).toMatchObject({
    phase: "failed",
    note: "MODEL_NOT_FOUND: tiny",
  });
});

it("ends with 1 when the control plane refuses it", async () => {
  await start({ token: "wrong" });
  expect(await container.ended).toBe(1);
});

it("can be drained while it still loads", async () => {
  await start({
    load: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  await control.until(() => control.heartbeats.length > 0);
  container.drain("test");
  expect(await container.ended).toBe(0);
});
