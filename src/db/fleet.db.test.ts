import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  delayOf,
  releaseOf,
  submit,
} from "../../test/support/queue.ts";
import { readDepths } from "./depths.ts";
import { readDemand, readUpstream } from "./fleet.ts";
import { reportProgress } from "./leases.ts";
import { applyMoves } from "./moves.ts";

let db: TestDatabase;
let container = "";
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "both", [{ name: "a" }, { name: "b", pool: "text", after: "a" }]);
  container = await addContainer(db.sql);
  for (let n = 0; n < 6; n += 1) await submit(db.sql, "both");
});
afterAll(() => db.drop());

const demandOf = async (pool: string, max?: { pipelines: number; tasks: number }) =>
  (await readDemand(db.sql, max)).find((row) => row.pool === pool);

it("counts exactly what is below the bounds", async () => {
  const [first, second] = await claim(db.sql, container, 2);
  await applyMoves(db.sql, [delayOf(first!, 600_000)]);
  const rows = await db.sql<{ oldest: Date }[]>`select min(since) as oldest from ready`;
  expect(await demandOf("vision")).toEqual({
    pool: "vision",
    ready: 4,
    leased: 1,
    delayed: 1,
    blocked: 0,
    pipelines: 6,
    oldestReady: rows[0]?.oldest,
  });
  const text = { ready: 0, leased: 0, delayed: 0, blocked: 6, pipelines: 6, oldestReady: null };
  expect(await demandOf("text")).toEqual({ pool: "text", ...text });
  expect(await readUpstream(db.sql)).toHaveLength(6);
  await applyMoves(db.sql, [releaseOf(second!)]);
});

it("counts no further than its bounds, and begins with the oldest", async () => {
  const max = { pipelines: 2, tasks: 3 };
  expect(await demandOf("vision", max)).toMatchObject({ ready: 3, pipelines: 2, delayed: 1 });
  expect(await demandOf("text", max)).toMatchObject({ blocked: 2, pipelines: 2 });
  const oldest = await db.sql<{ id: string }[]>`
    select public_id as id from pipelines order by id limit 2`;
  const upstream = await readUpstream(db.sql, max);
  expect(upstream.map((row) => row.pipeline).toSorted()).toEqual(
    oldest.map(({ id }) => id).toSorted(),
  );
});

it("never misses a pipeline that is worked on, however young it is", async () => {
  const urgent = await submit(db.sql, "both", { priority: 9 });
  const [lease] = await claim(db.sql, container, 1);
  expect(lease?.pipeline).toBe(urgent.pipeline);
  await reportProgress(db.sql, container, lease!, { fraction: 0.9, done: 9, total: 10 });
  const upstream = await readUpstream(db.sql, { pipelines: 1, tasks: 10 });
  expect(upstream.find((row) => row.pipeline === urgent.pipeline)?.fraction).toBe(0.9);
  expect(upstream).toHaveLength(2);
});

it("knows of a pool that only pipelines beyond the bound need, once a task of it is ready", async () => {
  await activateGraph(db.sql, "late", [{ name: "x", pool: "audio" }]);
  await submit(db.sql, "late");
  expect(await demandOf("audio", { pipelines: 1, tasks: 10 })).toMatchObject({ ready: 1 });
});

it("says of each class how deep it is, and not more than was asked for", async () => {
  const depths = await readDepths(db.sql, 4);
  const vision = depths.find(({ pool }) => pool === "vision");
  expect(vision).toMatchObject({ key: "vision:", ready: 4, delayed: 1, leased: 1 });
  expect(vision?.oldestReadySeconds).toBeGreaterThan(0);
  expect(depths.find(({ pool }) => pool === "text")).toMatchObject({ ready: 0, leased: 0 });
});
