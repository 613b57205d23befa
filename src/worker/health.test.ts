import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tinyEngine } from "../../test/support/worker-parts.ts";
import { containerHealth } from "../contract/worker-protocol.ts";
import { seededRandom } from "../lib/random.ts";
import { type HealthParts, readHealth } from "./health.ts";
import { createSlots } from "./slots.ts";

const settings = {
  pool: "text",
  replica: 2,
  slots: 2,
  visionUrl: null,
  containerToken: null,
} as const;
let life: AbortController;
beforeEach(() => {
  life = new AbortController();
});
afterEach(() => life.abort());

const health = async (given: Partial<HealthParts> = {}) =>
  containerHealth.parse(
    await readHealth({
      settings,
      engine: tinyEngine(),
      slots: createSlots(2),
      phase: "ready",
      phaseSinceMs: Date.parse("2026-11-23T10:00:00Z"),
      note: null,
      controlPlane: { ok: true, detail: null },
      running: [],
      life: life.signal,
      random: seededRandom(1),
      ...given,
    }),
  );

const silent = { ok: false, detail: "ENGINE_UNREACHABLE" };

describe("the health of a container", () => {
  it("names pool, phase and since when", async () => {
    expect(await health()).toMatchObject({
      status: "ok",
      reason: null,
      pool: "text",
      replica: 2,
      phase: "ready",
      phaseSince: "2026-11-23T10:00:00.000Z",
      queue: { slots: 2, running: 0, free: 2 },
      dependencies: { engine: { ok: true }, control_plane: { ok: true } },
    });
  });

  it("puts the tasks it holds under their pipelines, with how long they stand still", async () => {
    const task = (name: string, stalledSeconds: number) => ({
      ...{ task: name, fraction: 0.5, seconds: 9, stalledSeconds },
    });
    const running = [
      { pipeline: "one", ...task("a", 1) },
      { pipeline: "two", ...task("a", 2) },
      { pipeline: "one", ...task("b", 3) },
    ];
    expect((await health({ running })).pipelines).toEqual([
      { pipeline: "one", tasks: [task("a", 1), task("b", 3)] },
      { pipeline: "two", tasks: [task("a", 2)] },
    ]);
  });

  it.each([
    ["ready", true, "ok"],
    ["loading", true, "starting"],
    ["draining", true, "draining"],
    ["draining", false, "draining"],
    ["ready", false, "unhealthy"],
    ["failed", true, "unhealthy"],
  ] as const)("%s with an engine that answers (%s) is %s", async (phase, ok, status) => {
    const engine = { ...tinyEngine(), healthy: async () => (ok ? { ok, detail: null } : silent) };
    const found = await health({
      phase,
      engine,
      note: phase === "failed" ? "MODEL_NOT_FOUND" : null,
    });
    expect(found.status).toBe(status);
    expect(found.reason === null).toBe(status !== "unhealthy");
    if (phase === "failed") expect(found.reason).toBe("MODEL_NOT_FOUND");
    if (phase === "ready" && !ok) expect(found.reason).toContain("ENGINE_UNREACHABLE");
  });

  it("is busy while every slot is taken", async () => {
    const slots = createSlots(1);
    slots.take();
    expect((await health({ slots })).status).toBe("busy");
  });

  it("counts an engine that throws as one that does not answer", async () => {
    const engine = { ...tinyEngine(), healthy: () => Promise.reject(new Error("broke")) };
    expect((await health({ engine })).dependencies.engine).toEqual({ ok: false, detail: "broke" });
  });

  it("asks the vision container that text may ask, and only where one is named", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const visionUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const named = { ...settings, visionUrl, containerToken: "a token of this container" };
    const up = await health({ settings: named });
    expect(up.dependencies.vision_container).toEqual({ ok: true, detail: null });
    expect(asked).toEqual(["/api/health Bearer a token of this container"]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const down = await health({ settings: named });
    expect([down.dependencies.vision_container?.ok, down.status]).toEqual([false, "ok"]);
    expect((await health()).dependencies).not.toHaveProperty("vision_container");
  });
});
