import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, addContainer, claimOne, doneOf, submit } from "../../test/support/queue.ts";
import type { Db } from "./connect.ts";
import { endContainer, heartbeat } from "./containers.ts";
import { applyMoves } from "./moves.ts";
import { endReplica, endReplicasOf, requestReplica } from "./replicas.ts";
import type { ToldUpTo } from "./scaler-state.ts";
import { type Happened, readFirstTextStarts, readHappenings, readPast } from "./scaling-facts.ts";

let db: TestDatabase;
let from: ToldUpTo;
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "deck", [
    { name: "visual_analysis" },
    { name: "extractions", after: "visual_analysis", pool: "text" },
  ]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.sql`delete from events`;
  await db.sql`truncate replicas`;
  for (const table of ["ready", "leases", "delayed"]) await db.sql`delete from ${db.sql(table)}`;
  await db.sql`update processing_servers set ended_at = now(), status = 'stopped' where ended_at is null`;
  from = { xid: "0", id: 0, atMs: Date.now() };
});

/** Until so many are there: a transaction of whoever else uses this server may hold them back. */
const happened = (count: number, limit = 1000): Promise<Happened> =>
  vi.waitFor(
    async () => {
      const read = await readHappenings(db.sql, from, limit);
      expect(read.happenings.length).toBeGreaterThanOrEqual(count);
      return read;
    },
    { timeout: 10_000 },
  );

const run = { provider: "local", gpu: null, gpus: 0, region: null, spot: false };
const ask = (replica = 1) =>
  requestReplica(db.sql, {
    ...{ ...run, pool: "vision", replica, reason: "test" },
    ...{ microUsdPerHour: null, quantumMs: 0 },
  });
const runsIn = (read: Happened) => read.happenings.map(({ type, run: of }) => ({ type, ...of }));

describe("what has happened to replicas", () => {
  it("is told with the run it belongs to, and with the one before it", async () => {
    await ask();
    const container = await addContainer(db.sql, { replica: 1 });
    await submit(db.sql, "deck");
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, container))]);
    await endContainer(db.sql, "vision", 1, "test");
    await endReplica(db.sql, "vision", 1, null);
    await ask();
    await endReplica(db.sql, "vision", 1, { code: "CONTAINER_LOST", detail: null });
    const read = await happened(6);
    const told = runsIn(read).filter(({ type }) => /replica|container/.test(type));
    const [first, second] = await db.sql<Record<string, number>[]>`
      select extract(epoch from requested_at)::float8 * 1000 as requested, extract(epoch from ready_at)::float8 * 1000 as ready,
        extract(epoch from ended_at)::float8 * 1000 as ended from replicas order by id`;
    const ours = { isOurs: true, worked: true, endedBeforeMs: null };
    const life = { ...ours, requestedAtMs: first?.requested, readyAtMs: first?.ready };
    expect(told).toEqual([
      { ...life, type: "container.phase" },
      { ...life, type: "replica.stopped" },
      {
        ...{ type: "replica.failed", isOurs: true, worked: false, readyAtMs: null },
        ...{ requestedAtMs: second?.requested, endedBeforeMs: first?.ended },
      },
    ]);
  });

  it("is told of those that ended with their control plane, but not of ones still to be started", async () => {
    await ask(1);
    await addContainer(db.sql, { replica: 1 });
    await ask(2);
    await ask(3);
    await db.sql`update replicas set requested_at = now() - interval '31 seconds' where replica = 3`;
    await endReplicasOf(db.sql, "local");
    const open = await db.sql`select replica, phase from replicas where ended_at is null`;
    expect([...open]).toEqual([{ replica: 2, phase: "requested" }]);
    const read = await happened(3);
    const stopped = read.happenings.filter(({ type }) => type === "replica.stopped");
    expect(stopped.map(({ data }) => [data.replica, data.restarted]).toSorted()).toEqual([
      ["vision-1", true],
      ["vision-3", true],
    ]);
  });

  it("is not told of a phase on the way", async () => {
    await ask();
    const container = await addContainer(db.sql, { replica: 1, phase: "loading" });
    await heartbeat(db.sql, container, { phase: "ready", note: null, ttlMs: 60_000 });
    const read = await happened(2);
    expect(read.happenings.map(({ data, run: of }) => [data.phase, of === null])).toEqual([
      ["loading", true],
      ["ready", false],
    ]);
  });
});

