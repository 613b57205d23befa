import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createTestContext,
  retryDefaults,
  type TestContext,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  claimOne,
  doneOf,
  factsOf,
  failure,
  snapshotOf,
  submit,
} from "../../test/support/queue.ts";
import { heartbeat } from "../db/containers.ts";
import { reportProgress } from "../db/leases.ts";
import { applyMoves } from "../db/moves.ts";
import { lagMs, lookMs } from "./lease-floor.ts";
import { createRescuer } from "./rescuer.ts";

let db: TestDatabase;
let context: TestContext;
let rescuer: ReturnType<typeof createRescuer>;
beforeAll(async () => {
  db = await createTestDatabase();
  context = await createTestContext(db);
  rescuer = createRescuer(context, { everyMs: 60_000, retry: retryDefaults });
  await activateGraph(db.sql, "one", [{ name: "a", attempts: 2, lost: 3 }]);
});
afterAll(async () => {
  await context.close();
  await db.drop();
});
beforeEach(async () => {
  const rows = await db.sql<{ id: number }[]>`select id from pipelines where finished_at is null`;
  await applyMoves(
    db.sql,
    rows.map(({ id }) => ({ kind: "cancel", pipeline: id, by: "test" })),
  );
});

/** Time passes for one lease or container; the database's clock stays what it is. */
const age = {
  silence: (container: string) =>
    db.sql`update processing_servers set expires_at = now() - interval '1 second' where id = ${container}`,
  deadline: (lease: { id: number }) =>
    db.sql`update leases set deadline_at = now() - interval '1 second' where id = ${lease.id}`,
  stall: (lease: { id: number }) =>
    db.sql`update leases set progressed_at = now() - interval '1 day' where id = ${lease.id}`,
};
const spentOf = async (pipeline: number) => {
  const [row] = await db.sql`
    select failures, lost, failure ->> 'code' as code from tasks where pipeline_id = ${pipeline}`;
  return row;
};
const drained = async (container: string) => {
  const [row] = await db.sql`
    select drain, drain_reason as reason, ended_at is not null as ended from processing_servers where id = ${container}`;
  return row;
};
const takeTurn = async (container: string) => {
  const { id } = await submit(db.sql, "one");
  return { id, lease: await claimOne(db.sql, container) };
};

