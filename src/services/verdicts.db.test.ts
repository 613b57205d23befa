import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestContext, type TestContext } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { createFleetStory, type FleetStory } from "../../test/support/fleet-story.ts";
import { createTestFleet } from "../../test/support/memory-fleet.ts";
import { addContainer, claimOne, doneOf, submit } from "../../test/support/queue.ts";
import { heartbeat } from "../db/containers.ts";
import { listDecisions } from "../db/fleet.ts";
import { applyMoves } from "../db/moves.ts";
import { createVerdicts } from "./verdicts.ts";

let db: TestDatabase;
let context: TestContext;
let story: FleetStory;
beforeAll(async () => {
  db = await createTestDatabase();
  story = await createFleetStory(db);
});
afterAll(() => db.drop());
beforeEach(async () => {
  context = await createTestContext(db);
});
afterEach(async () => {
  await story.clear();
  await context.close();
});

const decide: FleetStory["decide"] = (seconds, told) => story.decide(seconds, told);
const addRun: FleetStory["addRun"] = (run) => story.addRun(run);
const addDocument: FleetStory["addDocument"] = (times) => story.addDocument(times);

const verdictsOf = async () => {
  const rows = await listDecisions(db.sql, { limit: 50 });
  return rows.toReversed().map(({ verdict }) => verdict);
};
const settle = () => createVerdicts(context, { everyMs: 60_000, pageRows: 2 }).tick();

describe("a start gets its verdict", () => {
  it("on time", async () => {
    await decide(0);
    await addRun({ requested: 0.1, ready: 100, worked: 110 });
    await addDocument({ uploaded: 0, textNeeded: 108, textStarted: 110 });
    expect(await settle()).toBe(1);
    expect(await verdictsOf()).toEqual([
      { kind: "on-time", seconds: 0, microUsd: 0, documents: 0, waitSeconds: 0 },
    ]);
  });

  it("early, with the idle time and what it cost", async () => {
    await decide(0);
    await addRun({ requested: 0.1, ready: 100, worked: 400 });
    await addDocument({ uploaded: 0, textNeeded: 399, textStarted: 400 });
    await settle();
    expect(await verdictsOf()).toMatchObject([{ kind: "early", seconds: 300, microUsd: 300_000 }]);
  });

  it("late, with the documents that waited", async () => {
    await decide(50);
    await addRun({ requested: 50.1, ready: 200, worked: 200 });
    await addDocument({ uploaded: 0, textNeeded: 40, textStarted: 200 });
    await addDocument({ uploaded: 5, textNeeded: 100, textStarted: 230 });
    await addDocument({ uploaded: 6, textNeeded: 205, textStarted: 260 });
    await settle();
    expect(await verdictsOf()).toMatchObject([
      { kind: "late", seconds: 160, microUsd: 0, documents: 2, waitSeconds: 260 },
    ]);
  });

  it("late only since its decision, where another replica was there", async () => {
    await addRun({ requested: -900, ready: -800, worked: -800, replica: 2 });
    await decide(150);
    await addRun({ requested: 150.1, ready: 200, worked: 200 });
    await addDocument({ uploaded: 0, textNeeded: 40, textStarted: 200 });
    await settle();
    expect(await verdictsOf()).toMatchObject([{ kind: "late", seconds: 50 }]);
  });

  it("late since the need, where another one was started in the same moment only", async () => {
    await decide(150, { tick: 7 });
    await addRun({ requested: 150.1, ready: 200, worked: 200 });
    await decide(150.2, { tick: 7, replica: "text-2" });
    await addRun({ requested: 150.3, ready: 210, worked: 210, replica: 2 });
    await addDocument({ uploaded: 0, textNeeded: 40, textStarted: 200 });
    await addDocument({ uploaded: 0, textNeeded: 50, textStarted: 210 });
    await settle();
    expect(await verdictsOf()).toMatchObject([
      { kind: "late", seconds: 160, documents: 2 },
      { kind: "late", seconds: 160, documents: 1 },
    ]);
  });

  it("unused or failed, when it ended before it worked", async () => {
    await decide(0);
    await addRun({ requested: 0.1, ready: 100, ended: 500 });
    await decide(600);
    await addRun({ requested: 600.1, ended: 700, failed: true });
    await settle();
    const verdicts = await verdictsOf();
    expect(verdicts).toMatchObject([{ kind: "unused" }, { kind: "failed" }]);
    expect(verdicts[0]?.seconds).toBeCloseTo(499.9);
    expect(verdicts[1]?.microUsd).toBeCloseTo(99_900);
  });

  it("failed, when it led to no run, and the run of a later start is not taken for its own", async () => {
    await decide(0);
    await decide(10);
    await addRun({ requested: 10.1, ready: 60, worked: 60 });
    await settle();
    expect(await verdictsOf()).toMatchObject([
      { kind: "failed", microUsd: 0 },
      { kind: "on-time" },
    ]);
  });

  it("none while it lives and has not worked", async () => {
    await decide(0);
    await addRun({ requested: 0.1, ready: 100 });
    expect(await settle()).toBe(0);
    expect(await verdictsOf()).toEqual([null]);
  });
});

