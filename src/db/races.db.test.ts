import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  claimOne,
  claimTasks,
  deadOf,
  delayOf,
  doneOf,
  epoch,
  factsOf,
  failure,
  hashOf,
  lockWaits,
  openTransaction,
  releaseOf,
  session,
  snapshotOf,
  submit,
} from "../../test/support/queue.ts";
import type { Sql } from "./connect.ts";
import { heartbeat } from "./containers.ts";
import { ensureInstallation, raiseEpoch } from "./installation.ts";
import { reportProgress, saveSlide, saveSlideFailure, stageResult } from "./leases.ts";
import { applyMoves, type LeaseKey, type Move, promoteDelayed } from "./moves.ts";

let db: TestDatabase;
let container = "";
let other = "";
/** Two people at once; each has one connection. */
let one: Sql;
let two: Sql;
beforeAll(async () => {
  db = await createTestDatabase();
  [one, two] = [session(db.url), session(db.url)];
  await activateGraph(db.sql, "pair", [{ name: "a" }, { name: "b", after: "a" }]);
  await activateGraph(db.sql, "pair-text", [{ name: "a", pool: "text" }]);
  container = await addContainer(db.sql);
  other = await addContainer(db.sql);
});
afterAll(async () => {
  await Promise.all([one.end({ timeout: 1 }), two.end({ timeout: 1 })]);
  await db.drop();
});

const cancel = (pipeline: number): Move => ({ kind: "cancel", pipeline, by: "test" });
const slide = { recipe: "r/visual_analysis/e", slide: 1, result: { slide: 1 }, seconds: 1 };

/** Every write a worker can make under a lease; each answers whether it was accepted. */
const writes: Record<string, (by: string, key: LeaseKey) => Promise<boolean | undefined>> = {
  done: async (by, key) => (await applyMoves(db.sql, [{ ...doneOf(key), container: by }]))[0],
  delay: async (by, key) => (await applyMoves(db.sql, [{ ...delayOf(key), container: by }]))[0],
  dead: async (by, key) => (await applyMoves(db.sql, [{ ...deadOf(key), container: by }]))[0],
  release: async (by, key) => (await applyMoves(db.sql, [{ ...releaseOf(key), container: by }]))[0],
  progress: (by, key) => reportProgress(db.sql, by, key, { fraction: 0.5, done: 1, total: 2 }),
  slide: (by, key) => saveSlide(db.sql, by, key, slide),
  "failed slide": (by, key) => saveSlideFailure(db.sql, by, key, 2, failure),
  stage: (by, key) => stageResult(db.sql, by, key, { ok: true }),
};

describe("the fence", () => {
  it.each(Object.keys(writes))("keeps out %s of a lease that was taken back", async (write) => {
    const { id } = await submit(db.sql, "pair");
    const lease = await claimOne(db.sql, container);
    await applyMoves(db.sql, [delayOf(lease, 0, true)]);
    await promoteDelayed(db.sql);
    const next = await claimOne(db.sql, other);
    const before = await snapshotOf(db.sql, id);
    expect(await writes[write]!(container, lease)).toBe(false);
    expect(await snapshotOf(db.sql, id)).toEqual(before);
    expect(await writes[write]!(other, next)).toBe(true);
    await applyMoves(db.sql, [cancel(id)]);
  });

  it.each(Object.keys(writes))("keeps out %s of another container", async (write) => {
    const { id } = await submit(db.sql, "pair");
    const lease = await claimOne(db.sql, container);
    const before = await snapshotOf(db.sql, id);
    expect(await writes[write]!(other, lease)).toBe(false);
    expect(await snapshotOf(db.sql, id)).toEqual(before);
    await applyMoves(db.sql, [cancel(id)]);
  });

  it.each(Object.keys(writes))("keeps out %s of a cancelled pipeline", async (write) => {
    const { id } = await submit(db.sql, "pair");
    const lease = await claimOne(db.sql, container);
    await applyMoves(db.sql, [cancel(id)]);
    const before = await snapshotOf(db.sql, id);
    expect(await writes[write]!(container, lease)).toBe(false);
    expect(await snapshotOf(db.sql, id)).toEqual(before);
  });

  it("is never the same after a backup was restored, even when the clock has hardly moved", async () => {
    await ensureInstallation(db.sql, "test");
    const first = await raiseEpoch(db.sql, 1_000_000);
    const { id } = await submit(db.sql, "pair");
    const backup =
      await db.sql`select epoch, (select last_value from lease_id_seq) as last from installation`;
    const later = await raiseEpoch(db.sql, 1_000_050);
    const [lease] = await claimTasks(db.sql, container, later, 1);
    await applyMoves(db.sql, [releaseOf(lease!)]);
    await db.sql`update installation set epoch = ${backup[0]!.epoch}`;
    await db.sql`select setval('lease_id_seq', ${backup[0]!.last})`;
    const restored = await raiseEpoch(db.sql, 1_000_051);
    const [again] = await claimTasks(db.sql, container, restored, 1);
    expect(again!.id).toBe(lease!.id);
    expect(again!.epoch).not.toBe(lease!.epoch);
    expect(later).toBeGreaterThan(first);
    expect(
      await reportProgress(db.sql, container, lease!, { fraction: 1, done: null, total: null }),
    ).toBe(false);
    await applyMoves(db.sql, [cancel(id)]);
  });

  it("rises at every start, also when the clock stands still or was set back", async () => {
    const epochs = [
      await raiseEpoch(db.sql, 5_000_000),
      await raiseEpoch(db.sql, 5_000_000),
      await raiseEpoch(db.sql, 10),
    ];
    expect(epochs).toEqual([5_000_000, 5_000_001, 5_000_002]);
  });
});