describe("what has happened to documents", () => {
  it("names task, pool, and whether text work stands on it", async () => {
    const { id, pipeline } = await submit(db.sql, "deck");
    const container = await addContainer(db.sql);
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, container))]);
    const read = await happened(4);
    const task = { pipeline, pipelineId: id, task: "visual_analysis", pool: "vision" };
    expect(
      read.happenings.filter(({ run: of, pipeline: own }) => of === null && own),
    ).toMatchObject([
      { type: "document.accepted", pipeline, pages: 10, task: null, isVisual: false },
      { ...task, type: "task.leased", isVisual: true },
      { ...task, type: "task.done", isVisual: true },
    ]);
  });

  it("is told piece by piece, each once", async () => {
    for (let n = 0; n < 5; n += 1) await submit(db.sql, "deck");
    const all = await happened(5);
    const pieces: string[] = [];
    for (let isAll = false; !isAll; ) {
      const read = await readHappenings(db.sql, from, 2);
      expect(read.happenings.length).toBeLessThanOrEqual(2);
      pieces.push(...read.happenings.map(({ pipeline }) => pipeline ?? ""));
      from = read.told;
      isAll = read.isAll;
    }
    expect(pieces).toEqual(all.happenings.map(({ pipeline }) => pipeline));
    expect(new Set(pieces).size).toBe(5);
  });

  it("waits for a transaction that began before and has not ended, and then comes in its place", async () => {
    const { id } = await submit(db.sql, "deck");
    from = (await happened(1)).told;
    const say = (on: Db, name: string) =>
      on`insert into events (type, pipeline_id, data) values ('moved', ${id}, ${on.json([["document.accepted", null, { name }]])})`;
    await db.sql.begin(async (tx) => {
      await say(tx, "early");
      await say(db.sql, "late");
      const read = await readHappenings(db.sql, from, 10);
      expect(read.happenings).toEqual([]);
      from = read.told;
    });
    const read = await happened(2);
    expect(read.happenings.map(({ data }) => data.name)).toEqual(["early", "late"]);
  });

  it("is the latest of the past, as much as is asked for", async () => {
    const all: string[] = [];
    for (let n = 0; n < 4; n += 1) all.push((await submit(db.sql, "deck")).pipeline);
    await db.sql`update events set at = now() - interval '2 days' where pipeline_id = (select min(pipeline_id) from events)`;
    await happened(3);
    const past = (limit: number) => readPast(db.sql, Date.now() - 86_400_000, limit);
    const read = await past(10);
    expect(read.happenings.map(({ pipeline }) => pipeline)).toEqual(all.slice(1));
    expect((await past(2)).happenings.map(({ pipeline }) => pipeline)).toEqual(all.slice(2));
    // What comes after it is told next.
    from = read.told;
    const { pipeline } = await submit(db.sql, "deck");
    expect((await happened(1)).happenings.map((one) => one.pipeline)).toEqual([pipeline]);
  });

  it("begins its text work once, and again only when it was opened again", async () => {
    const { id } = await submit(db.sql, "deck");
    const container = await addContainer(db.sql);
    const text = await addContainer(db.sql, { pool: "text" });
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, container))]);
    const lease = await claimOne(db.sql, text);
    const [row] = await db.sql<
      { at: Date }[]
    >`select leased_at as at from leases where id = ${lease.id}`;
    const atMs = row?.at.getTime() ?? 0;
    const first = (at: number) => readFirstTextStarts(db.sql, [{ pipelineId: id, atMs: at }]);
    expect(await first(atMs)).toEqual([{ pipelineId: id, atMs }]);
    expect(await first(atMs + 1000)).toEqual([]);
    await applyMoves(db.sql, [doneOf(lease)]);
    expect(await first(Date.now() + 1000)).toEqual([]);
    await applyMoves(db.sql, [{ kind: "rerun", pipeline: id, fromMask: "2", by: "test" }]);
    expect(await first(Date.now() + 1000)).toHaveLength(1);
  });
});
