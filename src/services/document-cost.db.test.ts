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
import { type DocumentCost, documentCost } from "../contract/document-cost.ts";
import type { RunView } from "../contract/fleet.ts";
import type { ListedCosts } from "../contract/listed-costs.ts";
import { applyMoves } from "../db/moves.ts";
import { endReplica, requestReplica } from "../db/replicas.ts";
import { readCosts, sumByDocument } from "./ledger.ts";

let db: TestDatabase;
let plane: ControlPlane;
let first: Submitted;
let second: Submitted;
let foreign: Submitted;

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
  await activateGraph(db.sql, "deck", [{ name: "visual_analysis" }]);
  // A dollar an hour would be odd numbers: this is a thousand millionths a second.
  const place = {
    provider: "verda",
    gpu: "L40S",
    gpus: 1,
    region: null,
    spot: false,
    quantumMs: 0,
  };
  await requestReplica(db.sql, {
    ...{ ...place, pool: "vision", replica: 1, reason: "test", microUsdPerHour: 3_600_000 },
  });
  const container = await addContainer(db.sql, { replica: 1 });
  first = await submit(db.sql, "deck");
  const failed = await claimOne(db.sql, container);
  await applyMoves(db.sql, [delayOf(failed)]);
  await db.sql`select promote_delayed(100)`;
  second = await submit(db.sql, "deck");
  foreign = await submit(db.sql, "deck", { workspace: "other" });
  for (let n = 0; n < 3; n += 1) {
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, container))]);
  }
  await endReplica(db.sql, "vision", 1, null);
  await setTimes();
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

/** A story in whole seconds: paid for from 0, ready at 60, a failure, then three decks, ended at 200. */
async function setTimes(): Promise<void> {
  const startMs = Date.now() - 400_000;
  const at = (seconds: number) => new Date(startMs + seconds * 1000);
  await db.sql`update replicas set requested_at = ${at(0)}, billed_from = ${at(0)}, ready_at = ${at(60)}, ended_at = ${at(200)}, billed_until = ${at(200)}`;
  await db.sql`update processing_servers set created_at = ${at(50)}`;
  for (const table of ["documents", "pipelines"]) {
    await db.sql`update ${db.sql(table)} set created_at = ${at(0)}`;
  }
  await db.sql`update attempts set started_at = ${at(60)}, ended_at = ${at(70)}`;
  const spans = [
    [second, 70, 110],
    [foreign, 90, 110],
    [first, 110, 150],
  ] as const;
  for (const [{ id }, from, until] of spans) {
    await db.sql`update results set started_at = ${at(from)}, created_at = ${at(until)} where pipeline_id = ${id}`;
  }
}

const costOf = async (id: string): Promise<DocumentCost> => {
  const { body } = await call(plane.app, "GET", `/api/documents/${id}/cost`);
  expect(documentCost.parse(body)).toEqual(body);
  return body;
};

it("tells its own work, its failures and its share of the rest", async () => {
  const cost = await costOf(first.document);
  // It held the container for 50 of the 90 seconds of work: 10 in vain, 40 alone.
  expect(cost).toMatchObject({ complete: true, charging: "charged", microUsd: 111_111 });
  const parts = Object.fromEntries(cost.parts.map(({ kind, microUsd }) => [kind, microUsd]));
  expect(parts).toEqual({
    busy: 40_000,
    failed: 10_000,
    coldStart: 33_333,
    idle: 27_778,
    rounding: 0,
  });
  expect(cost.attempts.map(({ outcome, microUsd }) => [outcome, microUsd])).toEqual([
    ["delayed", 10_000],
    ["done", 40_000],
  ]);
  expect(cost.containers).toMatchObject([{ name: "vision-1", isOpen: false, usdPerHour: 3.6 }]);
  expect(cost.typical).toMatchObject({ n: 1, pagesMin: 8, pagesMax: 13 });
});

it("adds up with everybody else's to what the run cost, and shows nobody else's", async () => {
  const ids = await db.sql<{ id: number }[]>`select id from replicas`;
  const runs = await readCosts(plane.context, { runs: ids.map(({ id }) => id) });
  const sums = sumByDocument(runs);
  const all = [...sums.values()].reduce((sum, { microUsd }) => sum + (microUsd ?? 0), 0);
  expect([sums.size, all]).toEqual([3, 200_000]);
  const cost = await costOf(second.document);
  expect(JSON.stringify(cost)).not.toContain(foreign.document);
  expectProblem(
    await call(plane.app, "GET", `/api/workspaces/default/documents/${foreign.document}/cost`),
    "DOCUMENT_NOT_FOUND",
  );
});