describe("stops and holds", () => {
  it("are judged by the next start: too soon before break-even, right after it", async () => {
    await addRun({ requested: -500, ready: -400, worked: -400, ended: 5 });
    await decide(0, { action: "stop", rule: "idle" });
    await decide(40);
    await addRun({ requested: 40.1, ready: 140, worked: 140, ended: 200 });
    await decide(190, { action: "stop", rule: "idle" });
    await settle();
    // A start takes 100 s; a waiting document is worth $3.20 an hour, the replica costs $3.60.
    expect(await verdictsOf()).toMatchObject([
      { kind: "too-soon", microUsd: 60_000 },
      { kind: "on-time" },
      { kind: "right", seconds: 0, microUsd: 0 },
    ]);
    const [first] = await verdictsOf();
    expect(first?.seconds).toBeCloseTo(100 * (1 + 3.2 / 3.6) - 40);
  });

  it("are not too soon because an operator wanted one more", async () => {
    await addRun({ requested: -500, ready: -400, worked: -400, ended: 5 });
    await decide(0, { action: "stop", rule: "idle" });
    await decide(40, { rule: "operator" });
    await settle();
    expect((await verdictsOf())[0]?.kind).toBe("right");
  });

  it("are not judged where nobody chose", async () => {
    await addRun({ requested: -500, ready: -400, worked: -400, ended: 5 });
    await decide(0, { action: "stop", rule: "operator" });
    await decide(1, { action: "place", rule: "placement" });
    await decide(2, { action: "hold", rule: "no-data" });
    expect(await settle()).toBe(3);
    expect((await verdictsOf()).map((one) => one?.kind)).toEqual(Array(3).fill("unjudged"));
    const [events] =
      await db.sql`select count(*)::int as n from events where type = 'decision.judged'`;
    expect(events).toEqual({ n: 0 });
  });

  it("cost waiting when documents waited and nothing was on its way", async () => {
    await decide(10, { action: "hold", rule: "scale-up-delay" });
    await decide(100);
    await addRun({ requested: 100.1, ready: 150, worked: 150 });
    await decide(101, { action: "hold", rule: "enough" });
    await decide(300, { action: "hold", rule: "other" });
    await addDocument({ uploaded: 0, textNeeded: 40, textStarted: 150 });
    await settle();
    const verdicts = await verdictsOf();
    expect(verdicts).toMatchObject([
      { kind: "costly", seconds: 60, documents: 1, waitSeconds: 60 },
      { kind: "late" },
      { kind: "harmless" },
      { kind: "harmless" },
    ]);
    // Its first hour is not over, and nothing was decided since.
    await decide(5400, { action: "hold", rule: "at-maximum" });
    expect(await settle()).toBe(0);
  });
});

describe("the service", () => {
  it("settles each once, whoever leads and however often it is asked", async () => {
    for (let n = 0; n < 5; n += 1) {
      await decide(1000 * n);
      await addRun({
        requested: 1000 * n + 0.1,
        ready: 1000 * n + 50,
        worked: 1000 * n + 55,
        ended: 1000 * n + 90,
      });
    }
    await decide(5000);
    await addRun({ requested: 5000.1, ready: 5050 });
    const [one, other] = [settle(), settle()];
    expect((await one) + (await other)).toBe(5);
    expect(await settle()).toBe(0);
    await db.sql`update processing_servers set worked_from = ${story.at(5060)} where id = 'text-1.5000.1'`;
    expect(await settle()).toBe(1);
    const told =
      await db.sql`select data ->> 'sentence' as sentence from events where type = 'decision.judged'`;
    expect(told).toHaveLength(6);
    expect(told[0]).toEqual({ sentence: "the start of text-1: on time" });
  });

  it("goes on behind those that stay open, and comes back to them", async () => {
    await decide(0);
    await addRun({ requested: 0.1, ready: 50 });
    await decide(100, { action: "place" });
    await decide(200, { action: "place" });
    const verdicts = createVerdicts(context, { everyMs: 60_000, pageRows: 1, tickRows: 1 });
    const settled: number[] = [];
    for (let n = 0; n < 4; n += 1) settled.push(await verdicts.tick());
    expect(settled).toEqual([0, 1, 1, 0]);
    await db.sql`update processing_servers set worked_from = ${story.at(60)} where id = 'text-1.0.1'`;
    expect(await verdicts.tick()).toBe(1);
  });

  it("knows from the queue itself when what the scaler started was given its first task", async () => {
    const fleet = await createTestFleet(context);
    await submit(db.sql, "both");
    await fleet.settleDown();
    const container = await addContainer(db.sql, { replica: 1 });
    const workedFrom = async () => {
      const [row] = await db.sql<{ at: Date | null }[]>`
        select worked_from as at from processing_servers where id = ${container}`;
      return row?.at ?? null;
    };
    const startsOf = async () =>
      (await listDecisions(db.sql, { limit: 50 })).filter(({ action }) => action === "start");
    await settle();
    expect(await startsOf()).toMatchObject([{ replica: "vision-1", verdict: null }]);
    expect(await workedFrom()).toBeNull();
    const lease = await claimOne(db.sql, container);
    const first = await workedFrom();
    expect(first).not.toBeNull();
    await settle();
    expect(await startsOf()).toMatchObject([{ verdict: { kind: "on-time" } }]);
    await applyMoves(db.sql, [doneOf(lease)]);
    await heartbeat(db.sql, container, { phase: "ready", note: null, ttlMs: 60_000, leases: 0 });
    await submit(db.sql, "both");
    await claimOne(db.sql, container);
    expect(await workedFrom()).toEqual(first);
  });
});
