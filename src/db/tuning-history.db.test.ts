import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  doneOf,
  settleTask,
  submit,
} from "../../test/support/queue.ts";
import { readArrivals, readSlideTimes, readStartTimes, readTaskTimes } from "./tuning-history.ts";

let db: TestDatabase;
const ids: number[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "two", [
    { name: "visual_analysis" },
    { name: "extractions_and_template", pool: "text", after: "visual_analysis" },
  ]);
  const [vision, text] = [await addContainer(db.sql), await addContainer(db.sql, { pool: "text" })];
  for (let n = 0; n < 4; n += 1) ids.push((await submit(db.sql, "two")).id);
  await settleTask(db.sql, vision, ids[2]!, "visual_analysis", doneOf);
  await settleTask(db.sql, text, ids[2]!, "extractions_and_template", doneOf);
  await db.sql`update results set started_at = created_at - interval '25 seconds' where pipeline_id = ${ids[2]!} and idx = 1`;
  for (const [task, slide, seconds] of [
    ["visual_analysis", 1, 2],
    ["visual_analysis", 2, 8],
    ["visual_analysis", 3, null],
    ["slide_feedback", 1, 90],
  ] as const) {
    await db.sql`insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, seconds)
      values ('default', ${"a".repeat(64)}, ${`deck@1/${task}/r`}, ${slide}, '{}', ${ids[2]!}, ${seconds})`;
  }
  // One instant for all: the clock of the database goes on between two statements.
  const now = new Date().toISOString();
  for (const [n, id] of ids.entries()) {
    await db.sql`update pipelines set created_at = ${now}::text::timestamptz - ${10 - n}::int * interval '1 hour' where id = ${id}`;
  }
  await db.sql`update pipelines set created_at = pl_now() - interval '40 days' where id = ${ids[0]!}`;
});
afterAll(() => db.drop());

it("reads the newest arrivals within so many days, oldest first", async () => {
  const all = await readArrivals(db.sql, { days: 30, limit: 10 });
  expect(all.map(({ pipelineId }) => pipelineId)).toEqual(ids.slice(1));
  expect(all[0]?.pages).toBe(10);
  expect((all[1]?.atMs ?? 0) - (all[0]?.atMs ?? 0)).toBeCloseTo(3_600_000, 0);
  const newest = await readArrivals(db.sql, { days: 30, limit: 2 });
  expect(newest.map(({ pipelineId }) => pipelineId)).toEqual(ids.slice(2));
  expect(await readArrivals(db.sql, { days: 60, limit: 10 })).toHaveLength(4);
});

it("reads slides by document as logarithms, and leaves out what was not timed or is another task", async () => {
  const [one, ...more] = await readSlideTimes(db.sql, ids[1]!);
  expect(more).toEqual([]);
  expect(one?.n).toBe(2);
  expect(one?.meanLn).toBeCloseTo(Math.log(4), 9);
  expect(one?.squaresLn).toBeCloseTo(2 * Math.log(2) ** 2, 9);
  expect(await readSlideTimes(db.sql, ids[3]!)).toEqual([]);
});

it("reads how long finished tasks took", async () => {
  const rows = await readTaskTimes(db.sql, ids[1]!, 10);
  const text = rows.find(({ task }) => task === "extractions_and_template");
  const task = { task: "extractions_and_template", pipelineId: ids[2], seconds: 25 };
  expect(text).toEqual({ ...task, applies: true });
  await db.sql`update results set applicable = false where pipeline_id = ${ids[2]!} and idx = 1`;
  expect(await readTaskTimes(db.sql, ids[1]!, 10)).toContainEqual({ ...task, applies: false });
});

it("reads starts that came to an end, and those of our own machines alone", async () => {
  const add = (
    provider: string,
    phase: string,
    ready: number | null,
    ended: number | null,
  ) => db.sql`
    insert into replicas (pool, replica, provider, phase, requested_at, ready_at, ended_at, micro_usd_per_hour)
    values ('text', ${Math.floor(Math.random() * 1e6)}, ${provider}, ${phase}, pl_now() - interval '2 hours',
      pl_now() - interval '2 hours' + ${ready}::int * interval '1 second', pl_now() - interval '2 hours' + ${ended}::int * interval '1 second', 800000)`;
  await add("verda", "stopped", 150, 3750);
  await add("verda", "failed", null, 240);
  await add("verda", "failed", 100, 1900);
  await add("verda", "booting", null, null);
  await add("verda", "stopped", null, 60);
  await add("static", "ready", 5, null);
  const rows = await readStartTimes(db.sql, { days: 30, limit: 10, except: ["static"] });
  const told = rows.map(({ seconds, isReady, isLost, readyHours }) => [
    Math.round(seconds),
    isReady,
    isLost,
    Math.round(readyHours * 1000) / 1000,
  ]);
  expect(told).toEqual([
    [100, true, true, 0.5],
    [240, false, false, 0],
    [150, true, false, 1],
  ]);
  expect(rows[0]).toMatchObject({ pool: "text", microUsdPerHour: 800_000, spot: false });
});
