import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createTestContext,
  retryDefaults,
  type TestContext,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  createTestFleet,
  type MemoryProvider,
  type TestFleet,
} from "../../test/support/memory-fleet.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  doneOf,
  factsOf,
  submit,
} from "../../test/support/queue.ts";
import { endContainer, heartbeat } from "../db/containers.ts";
import { applyMoves } from "../db/moves.ts";
import { createRescuer } from "./rescuer.ts";

let db: TestDatabase;
let context: TestContext;
let provider: MemoryProvider;
let fleet: TestFleet;

beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "one", [{ name: "a" }]);
  await activateGraph(db.sql, "both", [{ name: "a" }, { name: "b", pool: "text" }]);
});
afterAll(() => db.drop());

beforeEach(async () => {
  context = await createTestContext(db);
  fleet = await createTestFleet(context);
  provider = fleet.provider;
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

const settleDown = () => fleet.settleDown();
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
    await fleet.reconcile();
    expect(fleet.lost()).toBe(1);
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
    for (let n = 0; n < 3; n += 1) await fleet.reconcile();
    expect(await openRows()).toEqual(["vision-1 draining"]);
    expect(provider.stops).toEqual([]);
    await applyMoves(db.sql, [doneOf(lease)]);
    for (let n = 0; n < 3; n += 1) await fleet.reconcile();
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
    await fleet.reconcile();
    // It vanished without its end being told. As long as its container is heard, nothing is believed.
    provider.live.clear();
    await fleet.reconcile();
    expect(await openRows()).toEqual(["vision-1 draining"]);
    await endContainer(db.sql, "vision", 1, "silent");
    for (let n = 0; n < 2; n += 1) await fleet.reconcile();
    expect(provider.starts).toHaveLength(1);
    expect(await openRows()).toEqual([]);
  });

  it("take over within one sweep what a restored database does not know, and stop it when it is not needed", async () => {
    provider.show("pl-inst-vision-1", "vision", 1);
    await fleet.reconcile();
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
    for (let n = 0; n < 2; n += 1) await fleet.reconcile();
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
    await fleet.scale();
    await fleet.reconcile();
    expect(provider.starts).toContain("pl-inst-vision-2");
    expect(provider.starts).toContain("pl-inst-text-2");
    const failed = (await rowsOf()).filter((row) => row.phase === "failed");
    expect(failed.map((row) => [row.name, row.failure?.code]).sort()).toEqual([
      ["text-1", "REPLICA_START_FAILED"],
      ["vision-1", "REPLICA_START_FAILED"],
    ]);
  });

  it("never order more than the hard ceiling, whoever wants more, and say what was refused", async () => {
    fleet.ceiling.replicasMax = 1;
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
    await fleet.scale();
    const { observe } = provider;
    provider.observe = () => Promise.reject(new Error("away"));
    await fleet.reconcile();
    expect(await openRows()).toEqual(["vision-1 requested"]);
    provider.observe = observe;
    await fleet.reconcile();
    expect(provider.starts).toEqual(["pl-inst-vision-1"]);
  });
});