it("tells of runs that no provider has charged for yet the same everywhere, and apart", async () => {
  const place = { ...{ provider: "verda", gpu: "L40S", gpus: 1, region: null }, spot: false };
  const [billed] = await db.sql`select * from replicas`;
  // The provider has not shown yet since when it charges: counted from when the container came.
  await db.sql`update replicas set billed_from = null, billed_until = null`;
  // Asked for, and nobody has seen a machine: that costs nothing yet.
  const price = { microUsdPerHour: 3_600_000, quantumMs: 0 };
  await requestReplica(db.sql, { ...place, ...price, pool: "text", replica: 1, reason: "test" });
  const cost = await costOf(first.document);
  // 150 seconds since it came instead of 200.
  expect(cost).toMatchObject({ microUsd: 83_334, estimatedMicroUsd: 83_334 });
  expect(cost.containers).toMatchObject([{ isEstimated: true, microUsd: 83_334 }]);
  const { body: listed } = await call(
    plane.app,
    "GET",
    `/api/documents/costs?ids=${second.document}`,
  );
  const { microUsd: ofSecond } = await costOf(second.document);
  expect(listed.costs).toMatchObject([{ microUsd: ofSecond, estimatedMicroUsd: ofSecond }]);
  const { body: report } = await call(plane.app, "GET", "/api/costs?by=document");
  expect(report.total).toMatchObject({ microUsd: 150_000, estimatedMicroUsd: 150_000, n: 2 });
  expect(report.sum).toMatchObject({
    ...{ documentsMicroUsd: 150_000, unallocatedMicroUsd: 0, totalMicroUsd: 150_000 },
    ...{ billedMicroUsd: 0, estimatedMicroUsd: 150_000, matches: true },
  });
  const own = report.documents.largest.find(({ id }: { id: string }) => id === first.document);
  expect(own).toMatchObject({ totalMicroUsd: 83_334, estimatedMicroUsd: 83_334 });
  const { body: budget } = await call(plane.app, "GET", "/api/costs/budget");
  expect(budget.spent).toMatchObject({ microUsd: 150_000, estimatedMicroUsd: 150_000 });
  const { body: told } = await call(plane.app, "GET", "/api/fleet/runs");
  expect(told.runs.map(({ billed: of }: RunView) => of && [of.isEstimated, of.costUsd])).toEqual([
    null,
    [true, 0.15],
  ]);
  const { body: slos } = await call(plane.app, "GET", "/api/slos");
  const promise = slos.objectives.find(({ id }: { id: string }) => id === "cost-per-deck");
  expect(promise.worst[0]).toMatchObject({ document: first.document, value: 83_334 });
  await db.sql`delete from replicas where pool = 'text'`;
  await db.sql`update replicas set billed_from = ${billed?.billed_from}, billed_until = ${billed?.billed_until}`;
  expect(await costOf(first.document)).toMatchObject({ microUsd: 111_111, estimatedMicroUsd: 0 });
});

it("invents no money where nobody charges", async () => {
  await db.sql`update replicas set micro_usd_per_hour = null`;
  const cost = await costOf(first.document);
  expect(cost).toMatchObject({ charging: "free", microUsd: null });
  expect(cost.containerSeconds).toBeCloseTo(111.111, 2);
  expect(cost.parts.every(({ microUsd }) => microUsd === null)).toBe(true);
  const untouched = await submit(db.sql, "deck");
  expect(await costOf(untouched.document)).toMatchObject({ charging: "none", containers: [] });
  const ids = [first, second, foreign, untouched].map(({ document }) => document);
  const { body } = await call(plane.app, "GET", `/api/documents/costs?ids=${ids.join(",")}`);
  const listed = new Map((body as ListedCosts).costs.map((one) => [one.document, one]));
  expect([...listed.keys()].sort()).toEqual(ids.filter((id) => id !== foreign.document).sort());
  expect(listed.get(first.document)).toMatchObject({
    ...{ charging: "free", microUsd: null, complete: true, expected: null },
    containerSeconds: cost.containerSeconds,
  });
  expect(listed.get(untouched.document)).toMatchObject({ charging: "none", complete: false });
});