const queueOf = async (pipeline: number) =>
  db.sql`select 'ready' as place from ready where pipeline_id = ${pipeline}
    union all select 'delayed' from delayed where pipeline_id = ${pipeline}
    union all select 'leased' from leases where pipeline_id = ${pipeline}`;

/**
 * The first session stops before its commit, the second comes along and has to wait (or pass by),
 * then both finish.
 */
async function interleave(
  first: (tx: Sql) => Promise<unknown>,
  second: (sql: Sql) => Promise<unknown>,
): Promise<unknown> {
  const held = await openTransaction(one);
  await first(held.tx as Sql);
  let ended = false;
  const waiting = second(two).finally(() => {
    ended = true;
  });
  await lockWaits(db.sql, () => ended);
  const waited = !ended;
  await held.commit();
  return { waited, answer: await waiting };
}

describe("two at once", () => {
  it("cancelling waits for a claim in flight and takes its lease", async () => {
    const { id } = await submit(db.sql, "pair");
    const seen = await interleave(
      (tx) => claimTasks(tx, container, epoch, 1),
      (sql) => applyMoves(sql, [cancel(id)]),
    );
    expect(seen).toEqual({ waited: true, answer: [true] });
    expect(await queueOf(id)).toEqual([]);
  });

  it("a claim passes by what is being cancelled", async () => {
    const { id } = await submit(db.sql, "pair");
    const seen = await interleave(
      (tx) => applyMoves(tx, [cancel(id)]),
      (sql) => claimTasks(sql, container, epoch, 1),
    );
    expect(seen).toEqual({ waited: false, answer: [] });
    expect(await queueOf(id)).toEqual([]);
  });

  it("cancelling waits for a delayed task on its way back and takes it", async () => {
    const { id } = await submit(db.sql, "pair");
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container))]);
    const seen = await interleave(
      (tx) => promoteDelayed(tx),
      (sql) => applyMoves(sql, [cancel(id)]),
    );
    expect(seen).toEqual({ waited: true, answer: [true] });
    expect(await queueOf(id)).toEqual([]);
  });

  it("a delayed task that is being cancelled does not come back", async () => {
    const { id } = await submit(db.sql, "pair");
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container))]);
    const seen = await interleave(
      (tx) => applyMoves(tx, [cancel(id)]),
      (sql) => promoteDelayed(sql),
    );
    expect(seen).toEqual({ waited: false, answer: 0 });
    expect(await queueOf(id)).toEqual([]);
  });

  it.each([
    ["the worker's result", doneOf, (key: LeaseKey) => delayOf(key, 0, true), ["done", "ready"]],
    ["the rescuer's", (key: LeaseKey) => delayOf(key, 0, true), doneOf, ["delayed", "blocked"]],
  ])(
    "of a settle and a rescue only %s counts, when it comes first",
    async (_title, first, second, states) => {
      const { id } = await submit(db.sql, "pair");
      const lease = await claimOne(db.sql, container);
      const seen = await interleave(
        (tx) => applyMoves(tx, [first(lease)]),
        (sql) => applyMoves(sql, [second(lease)]),
      );
      expect(seen).toEqual({ waited: true, answer: [false] });
      expect(Object.values((await factsOf(db.sql, id)).tasks)).toEqual(states);
      const attempts = await db.sql`select 1 from attempt_history where pipeline_id = ${id}`;
      expect(attempts).toHaveLength(1);
      await applyMoves(db.sql, [cancel(id)]);
    },
  );

  it("a settle and a cancel leave either the result or the cancelled task", async () => {
    const { id } = await submit(db.sql, "pair");
    const lease = await claimOne(db.sql, container);
    const seen = await interleave(
      (tx) => applyMoves(tx, [doneOf(lease)]),
      (sql) => applyMoves(sql, [cancel(id)]),
    );
    expect(seen).toEqual({ waited: true, answer: [true] });
    expect((await factsOf(db.sql, id)).tasks).toEqual({ a: "done", b: "cancelled" });
  });

  it("two retries open a pipeline once", async () => {
    const { id } = await submit(db.sql, "pair");
    await applyMoves(db.sql, [deadOf(await claimOne(db.sql, container))]);
    const retry: Move = { kind: "retry", pipeline: id, by: "test" };
    const seen = await interleave(
      (tx) => applyMoves(tx, [retry]),
      (sql) => applyMoves(sql, [retry]),
    );
    expect(seen).toEqual({ waited: true, answer: [false] });
    expect(await queueOf(id)).toHaveLength(1);
    await applyMoves(db.sql, [cancel(id)]);
  });

  it("two claims of one container never pass its slots together", async () => {
    const narrow = await addContainer(db.sql, { slots: 1 });
    const ids = [(await submit(db.sql, "pair")).id, (await submit(db.sql, "pair")).id];
    const seen = await interleave(
      (tx) => claimTasks(tx, narrow, epoch, 8),
      (sql) => claimTasks(sql, narrow, epoch, 8),
    );
    expect(seen).toEqual({ waited: true, answer: [] });
    expect(await db.sql`select 1 from leases where container_id = ${narrow}`).toHaveLength(1);
    await applyMoves(db.sql, ids.map(cancel));
  });

  it("two containers that register over old ones do not block each other for ever", async () => {
    const pools = Array.from({ length: 6 }, (_, n) => ({ pool: "vision", replica: 500 + n }));
    for (const slot of pools) await addContainer(db.sql, slot);
    for (let round = 0; round < 5; round += 1) {
      const ids = await Promise.all(pools.map((slot) => addContainer(db.sql, slot)));
      const [row] = await db.sql`select count(*)::int as n from processing_servers
        where id = any(${ids}) and ended_at is null and cardinality(class_ids) > 0`;
      expect(row).toEqual({ n: pools.length });
    }
  });

  it("a container that registers while a pack is activated serves its classes", async () => {
    for (let round = 0; round < 5; round += 1) {
      const features = [`feature-${round}`];
      const [id] = await Promise.all([
        addContainer(db.sql, { features }),
        activateGraph(db.sql, `fresh-${round}`, [{ name: "a", features }]),
      ]);
      const [row] = await db.sql`select s.class_ids @> (select array_agg(c.id) from task_classes c
        where c.features = ${features}) as serves from processing_servers s where s.id = ${id}`;
      expect(row).toEqual({ serves: true });
    }
  });
});

