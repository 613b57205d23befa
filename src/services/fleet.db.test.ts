import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createTestContext,
  retryDefaults,
  type TestContext,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  doneOf,
  factsOf,
  submit,
} from "../../test/support/queue.ts";
import { referencePolicy } from "../core/autoscaler/policies/reference.ts";
import { scalingDefaults, scalingOf } from "../core/autoscaler/settings.ts";
import { poolNeeds } from "../core/fleet/needs.ts";
import { endContainer, heartbeat } from "../db/containers.ts";
import { applyMoves } from "../db/moves.ts";
import { AppError } from "../errors/app-error.ts";
import type { Service } from "../lib/service.ts";
import type { Provider, ReplicaSighting, ReplicaSpec } from "../providers/provider.ts";
import { createPlacer } from "./placer.ts";
import { createReconciler } from "./reconciler/reconciler.ts";
import { createRescuer } from "./rescuer.ts";
import { createScaler } from "./scaler.ts";

const installation = "inst";
const anywhere = { ...poolNeeds.vision, vramGb: 0, modelVramGb: 0 };

/** The port in memory: replicas are entries of a map, and a test ends them as it likes. */
class MemoryProvider implements Provider {
  readonly name = "memory";
  readonly billingQuantumMs = 0;
  readonly live = new Map<string, ReplicaSighting>();
  readonly starts: string[] = [];
  readonly stops: string[] = [];
  /** Names that cannot be started. */
  readonly broken = new Set<string>();
  most = 0;
  #exited: ReplicaSighting[] = [];

  async observe(): Promise<ReplicaSighting[]> {
    const exited = this.#exited;
    this.#exited = [];
    return [...this.live.values(), ...exited];
  }

  async apply(spec: ReplicaSpec, want: "running" | "stopped"): Promise<void> {
    if (want === "stopped") {
      if (!this.live.has(spec.name)) return;
      this.stops.push(spec.name);
      this.exit(spec.name, 0);
      return;
    }
    if (this.broken.has(spec.name)) throw new AppError("REPLICA_START_FAILED", "no capacity");
    if (this.live.has(spec.name)) return;
    this.starts.push(spec.name);
    this.show(spec.name, spec.pool, spec.replica);
  }

  async prices() {
    const machine = { gpu: null, gpus: 0, region: null, spot: false };
    return [{ ...machine, vramGb: null, microUsdPerHour: null, isAvailable: true }];
  }

  show(name: string, pool: string, replica: number, owner = installation): void {
    const sighting: ReplicaSighting = {
      name,
      installation: owner,
      pool,
      replica,
      state: "running",
      phase: null,
      trouble: null,
      providerRef: `ref-${this.starts.length}`,
      startedAtMs: 0,
      machine: null,
      exit: null,
    };
    this.live.set(name, sighting);
    this.most = Math.max(this.most, this.live.size);
  }

  exit(name: string, code: number): void {
    const sighting = this.live.get(name);
    this.live.delete(name);
    if (!sighting) return;
    this.#exited.push({ ...sighting, state: "exited", exit: { code, signal: null, logTail: "" } });
  }
}

let db: TestDatabase;
let context: TestContext;
let provider: MemoryProvider;
let loops: { scaler: Service & { tickOnce(): Promise<void> }; reconcile(): Promise<void> };
let lost = 0;
const ceiling = { replicasMax: 99, microUsdPerHourMax: 1e9 };

beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "one", [{ name: "a" }]);
  await activateGraph(db.sql, "both", [{ name: "a" }, { name: "b", pool: "text" }]);
});
afterAll(() => db.drop());

beforeEach(async () => {
  context = await createTestContext(db);
  provider = new MemoryProvider();
  lost = 0;
  ceiling.replicasMax = 99;
  const settings = scalingOf({
    ...scalingDefaults,
    vision_container_scaling: { ...scalingDefaults.vision_container_scaling, max_replicas: 2 },
  });
  const policy = referencePolicy(settings);
  const providers = [{ provider, kind: "local" }] as const;
  const needs = { vision: anywhere, text: anywhere };
  const placer = createPlacer(context, {
    ...{ providers, needs, localVramGb: null, expectedWorkMs: 1, microUsdPerHourMax: 1e9 },
  });
  const scaler = createScaler(context, {
    policy,
    placer,
    fixedProviders: [],
    mayAct: () => true,
    everyMs: 3_600_000,
    onWanted: () => {},
  });
  const reconciler = createReconciler(context, {
    installation,
    providers,
    placer,
    mayAct: () => true,
    everyMs: 3_600_000,
    calmMs: 0,
    startFor: ({ pool, replica }) => ({ env: { REPLICA: `${pool}-${replica}` }, secrets: {} }),
    maxReplicas: { vision: 2, text: 3 },
    ceiling,
    silentMsMax: 6_000,
    onLost: () => {
      lost += 1;
    },
  });
  // Starting a loop ticks once; stopping waits for that tick.
  const tickOnce = async (service: Service): Promise<void> => {
    await service.start();
    await service.stop();
  };
  loops = {
    scaler: { ...scaler, tickOnce: () => tickOnce(scaler) },
    reconcile: () => tickOnce(reconciler),
  };
});
afterEach(async () => {
  const rows = await db.sql<{ id: number }[]>`select id from pipelines where finished_at is null`;
  await applyMoves(
    db.sql,
    rows.map(({ id }) => ({ kind: "cancel", pipeline: id, by: "test" })),
  );
  await db.sql`update processing_servers set ended_at = now(), status = 'stopped' where ended_at is null`;
  await db.sql`truncate replicas, decisions`;
  await context.close();
});

