import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  claimOne,
  claimTasks,
  delayOf,
  doneOf,
  epoch,
  releaseOf,
  session,
  submit,
} from "../../test/support/queue.ts";
import type { Sql } from "./connect.ts";
import { drainContainer, endContainer, heartbeat } from "./containers.ts";
import { applyMoves, promoteDelayed } from "./moves.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
  await activateGraph(db.sql, "two", [{ name: "a" }, { name: "b" }]);
  await activateGraph(db.sql, "one", [{ name: "a" }]);
});
afterAll(() => db.drop());

/** Each test begins with an empty queue and a container of its own. */
beforeEach(async () => {
  const rows = await db.sql<{ id: number }[]>`select id from pipelines where finished_at is null`;
  const moves = rows.map(({ id }) => ({ kind: "cancel", pipeline: id, by: "test" }) as const);
  await applyMoves(db.sql, moves);
});

const submitMany = async (pack: string, count: number) => {
  const made = [];
  for (let n = 0; n < count; n += 1) made.push(await submit(db.sql, pack));
  return made;
};
const pipelinesOf = (leases: readonly { pipelineId: number }[]) =>
  leases.map((lease) => lease.pipelineId);

describe("a claim", () => {
  it("gives a container only tasks whose needs it has", async () => {
    await activateGraph(db.sql, "needs", [
      { name: "see", features: ["vision", "model:llava"] },
      { name: "write", pool: "text" },
      { name: "look", features: ["vision"] },
    ]);
    await submit(db.sql, "needs");
    const seeing = await addContainer(db.sql, { features: ["vision"] });
    expect((await claim(db.sql, seeing)).map((lease) => lease.task)).toEqual(["look"]);
    const both = await addContainer(db.sql, { features: ["model:llava", "vision", "engine:x"] });
    expect((await claim(db.sql, both)).map((lease) => lease.task)).toEqual(["see"]);
    const text = await addContainer(db.sql, { pool: "text", features: ["vision", "model:llava"] });
    expect((await claim(db.sql, text)).map((lease) => lease.task)).toEqual(["write"]);
  });

  it("gives a shared or dedicated container the tasks of every pool", async () => {
    await activateGraph(db.sql, "pools", [{ name: "a" }, { name: "b", pool: "text" }]);
    for (const pool of ["shared", "dedicated"]) {
      const { id } = await submit(db.sql, "pools");
      const leases = await claim(db.sql, await addContainer(db.sql, { pool }));
      expect(leases.map((lease) => lease.task)).toEqual(["a", "b"]);
      await applyMoves(db.sql, [{ kind: "cancel", pipeline: id, by: "test" }]);
    }
  });

  it("never passes the slots of a container, nor what was asked for", async () => {
    const container = await addContainer(db.sql, { slots: 3 });
    await submitMany("one", 6);
    expect(await claim(db.sql, container, 2)).toHaveLength(2);
    expect(await claim(db.sql, container, 64)).toHaveLength(1);
    expect(await claim(db.sql, container, 64)).toHaveLength(0);
    expect(await claim(db.sql, container, 0)).toHaveLength(0);
  });

  it("counts pipelines, not tasks, against the most pipelines at once", async () => {
    const container = await addContainer(db.sql, { slots: 8, pipelines: 2 });
    const [first, second] = await submitMany("two", 3);
    const leases = await claim(db.sql, container, 8);
    expect(pipelinesOf(leases).sort()).toEqual(
      [first!.id, first!.id, second!.id, second!.id].sort(),
    );
    expect(await claim(db.sql, container, 8)).toEqual([]);
    // One pipeline less, one pipeline more.
    await applyMoves(
      db.sql,
      leases.filter((l) => l.pipelineId === first!.id).map((l) => doneOf(l)),
    );
    expect(await claim(db.sql, container, 8)).toHaveLength(2);
  });

  it("prefers the task that its own settle has freed, before others of the queue", async () => {
    await activateGraph(db.sql, "fan", [
      { name: "a" },
      { name: "keep" },
      { name: "b", after: "a" },
    ]);
    const container = await addContainer(db.sql, { slots: 2 });
    const { id } = await submit(db.sql, "fan");
    const leases = await claim(db.sql, container, 2);
    await submitMany("one", 3);
    await applyMoves(db.sql, [doneOf(leases.find((lease) => lease.task === "a")!)]);
    const next = await claimOne(db.sql, container);
    expect([next.pipelineId, next.task]).toEqual([id, "b"]);
  });

  it("takes the more urgent first, and within a priority the older, whosever they are", async () => {
    const container = await addContainer(db.sql, { slots: 8 });
    const low = await submit(db.sql, "one", { priority: 1 });
    const old = await submit(db.sql, "one", { workspace: "other" });
    const fresh = await submit(db.sql, "one");
    const high = await submit(db.sql, "one", { priority: 9, workspace: "other" });
    const order: number[] = [];
    for (let n = 0; n < 4; n += 1) order.push((await claimOne(db.sql, container)).pipelineId);
    expect(order).toEqual([high.id, old.id, fresh.id, low.id]);
  });

  it("keeps the place of a task that is given back", async () => {
    const container = await addContainer(db.sql, { slots: 8 });
    const [first] = await submitMany("one", 3);
    const lease = await claimOne(db.sql, container);
    await applyMoves(db.sql, [releaseOf(lease)]);
    const again = await claimOne(db.sql, container);
    expect(again).toMatchObject({ pipelineId: first!.id, attempt: lease.attempt });
  });

  it("numbers attempts on after a failure, which does not cost the pipeline its place", async () => {
    const container = await addContainer(db.sql, { slots: 8 });
    const [first, second] = await submitMany("one", 2);
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container))]);
    await promoteDelayed(db.sql);
    const again = await claimOne(db.sql, container);
    expect(again).toMatchObject({ pipelineId: first!.id, attempt: 2 });
    expect((await claimOne(db.sql, container)).pipelineId).toBe(second!.id);
  });

  it("carries the limits of the pack, from the database's clock", async () => {
    await activateGraph(db.sql, "limits", [{ name: "a", timeoutMs: 90_000, stallMs: 5_000 }]);
    await submit(db.sql, "limits");
    const lease = await claimOne(db.sql, await addContainer(db.sql));
    const [row] = await db.sql<{ left: number }[]>`
      select extract(epoch from deadline_at - leased_at)::float8 as left from leases where id = ${lease.id}`;
    expect(row!.left).toBeCloseTo(90, 1);
    expect(lease).toMatchObject({ timeoutMs: 90_000, stallMs: 5_000 });
  });
});