describe("the rescuer", () => {
  it("finds a lease that was committed after younger ones, if a little later", async () => {
    const own = createRescuer(context, { everyMs: 60_000, retry: retryDefaults });
    const [living, late] = [await addContainer(db.sql), await addContainer(db.sql)];
    await takeTurn(living);
    for (let n = 0; n < 2; n += 1) {
      await own.tick();
      context.advance(lagMs);
    }
    const { lease } = await takeTurn(late);
    // As if it had been drawn long before the other one.
    await db.sql`update leases set id = 0 where id = ${lease.id}`;
    await age.deadline({ id: 0 });
    expect(await own.tick()).toBe(0);
    context.advance(lookMs);
    expect(await own.tick()).toBe(1);
  });

  it("gives the tasks of a silent container to others at once, and counts them as lost", async () => {
    const silent = await addContainer(db.sql);
    const { id, lease } = await takeTurn(silent);
    await age.silence(silent);
    expect(await rescuer.tick()).toBe(1);
    expect(await drained(silent)).toMatchObject({ ended: true });
    expect(await spentOf(id)).toEqual({ failures: 0, lost: 1, code: "CONTAINER_LOST" });
    const again = await claimOne(db.sql, await addContainer(db.sql));
    expect(again).toMatchObject({ pipelineId: id, attempt: lease.attempt + 1 });
    const events =
      await db.sql`select data from events where type = 'container.lost' and data ->> 'replica' = ${silent.split(".")[0]!}`;
    expect(events).toMatchObject([{ data: { leases: 1, reason: "no heartbeat" } }]);
  });

  it("leaves alone what is in time", async () => {
    const container = await addContainer(db.sql);
    const { id } = await takeTurn(container);
    const before = await snapshotOf(db.sql, id);
    expect(await rescuer.tick()).toBe(0);
    expect(await snapshotOf(db.sql, id)).toEqual(before);
  });

  it("takes back what an earlier boot held, as soon as the next one registers", async () => {
    const before = await addContainer(db.sql, { replica: 900 });
    const { id } = await takeTurn(before);
    const after = await addContainer(db.sql, { replica: 900 });
    expect(await rescuer.tick()).toBe(1);
    expect(await spentOf(id)).toMatchObject({ lost: 1 });
    expect((await claimOne(db.sql, after)).pipelineId).toBe(id);
  });

  it.each([
    ["passed its deadline", "deadline", "TASK_TIMEOUT"],
    ["made no progress", "stall", "TASK_STALLED"],
  ] as const)(
    "counts a task that %s as failed, and drains its container",
    async (_title, how, code) => {
      const container = await addContainer(db.sql);
      const { id, lease } = await takeTurn(container);
      await age[how](lease);
      expect(await rescuer.tick()).toBe(1);
      expect(await spentOf(id)).toEqual({ failures: 1, lost: 0, code });
      expect(await drained(container)).toEqual({ drain: true, reason: code, ended: false });
      // It waits for its turn, and the drained container is not asked again.
      expect((await factsOf(db.sql, id)).tasks).toEqual({ a: "delayed" });
      await submit(db.sql, "one");
      expect(await claim(db.sql, container)).toEqual([]);
    },
  );

  it("gives up a task that fails as often as its pack allows, losses not counted", async () => {
    const { id } = await submit(db.sql, "one");
    for (const how of ["silence", "stall", "silence", "stall", "stall", "stall"] as const) {
      await db.sql`update delayed set run_at = now()`;
      await rescuer.tick();
      const container = await addContainer(db.sql);
      const lease = await claimOne(db.sql, container);
      await (how === "silence" ? age.silence(container) : age.stall(lease));
      await rescuer.tick();
    }
    expect(await spentOf(id)).toEqual({ failures: 4, lost: 2, code: "TASK_STALLED" });
    expect((await factsOf(db.sql, id)).state).toBe("failed");
    const rounds = await db.sql`
      select data -> 'round' as round, extract(epoch from (data ->> 'retryAt')::timestamptz - at) > 119 as late
      from events e join pipelines p on p.public_id = e.pipeline
      where p.id = ${id} and type = 'task.delayed' and data ->> 'code' = 'TASK_STALLED' order by e.id`;
    expect([...rounds]).toEqual([
      { round: null, late: false },
      { round: 2, late: true },
      { round: null, late: false },
    ]);
  });

  it("is put off by every sign of life: a heartbeat, or progress", async () => {
    const container = await addContainer(db.sql);
    const { lease } = await takeTurn(container);
    await age.silence(container);
    await heartbeat(db.sql, container, { phase: "ready", note: null, ttlMs: 60_000 });
    await age.stall(lease);
    await reportProgress(db.sql, container, lease, { fraction: 0.1, done: 1, total: 10 });
    expect(await rescuer.tick()).toBe(0);
  });

  it("keeps the progress of a lost task, through the next attempt", async () => {
    const fractionOf = async (id: number) =>
      (await db.sql`select fraction, done from task_progress where pipeline_id = ${id}`)[0];
    const container = await addContainer(db.sql);
    const { id, lease } = await takeTurn(container);
    await reportProgress(db.sql, container, lease, { fraction: 0.7, done: 7, total: 10 });
    await age.silence(container);
    await rescuer.tick();
    expect(await fractionOf(id)).toEqual({ fraction: 0.7, done: 7 });
    const next = await addContainer(db.sql);
    const again = await claimOne(db.sql, next);
    await reportProgress(db.sql, next, again, { fraction: 0.2, done: 2, total: 10 });
    expect(await fractionOf(id)).toEqual({ fraction: 0.7, done: 7 });
    await applyMoves(db.sql, [doneOf(again)]);
    expect((await factsOf(db.sql, id)).state).toBe("done");
  });

  it("keeps the progress of a task that failed for good", async () => {
    const container = await addContainer(db.sql);
    const { id, lease } = await takeTurn(container);
    await reportProgress(db.sql, container, lease, { fraction: 0.7, done: 7, total: 10 });
    const { epoch, id: leaseId } = lease;
    await applyMoves(db.sql, [{ kind: "dead", epoch, id: leaseId, failure, lost: false }]);
    const [row] = await db.sql`select fraction from task_progress where pipeline_id = ${id}`;
    expect(row).toEqual({ fraction: 0.7 });
  });

  it("works beside another one: each lease is taken back once", async () => {
    const container = await addContainer(db.sql);
    const turns = [await takeTurn(container), await takeTurn(container)];
    await age.silence(container);
    const counts = await Promise.all([rescuer.tick(), rescuer.tick(), rescuer.tick()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    for (const { id } of turns) expect(await spentOf(id)).toMatchObject({ lost: 1 });
  });
});

describe("a document that containers die over", () => {
  /** A new container takes what there is, and is never heard of again. */
  const killOne = async () => {
    const container = await addContainer(db.sql);
    const leases = await claim(db.sql, container);
    await age.silence(container);
    await rescuer.tick();
    return leases;
  };
  const quarantineOf = async (id: number) => {
    const [row] = await db.sql`select quarantine from pipelines where id = ${id}`;
    return row?.quarantine;
  };
  const suspected = {
    code: "DOCUMENT_QUARANTINED",
    detail: "3 containers were lost over it.",
  };

  it("is put into quarantine when one task has lost as many as its pack allows", async () => {
    const { id } = await submit(db.sql, "one");
    for (let n = 0; n < 3; n += 1) expect(await killOne()).toHaveLength(1);
    expect(await spentOf(id)).toEqual({ failures: 0, lost: 3, code: "DOCUMENT_QUARANTINED" });
    expect((await factsOf(db.sql, id)).state).toBe("failed");
    expect(await quarantineOf(id)).toEqual(suspected);
    expect(await killOne()).toEqual([]);
  });

  it("is put into quarantine when its tasks together have, and what runs is taken back", async () => {
    await activateGraph(db.sql, "parts", [
      { name: "first" },
      { name: "a", after: "first", lost: 3 },
      { name: "b", after: "first", lost: 3 },
      { name: "c", after: "first", lost: 3 },
      { name: "last", after: ["a", "b"] },
    ]);
    const { id } = await submit(db.sql, "parts");
    const steady = await addContainer(db.sql, { slots: 1 });
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, steady))]);
    // a and b die with two containers each time; c is worked on by one that lives.
    const [own] = (await claim(db.sql, steady, 3)).filter(({ task }) => task === "a");
    await applyMoves(db.sql, own ? [{ kind: "release", epoch: own.epoch, id: own.id }] : []);
    for (let n = 0; n < 2; n += 1) expect((await killOne()).length).toBeGreaterThan(0);
    expect((await factsOf(db.sql, id)).state).toBe("active");
    expect(await claim(db.sql, steady, 1)).toHaveLength(1);
    expect((await killOne()).length).toBeGreaterThan(0);
    const facts = await factsOf(db.sql, id);
    expect(facts.state).toBe("done_with_gaps");
    expect(facts.tasks).toMatchObject({ first: "done", last: "skipped" });
    expect(await quarantineOf(id)).toEqual(suspected);
    expect(await db.sql`select 1 from leases where pipeline_id = ${id}`).toHaveLength(0);
    const events = await db.sql`
      select e.type, e.data ->> 'code' as code from events e join pipelines p on p.public_id = e.pipeline
      where p.id = ${id} and e.type = 'pipeline.quarantined'`;
    expect([...events]).toEqual([{ type: "pipeline.quarantined", code: "DOCUMENT_QUARANTINED" }]);
  });

  it("gets all its chances back when a person tries again", async () => {
    const { id } = await submit(db.sql, "one");
    for (let n = 0; n < 3; n += 1) await killOne();
    expect(await applyMoves(db.sql, [{ kind: "retry", pipeline: id, by: "test" }])).toEqual([true]);
    expect(await quarantineOf(id)).toBeNull();
    for (let n = 0; n < 2; n += 1) await killOne();
    expect((await factsOf(db.sql, id)).tasks).toEqual({ a: "ready" });
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, await addContainer(db.sql)))]);
    expect((await factsOf(db.sql, id)).state).toBe("done");
  });
});