describe("one idempotency key", () => {
  it("makes one pipeline out of ten submissions at once", async () => {
    const sha256 = hashOf("same");
    const all = await Promise.all(
      Array.from({ length: 10 }, () =>
        submit(db.sql, "pair", { sha256, idempotencyKey: "ten times" }),
      ),
    );
    expect(new Set(all.map((entry) => entry.pipeline)).size).toBe(1);
    expect(await db.sql`select 1 from documents where sha256 = ${sha256}`).toHaveLength(1);
    await applyMoves(db.sql, [cancel(all[0]!.id)]);
  });

  it("is refused for another document, and leaves nothing of it", async () => {
    const { id } = await submit(db.sql, "pair", { sha256: hashOf("a"), idempotencyKey: "once" });
    await expect(
      submit(db.sql, "pair", { sha256: hashOf("b"), idempotencyKey: "once" }),
    ).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect(await db.sql`select 1 from documents where sha256 = ${hashOf("b")}`).toEqual([]);
    await applyMoves(db.sql, [cancel(id)]);
  });

  it("means nothing to another workspace", async () => {
    await db.sql`insert into workspaces (id, name) values ('second', 'Second') on conflict do nothing`;
    const given = { sha256: hashOf("shared"), idempotencyKey: "shared" };
    const first = await submit(db.sql, "pair", given);
    const second = await submit(db.sql, "pair", { ...given, workspace: "second" });
    expect(second.pipeline).not.toBe(first.pipeline);
    await applyMoves(db.sql, [cancel(first.id), cancel(second.id)]);
  });
});

