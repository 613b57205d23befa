import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  deadOf,
  delayOf,
  doneOf,
  factsOf,
  lockWaits,
  openTransaction,
  session,
  settleTask,
  snapshotOf,
  submit,
} from "../../test/support/queue.ts";
import type { Db, Sql } from "./connect.ts";
import { readDocumentEvents } from "./events.ts";
import { applyMoves, promoteDelayed } from "./moves.ts";
import { type Place, repairQueue, type WalkedTable, walkedTables, walkQueue } from "./sweep.ts";

let db: TestDatabase;
let container = "";
let other: Sql;
beforeAll(async () => {
  db = await createTestDatabase();
  other = session(db.url);
  await activateGraph(db.sql, "pair", [{ name: "a" }, { name: "b", after: "a" }]);
  container = await addContainer(db.sql);
});
afterAll(async () => {
  await other.end({ timeout: 1 });
  await db.drop();
});

/** A whole walk in steps of two; what was odd, by table. */
async function walkAll(sql: Db): Promise<Map<WalkedTable, Place[]>> {
  const found = new Map<WalkedTable, Place[]>();
  for (const table of walkedTables) {
    let after: Place | null = null;
    for (;;) {
      const { last, odd } = await walkQueue(sql, table, after, 2);
      if (odd.length > 0) found.set(table, [...(found.get(table) ?? []), ...odd]);
      if (last === null) break;
      after = last;
    }
  }
  return found;
}

/** Finds and repairs until there is nothing left; what was done, as `kind x rows`. */
async function sweep(sql: Db): Promise<string[]> {
  const done: string[] = [];
  for (const [table, odd] of await walkAll(sql)) {
    const repairs = await repairQueue(sql, table, odd);
    done.push(...repairs.map(({ kind, rows }) => `${kind} x ${rows}`));
  }
  return done;
}

const cancel = (pipeline: number) =>
  applyMoves(db.sql, [{ kind: "cancel", pipeline, by: "test" } as const]);
const finish = async (pipeline: number) => {
  await settleTask(db.sql, container, pipeline, "a", doneOf);
  await settleTask(db.sql, container, pipeline, "b", doneOf);
};
const endsWell = async (pipeline: number) => {
  expect((await factsOf(db.sql, pipeline)).state).toBe("done");
  expect(await walkAll(db.sql)).toEqual(new Map());
};

describe("a pipeline that nobody would have gone on with", () => {
  it.each([
    ["ready", (id: number) => db.sql`delete from ready where pipeline_id = ${id}`],
    [
      "unmarked",
      (id: number) => db.sql`with gone as (delete from ready where pipeline_id = ${id})
      update pipelines set queued_mask = 0 where id = ${id}`,
    ],
  ])("is queued again when its row was lost: %s", async (_how, lose) => {
    const { id } = await submit(db.sql, "pair");
    await lose(id);
    expect(await sweep(db.sql)).toEqual(["stuck x 1"]);
    expect((await factsOf(db.sql, id)).tasks).toEqual({ a: "ready", b: "blocked" });
    await finish(id);
    await endsWell(id);
  });

  it("goes on when its lease was lost, and remembers the tries before", async () => {
    const { id } = await submit(db.sql, "pair");
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container))]);
    await promoteDelayed(db.sql);
    await claimOne(db.sql, container);
    await db.sql`delete from leases where pipeline_id = ${id}`;
    expect(await sweep(db.sql)).toEqual(["stuck x 1"]);
    const again = await claimOne(db.sql, container);
    expect([again.pipelineId, again.attempt]).toEqual([id, 2]);
    await applyMoves(db.sql, [doneOf(again)]);
    await settleTask(db.sql, container, id, "b", doneOf);
    await endsWell(id);
  });

  it("goes on when a delayed row was lost", async () => {
    const { id } = await submit(db.sql, "pair");
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container), 600_000)]);
    await db.sql`delete from delayed where pipeline_id = ${id}`;
    expect(await sweep(db.sql)).toEqual(["stuck x 1"]);
    await finish(id);
    await endsWell(id);
  });

  it("ends when all its tasks have, and skips what stands on a dead one", async () => {
    const [full, dead] = [await submit(db.sql, "pair"), await submit(db.sql, "pair")];
    await db.sql`delete from ready`;
    await db.sql`update pipelines set done_mask = full_mask where id = ${full.id}`;
    await db.sql`update pipelines set dead_mask = 1 where id = ${dead.id}`;
    expect(await sweep(db.sql)).toEqual(["stuck x 1", "stuck x 1"]);
    expect((await factsOf(db.sql, full.id)).state).toBe("done");
    expect((await factsOf(db.sql, dead.id)).state).toBe("failed");
  });

  it("shows the repair in the activity of its document", async () => {
    const { id, document } = await submit(db.sql, "pair");
    await db.sql`delete from ready where pipeline_id = ${id}`;
    await sweep(db.sql);
    const [event] = await readDocumentEvents(db.sql, document, 1);
    expect(event).toMatchObject({
      type: "queue.repaired",
      data: {
        what: "stuck",
        rows: 1,
        tasks: ["a"],
        why: "it was waiting, but in no queue",
      },
    });
    await cancel(id);
  });
});