describe("a container on its way out", () => {
  it("gets only tasks of pipelines it holds, by order of the control plane", async () => {
    const container = await addContainer(db.sql, { slots: 8, replica: 70 });
    const { id } = await submit(db.sql, "two");
    await claimOne(db.sql, container);
    await submitMany("two", 2);
    await drainContainer(db.sql, "vision", 70, "test");
    expect(pipelinesOf(await claim(db.sql, container, 8))).toEqual([id]);
    expect(await claim(db.sql, container, 8)).toEqual([]);
  });

  it("gets no new pipeline either when it drains by itself", async () => {
    const container = await addContainer(db.sql, { slots: 8 });
    const { id } = await submit(db.sql, "two");
    await claimOne(db.sql, container);
    await submitMany("two", 2);
    await heartbeat(db.sql, container, { phase: "draining", note: null, ttlMs: 60_000 });
    expect(pipelinesOf(await claim(db.sql, container, 8))).toEqual([id]);
  });

  it.each(["booting", "pulling_model", "loading", "canary", "stopped", "failed"])(
    "gets nothing while it is %s",
    async (phase) => {
      await submit(db.sql, "one");
      expect(await claim(db.sql, await addContainer(db.sql, { phase }))).toEqual([]);
    },
  );

  it("gets nothing once it has ended, or was replaced by another boot", async () => {
    await submit(db.sql, "one");
    const ended = await addContainer(db.sql, { replica: 71 });
    await endContainer(db.sql, "vision", 71, "test");
    expect(await claim(db.sql, ended)).toEqual([]);
    const before = await addContainer(db.sql, { replica: 72 });
    const after = await addContainer(db.sql, { replica: 72 });
    expect(await claim(db.sql, before)).toEqual([]);
    expect(await claim(db.sql, after)).toHaveLength(1);
  });
});

describe("with the clock bound", () => {
  let timed: Sql;
  beforeEach(() => {
    timed = session(db.url);
  });
  afterEach(() => timed.end());
  const at = async (seconds: number) => {
    const now = new Date(Date.now() + seconds * 1000).toISOString();
    await timed`select set_config('pilotlight.now', ${now}, false)`;
  };

  it("a container whose time is up gets nothing until it is heard of again", async () => {
    const container = await addContainer(db.sql, { ttlMs: 10_000 });
    await submit(db.sql, "one");
    await at(11);
    expect(await claimTasks(timed, container, epoch, 1)).toEqual([]);
    await heartbeat(timed, container, { phase: "ready", note: null, ttlMs: 10_000 });
    expect(await claimTasks(timed, container, epoch, 1)).toHaveLength(1);
  });

  it("a delayed task comes back at its time, not before", async () => {
    const container = await addContainer(db.sql);
    await submit(db.sql, "one");
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container), 30_000)]);
    await at(25);
    expect(await promoteDelayed(timed)).toBe(0);
    await at(31);
    expect(await promoteDelayed(timed)).toBe(1);
    expect(await claim(db.sql, container)).toHaveLength(1);
  });
});