/** Scale, then make it so; twice, since a change is seen by the next look only. */
async function settleDown(): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    await loops.scaler.tickOnce();
    await loops.reconcile();
  }
}
const rowsOf = () =>
  db.sql<{ name: string; phase: string; ended: boolean; failure: { code: string } | null }[]>`
    select pool || '-' || replica as name, phase, ended_at is not null as ended, failure from replicas order by id desc`;
const openRows = async () =>
  (await rowsOf())
    .filter((row) => !row.ended)
    .map((row) => `${row.name} ${row.phase}`)
    .sort();

describe("scaler and reconciler over a provider", () => {
  it("start a replica for a document, and nothing for none", async () => {
    await settleDown();
    expect(provider.starts).toEqual([]);
    await submit(db.sql, "one");
    await settleDown();
    expect(provider.starts).toEqual(["pl-inst-vision-1"]);
    expect(await openRows()).toEqual(["vision-1 provisioning"]);
    const decisions =
      await db.sql`select sentence, replica from decisions where action = 'start' order by id desc limit 1`;
    expect(decisions).toMatchObject([
      { replica: "vision-1", sentence: expect.stringMatching(/document waits/) },
    ]);
  });

  it("never run more than the most, however much waits", async () => {
    for (let n = 0; n < 30; n += 1) await submit(db.sql, "one");
    for (let n = 0; n < 4; n += 1) await settleDown();
    expect([...provider.live.keys()].sort()).toEqual(["pl-inst-vision-1", "pl-inst-vision-2"]);
    expect(provider.most).toBe(2);
    expect(provider.starts).toHaveLength(2);
  });

  it("stay the same when nothing changes, tick after tick", async () => {
    await submit(db.sql, "both");
    await settleDown();
    const before = [await rowsOf(), provider.starts.length, provider.stops.length];
    await settleDown();
    expect([await rowsOf(), provider.starts.length, provider.stops.length]).toEqual(before);
  });

  it("notice a replica that ended by itself, free its work, and start another", async () => {
    const { id } = await submit(db.sql, "one");
    await settleDown();
    const container = await addContainer(db.sql, { replica: 1 });
    await claimOne(db.sql, container);
    provider.exit("pl-inst-vision-1", 137);
    await loops.reconcile();
    expect(lost).toBe(1);
    const ended = (await rowsOf()).find((row) => row.ended)!;
    expect(ended).toMatchObject({
      name: "vision-1",
      phase: "failed",
      failure: { code: "CONTAINER_LOST" },
    });
    await createRescuer(context, { everyMs: 1000, retry: retryDefaults }).tick();
    expect((await factsOf(db.sql, id)).tasks).toEqual({ a: "ready" });
    await settleDown();
    expect(provider.starts).toEqual(["pl-inst-vision-1", "pl-inst-vision-1"]);
  });

  it("let a draining replica finish what it holds, then stop it as wanted", async () => {
    await submit(db.sql, "one");
    await settleDown();
    const container = await addContainer(db.sql, { replica: 1 });
    const lease = await claimOne(db.sql, container);
    await db.sql`update processing_servers set drain = true, drain_reason = 'test' where id = ${container}`;
    for (let n = 0; n < 3; n += 1) await loops.reconcile();
    expect(await openRows()).toEqual(["vision-1 draining"]);
    expect(provider.stops).toEqual([]);
    await applyMoves(db.sql, [doneOf(lease)]);
    for (let n = 0; n < 3; n += 1) await loops.reconcile();
    expect(provider.stops).toEqual(["pl-inst-vision-1"]);
    expect(await openRows()).toEqual([]);
    expect((await rowsOf())[0]).toMatchObject({ phase: "stopped", failure: null });
    const [row] =
      await db.sql`select ended_at is not null as ended from processing_servers where id = ${container}`;
    expect(row).toEqual({ ended: true });
  });

  it("do not start a draining replica again when its process is gone", async () => {
    await submit(db.sql, "one");
    await settleDown();
    const container = await addContainer(db.sql, { replica: 1 });
    await claimOne(db.sql, container);
    await db.sql`update processing_servers set drain = true where id = ${container}`;
    await loops.reconcile();
    // It vanished without its end being told. As long as its container is heard, nothing is believed.
    provider.live.clear();
    await loops.reconcile();
    expect(await openRows()).toEqual(["vision-1 draining"]);
    await endContainer(db.sql, "vision", 1, "silent");
    for (let n = 0; n < 2; n += 1) await loops.reconcile();
    expect(provider.starts).toHaveLength(1);
    expect(await openRows()).toEqual([]);
  });

  it("take over within one sweep what a restored database does not know, and stop it when it is not needed", async () => {
    provider.show("pl-inst-vision-1", "vision", 1);
    await loops.reconcile();
    expect(provider.stops).toEqual([]);
    expect(await openRows()).toEqual(["vision-1 booting"]);
    const container = await addContainer(db.sql, { replica: 1 });
    await heartbeat(db.sql, container, { phase: "ready", note: null, ttlMs: 3_600_000 });
    await settleDown();
    context.advance(310_000);
    await settleDown();
    expect(provider.stops).toEqual(["pl-inst-vision-1"]);
    expect(await openRows()).toEqual([]);
  });

  it("stop what runs without being wanted, and never touch another installation's", async () => {
    provider.show("pl-inst-vision-9", "vision", 9);
    provider.show("pl-theirs-vision-1", "vision", 1, "theirs");
    for (let n = 0; n < 2; n += 1) await loops.reconcile();
    expect(provider.stops).toEqual(["pl-inst-vision-9"]);
    expect([...provider.live.keys()]).toEqual(["pl-theirs-vision-1"]);
  });

  it("replace a replica that does not become ready in time", async () => {
    await submit(db.sql, "one");
    await settleDown();
    context.advance(170_000);
    await settleDown();
    expect(provider.stops).toEqual([]);
    context.advance(20_000);
    await settleDown();
    await settleDown();
    expect(provider.stops).toContain("pl-inst-vision-1");
    expect(provider.starts.length).toBeGreaterThan(1);
    const sentences =
      await db.sql`select sentence from decisions where rule = 'startup-timeout' and replica = 'vision-1'`;
    expect(sentences[0]!.sentence).toMatch(
      /vision-1 stopped: still provisioning .* the limit is 180 s/,
    );
    expect(provider.most).toBeLessThanOrEqual(2);
  });

  it("keep a replica that is ready, and stop it after its delay without work", async () => {
    const { id } = await submit(db.sql, "one");
    await settleDown();
    const container = await addContainer(db.sql, { replica: 1 });
    await heartbeat(db.sql, container, { phase: "ready", note: null, ttlMs: 3_600_000 });
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, container))]);
    expect((await factsOf(db.sql, id)).state).toBe("done");
    await settleDown();
    context.advance(290_000);
    await settleDown();
    expect(provider.stops).toEqual([]);
    context.advance(20_000);
    await settleDown();
    expect(provider.stops).toEqual(["pl-inst-vision-1"]);
    expect(await openRows()).toEqual([]);
  });

  it("start what they can when one replica cannot be started, and say why it could not", async () => {
    provider.broken.add("pl-inst-text-1");
    provider.broken.add("pl-inst-vision-1");
    for (let n = 0; n < 30; n += 1) await submit(db.sql, "both");
    await loops.scaler.tickOnce();
    await loops.reconcile();
    expect(provider.starts).toContain("pl-inst-vision-2");
    expect(provider.starts).toContain("pl-inst-text-2");
    const failed = (await rowsOf()).filter((row) => row.phase === "failed");
    expect(failed.map((row) => [row.name, row.failure?.code]).sort()).toEqual([
      ["text-1", "REPLICA_START_FAILED"],
      ["vision-1", "REPLICA_START_FAILED"],
    ]);
  });

  it("never order more than the hard ceiling, whoever wants more, and say what was refused", async () => {
    ceiling.replicasMax = 1;
    for (let n = 0; n < 30; n += 1) await submit(db.sql, "both");
    for (let n = 0; n < 3; n += 1) await settleDown();
    expect(provider.most).toBe(1);
    const refused = await db.sql<{ sentence: string }[]>`
      select sentence from decisions where action = 'refuse' order by id limit 1`;
    expect(refused[0]?.sentence).toMatch(/^\w+-\d refused: .*1/);
    expect((await rowsOf()).some(({ failure }) => failure?.code === "FLEET_CEILING")).toBe(true);
  });

  it("lose nothing when the provider does not answer for a while", async () => {
    await submit(db.sql, "one");
    await loops.scaler.tickOnce();
    const { observe } = provider;
    provider.observe = () => Promise.reject(new Error("away"));
    await loops.reconcile();
    expect(await openRows()).toEqual(["vision-1 requested"]);
    provider.observe = observe;
    await loops.reconcile();
    expect(provider.starts).toEqual(["pl-inst-vision-1"]);
  });
});