describe("a row without business", () => {
  it.each(["cancelled", "done"])("is removed when its pipeline is %s", async (state) => {
    const { id } = await submit(db.sql, "pair");
    const lease = await claimOne(db.sql, container);
    await db.sql`insert into delayed (pipeline_id, idx, generation, attempt, class_id, run_at) values (${id}, 1, 1, 1, 1, now())`;
    await db.sql`insert into ready (class_id, rank, pipeline_id, idx, generation, attempt) select 1, rank, id, 1, 1, 1 from pipelines where id = ${id}`;
    await db.sql`update pipelines set state = ${state}, finished_at = now() where id = ${id}`;
    expect((await sweep(db.sql)).toSorted()).toEqual([
      "stray_delayed x 1",
      "stray_lease x 1",
      "stray_ready x 1",
    ]);
    expect(await applyMoves(db.sql, [doneOf(lease)])).toEqual([false]);
    const ended = await db.sql`select outcome from attempts where pipeline_id = ${id}`;
    expect(ended).toMatchObject([{ outcome: "cancelled" }]);
    expect(await walkAll(db.sql)).toEqual(new Map());
  });

  it("is removed when its pipeline never was", async () => {
    await db.sql`insert into ready (class_id, rank, pipeline_id, idx, generation, attempt) values (1, 5, 999999, 0, 1, 1), (1, -5, 999998, 3, 1, 1)`;
    await db.sql`insert into delayed (pipeline_id, idx, generation, attempt, class_id, run_at) values (999997, 0, 1, 1, 1, now())`;
    await db.sql`insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, container_id, deadline_at, stall_ms)
      values (1, 999996, 0, 1, 1, 1, ${container}, now() + interval '1 hour', 1)`;
    expect((await sweep(db.sql)).toSorted()).toEqual([
      "stray_delayed x 1",
      "stray_lease x 1",
      "stray_ready x 1",
      "stray_ready x 1",
    ]);
    expect(await walkAll(db.sql)).toEqual(new Map());
  });

  it("is removed when its task is done, and the rest goes on", async () => {
    const { id } = await submit(db.sql, "pair");
    await settleTask(db.sql, container, id, "a", doneOf);
    await db.sql`insert into ready (class_id, rank, pipeline_id, idx, generation, attempt) select 1, rank, id, 0, 1, 1 from pipelines where id = ${id}`;
    expect(await sweep(db.sql)).toEqual(["stray_ready x 1"]);
    await settleTask(db.sql, container, id, "b", doneOf);
    await endsWell(id);
  });

  it("gives way to the lease of the same task, which a second claim would break on", async () => {
    const { id } = await submit(db.sql, "pair");
    const lease = await claimOne(db.sql, container);
    await db.sql`insert into ready (class_id, rank, pipeline_id, idx, generation, attempt) select 1, rank, id, 0, 1, 2 from pipelines where id = ${id}`;
    await expect(claimOne(db.sql, container)).rejects.toThrow("leases_by_task");
    expect(await sweep(db.sql)).toEqual(["stray_ready x 1"]);
    expect(await applyMoves(db.sql, [doneOf(lease)])).toEqual([true]);
    await settleTask(db.sql, container, id, "b", doneOf);
    await endsWell(id);
  });

  it("gives way to the ready row of the same task, which a promotion would break on", async () => {
    const { id } = await submit(db.sql, "pair");
    await db.sql`insert into delayed (pipeline_id, idx, generation, attempt, class_id, run_at) values (${id}, 0, 1, 2, 1, now())`;
    await expect(promoteDelayed(db.sql)).rejects.toThrow("ready_pkey");
    expect(await sweep(db.sql)).toEqual(["stray_delayed x 1"]);
    expect(await promoteDelayed(db.sql)).toBe(0);
    await finish(id);
    await endsWell(id);
  });

  it("is put at its pipeline's place when it stands at another one", async () => {
    const { id } = await submit(db.sql, "pair");
    await db.sql`update ready set rank = rank + 1 where pipeline_id = ${id}`;
    expect((await sweep(db.sql)).toSorted()).toEqual(["stray_ready x 1", "stuck x 1"]);
    await finish(id);
    await endsWell(id);
  });

  it("is kept, and its mark set, when only the mark is missing", async () => {
    const { id } = await submit(db.sql, "pair");
    const lease = await claimOne(db.sql, container);
    await db.sql`update pipelines set queued_mask = 0 where id = ${id}`;
    expect(await sweep(db.sql)).toContain("unmarked x 1");
    expect(await applyMoves(db.sql, [doneOf(lease)])).toEqual([true]);
    await settleTask(db.sql, container, id, "b", doneOf);
    await endsWell(id);
  });
});

