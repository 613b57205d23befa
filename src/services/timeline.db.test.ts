import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  delayOf,
  doneOf,
  type Submitted,
  submit,
} from "../../test/support/queue.ts";
import { decisionDetail, fleetOutlook, fleetPauses, runDetail } from "../contract/fleet-outlook.ts";
import { documentTimeline, fleetTimeline } from "../contract/timeline.ts";
import { saveDecision } from "../db/fleet.ts";
import { applyMoves } from "../db/moves.ts";
import { requestReplica } from "../db/replicas.ts";

let db: TestDatabase;
let plane: ControlPlane;
let own: Submitted;
let foreign: Submitted;

const ask = (pool: string, decision: number) =>
  requestReplica(db.sql, {
    ...{ pool, replica: 1, provider: "local", gpu: null, gpus: 0, region: null, spot: false },
    ...{ reason: "test", microUsdPerHour: null, quantumMs: 0, decision },
  });
const decide = (pool: string) =>
  saveDecision(
    db.sql,
    { name: "test" },
    {
      ...{ pool, action: "start", replica: `${pool}-1`, rule: "demand", sentence: `start ${pool}` },
      ...{ inputs: {}, alternative: null },
    },
  );

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
  await activateGraph(db.sql, "deck", [
    { name: "visual_analysis" },
    { name: "extractions", after: "visual_analysis", pool: "text" },
    { name: "specialized", after: "extractions", pool: "text" },
  ]);
  await ask("vision", await decide("vision"));
  const vision = await addContainer(db.sql, { replica: 1 });
  own = await submit(db.sql, "deck");
  await applyMoves(db.sql, [delayOf(await claimOne(db.sql, vision))]);
  await db.sql`select promote_delayed(100)`;
  await applyMoves(db.sql, [doneOf(await claimOne(db.sql, vision))]);
  foreign = await submit(db.sql, "deck", { workspace: "other" });
  await applyMoves(db.sql, [doneOf(await claimOne(db.sql, vision))]);
  await ask("text", await decide("text"));
  const text = await addContainer(db.sql, { pool: "text", replica: 1 });
  await claimOne(db.sql, text);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

it("tells attempts, containers, decisions, the handoff, and what is to come", async () => {
  const { body } = await call(plane.app, "GET", `/api/documents/${own.document}/timeline`);
  expect(documentTimeline.parse(body)).toEqual(body);
  expect(body.complete).toBe(false);
  const [vision, text] = body.lanes;
  expect([vision, text]).toMatchObject([
    { name: "vision-1", served: true, endedAt: null },
    { name: "text-1", served: true },
  ]);
  expect(vision.bands.map(({ phase }: { phase: string }) => phase)).toEqual([
    ...["requested", "booting", "ready"],
  ]);
  expect(body.boxes).toMatchObject([
    { task: "visual_analysis", attempt: 1, outcome: "delayed", lane: vision.id },
    { task: "visual_analysis", attempt: 2, outcome: "done", failure: null },
    { task: "extractions", outcome: "running", until: null, lane: text.id },
  ]);
  expect(body.boxes[0].failure).toMatchObject({ code: "MODEL_TIMEOUT" });
  const [handoff] = body.handoffs;
  expect(handoff).toMatchObject({ fromBox: body.boxes[1].id, toBox: body.boxes[2].id });
  const { queueSeconds, coldSeconds, claimSeconds, seconds } = handoff;
  expect(queueSeconds + coldSeconds + claimSeconds).toBeCloseTo(seconds, 3);
  expect(body.markers).toMatchObject([
    { lane: vision.id, decision: { action: "start", replica: "vision-1" } },
    { lane: text.id, sentence: "start text" },
  ]);
  // One has run for no time yet, the other was never seen: neither is guessed.
  expect(body.planned).toMatchObject([
    { task: "extractions", state: "leased" },
    { task: "specialized", state: "blocked", from: null, until: null, n: 0 },
  ]);
  expect(body.stages[2]).toMatchObject({ task: "specialized", after: ["extractions"] });
});

it("shows the fleet what other workspaces do, not for whom", async () => {
  const { body } = await call(plane.app, "GET", "/api/fleet/timeline");
  expect(fleetTimeline.parse(body)).toEqual(body);
  expect(body.lanes).toHaveLength(2);
  expect(body.boxes).toHaveLength(4);
  const names = body.boxes.map(({ document }: { document: unknown }) => document !== null);
  expect(names.filter(Boolean)).toHaveLength(3);
  expect(JSON.stringify(body)).not.toContain(foreign.document);
});

it("tells a run and a decision, and names only documents of the asker", async () => {
  const { body: run } = await call(plane.app, "GET", "/api/fleet/runs/1");
  expect(runDetail.parse(run)).toEqual(run);
  expect(run).toMatchObject({ isOpen: true, served: { documents: 2, tasks: 3 } });
  expect(run.tasks.map((one: { document: unknown }) => one.document === null)).toEqual([
    ...[true, false, false],
  ]);
  expect(run.decisions).toMatchObject([{ action: "start", sentence: "start vision" }]);
  const { body: decision } = await call(plane.app, "GET", "/api/fleet/decisions/1");
  expect(decisionDetail.parse(decision)).toEqual(decision);
  expect(decision).toMatchObject({ run: { name: "vision-1" }, servedOthers: 1 });
  expect(decision.served.map(({ id }: { id: string }) => id)).toEqual([own.document]);
  expect(JSON.stringify([run, decision])).not.toContain(foreign.document);
  expectProblem(await call(plane.app, "GET", "/api/fleet/runs/99"), "RUN_NOT_FOUND");
  expectProblem(await call(plane.app, "GET", "/api/fleet/decisions/99"), "DECISION_NOT_FOUND");
});

it("tells what waits, for how long about, and how starts were foreseen", async () => {
  const { body } = await call(plane.app, "GET", "/api/fleet/outlook");
  expect(fleetOutlook.parse(body)).toEqual(body);
  const text = body.pools.find(({ pool }: { pool: string }) => pool === "text");
  // One of the two runs, and nothing of its kind has ever ended.
  expect(text).toMatchObject({ busy: 1, waiting: 1, drainSeconds: null, coldStart: { n: 1 } });
  expect(body.verdicts).toMatchObject({ open: 2, late: { n: 0, medianSeconds: null } });
  await plane.services.fleetOrders.pause("text", "ada: new weights");
  const { body: pauses } = await call(plane.app, "GET", "/api/fleet/pauses");
  expect(fleetPauses.parse(pauses)).toMatchObject({
    pools: [{ pool: "text", reason: "ada: new weights" }],
  });
});