describe("many at once", () => {
  it("eight sessions work off 300 pipelines: each task once, in order, and nothing is left", async () => {
    const count = 300;
    const workers = await Promise.all(
      Array.from({ length: 8 }, () => addContainer(db.sql, { slots: 7, pipelines: 5 })),
    );
    const ids: number[] = [];
    for (let n = 0; n < count; n += 1) ids.push((await submit(db.sql, "pair")).id);
    let left = count * 2;
    const refused: LeaseKey[] = [];
    const work = async (id: string, nth: number): Promise<void> => {
      for (let turn = nth; left > 0; turn += 1) {
        const leases = await claim(db.sql, id, 7);
        // Now and then something is given back or fails; it has to come again.
        const moves = leases.map((lease, n) => {
          if ((turn + n) % 11 === 0) return releaseOf(lease);
          return (turn + n) % 13 === 0 ? delayOf(lease, 0, true) : doneOf(lease);
        });
        const accepted = await applyMoves(db.sql, moves);
        refused.push(...leases.filter((_, n) => !accepted[n]));
        left -= moves.filter((move, n) => move.kind === "done" && accepted[n]).length;
        await promoteDelayed(db.sql);
        await heartbeat(db.sql, id, { phase: "ready", note: null, ttlMs: 600_000 });
      }
    };
    await Promise.all(workers.map(work));
    expect(left).toBe(0);
    expect(refused).toEqual([]);
    const [facts] = await db.sql`select
      (select count(*)::int from pipelines where id = any(${ids}) and state = 'done') as done,
      (select count(*)::int from results where pipeline_id = any(${ids})) as results,
      (select count(*)::int from attempt_history where pipeline_id = any(${ids}) and outcome = 'done') as accepted,
      (select count(*)::int from results a join results b using (pipeline_id)
        where pipeline_id = any(${ids}) and a.idx = 0 and b.idx = 1 and a.created_at < b.created_at) as in_order,
      (select count(*)::int from leases) + (select count(*)::int from ready) + (select count(*)::int from delayed) as left`;
    expect(facts).toEqual({
      done: count,
      results: 2 * count,
      accepted: 2 * count,
      in_order: count,
      left: 0,
    });
  });

  it("crossing batches of several pipelines do not block each other for ever", async () => {
    const ids: number[] = [];
    for (let n = 0; n < 40; n += 1) ids.push((await submit(db.sql, "pair")).id);
    const leases = await claim(db.sql, container, 64);
    const up = leases.map((lease) => doneOf(lease));
    const down = [...leases].reverse().map((lease) => delayOf(lease, 0, true));
    const cancels = [...ids].reverse().map(cancel);
    const answers = await Promise.all([
      applyMoves(db.sql, up),
      applyMoves(db.sql, down),
      applyMoves(db.sql, cancels),
      applyMoves(db.sql, [...up].reverse()),
    ]);
    const settled = [...answers[0]!, ...answers[1]!, ...answers[3]!].filter(Boolean).length;
    expect(settled).toBeLessThanOrEqual(40);
    expect(answers[2]).toEqual(cancels.map(() => true));
    expect(await db.sql`select 1 from leases where pipeline_id = any(${ids})`).toEqual([]);
  });
});