describe("a pipeline that is well", () => {
  it("is not written to, whatever state its tasks are in", async () => {
    const ids: number[] = [];
    const add = async () => {
      const { id } = await submit(db.sql, "pair");
      ids.push(id);
      return id;
    };
    await add();
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container), 600_000)]);
    await add();
    await claimOne(db.sql, container);
    const third = await add();
    await settleTask(db.sql, container, third, "a", doneOf);
    const fourth = await add();
    await settleTask(db.sql, container, fourth, "a", deadOf);
    await cancel(await add());
    await add();
    const versions = () => db.sql`
      select id, xmin::text, ctid::text from pipelines where id = any(${ids}::bigint[]) order by id`;
    const before = [
      await versions(),
      ...(await Promise.all(ids.map((id) => snapshotOf(db.sql, id)))),
    ];
    expect(await walkAll(db.sql)).toEqual(new Map());
    // Also when somebody takes them for broken.
    const asked = ids.map((id) => [id]);
    expect(await repairQueue(db.sql, "pipelines", asked)).toEqual([]);
    const keys = await db.sql<{ key: number[] }[]>`
      select array[class_id, rank, pipeline_id, idx]::bigint[] as key from ready`;
    expect(
      await repairQueue(
        db.sql,
        "ready",
        keys.map(({ key }) => key),
      ),
    ).toEqual([]);
    const after = [
      await versions(),
      ...(await Promise.all(ids.map((id) => snapshotOf(db.sql, id)))),
    ];
    expect(after).toEqual(before);
    for (const id of ids) await cancel(id);
  });

  /** Somebody has moved it and not committed yet; the repair looks at it at that very moment. */
  it.each<[string, boolean, (tx: Db, id: number) => Promise<unknown>]>([
    ["claim", false, (tx) => claimOne(tx, container)],
    ["promotion", false, (tx) => promoteDelayed(tx)],
    ["settlement", true, async (tx) => applyMoves(tx, [doneOf(await claimOne(tx, container))])],
    ["setback", true, async (tx) => applyMoves(tx, [delayOf(await claimOne(tx, container))])],
    [
      "cancellation",
      true,
      (tx, id) => applyMoves(tx, [{ kind: "cancel", pipeline: id, by: "test" }]),
    ],
  ])("is left alone while its %s is in flight", async (how, waits, move) => {
    const { id } = await submit(db.sql, "pair");
    if (how === "promotion") await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container))]);
    const keys = await db.sql<{ key: number[] }[]>`
      select array[class_id, rank, pipeline_id, idx]::bigint[] as key from ready where pipeline_id = ${id}`;
    const held = await openTransaction(other);
    await move(held.tx, id);
    expect(await walkAll(db.sql)).toEqual(new Map());
    let isBack = false;
    const repairs = Promise.all([
      repairQueue(db.sql, "pipelines", [[id]]),
      repairQueue(
        db.sql,
        "ready",
        keys.map(({ key }) => key),
      ),
    ]).finally(() => {
      isBack = true;
    });
    // Where the pipeline is locked, the repair waits; a claim or a promotion locks only the row it moves.
    if (waits) await lockWaits(db.sql, () => isBack);
    expect(isBack && waits).toBe(false);
    await held.commit();
    expect(await repairs).toEqual([[], []]);
    expect(await walkAll(db.sql)).toEqual(new Map());
    await cancel(id);
  });
});
