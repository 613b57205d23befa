import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
  doneOf,
  factsOf,
  submit,
} from "../../test/support/queue.ts";
import { applyMoves } from "../db/moves.ts";
import { createRescuer } from "./rescuer.ts";
import { createSweeper } from "./sweeper.ts";

let db: TestDatabase;
let context: TestContext;
beforeAll(async () => {
  db = await createTestDatabase();
  context = await createTestContext(db);
  await activateGraph(db.sql, "diamond", [
    { name: "a" },
    { name: "b", after: "a" },
    { name: "c", after: "a" },
    { name: "d", after: ["b", "c"] },
  ]);
});
afterAll(async () => {
  await context.close();
  await db.drop();
});

const quick = { everyMs: 60_000, stepRows: 3, tickRows: 6 };

describe("the sweeper", () => {
  it("repairs as soon as it starts, and wakes whoever waits for work", async () => {
    const { id } = await submit(db.sql, "diamond");
    await db.sql`delete from ready where pipeline_id = ${id}`;
    const woken = context.work.wait(30_000);
    const sweeper = createSweeper(context, { everyMs: 60_000 });
    await sweeper.start();
    expect(await woken).toBe(true);
    await sweeper.stop();
    expect((await factsOf(db.sql, id)).tasks.a).toBe("ready");
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: id, by: "test" }]);
  });

  it("looks at so many rows a tick, and goes on there in the next one", async () => {
    const ids = [];
    for (let n = 0; n < 20; n += 1) ids.push((await submit(db.sql, "diamond")).id);
    await db.sql`delete from ready where pipeline_id = ${ids.at(-1) ?? 0}`;
    const counted: [string, number][] = [];
    const sweeper = createSweeper(context, {
      ...quick,
      onRepair: (...repair) => counted.push(repair),
    });
    const found = [];
    for (let n = 0; n < 4; n += 1) found.push((await sweeper.tick()).length);
    expect(found).toEqual([0, 0, 0, 1]);
    expect(counted).toEqual([["stuck", 1]]);
    const cancels = ids.map((pipeline) => ({ kind: "cancel", pipeline, by: "test" }) as const);
    await applyMoves(db.sql, cancels);
  });

  it("repairs the others when one cannot be repaired", async () => {
    const [bad, good] = [await submit(db.sql, "diamond"), await submit(db.sql, "diamond")];
    await db.sql`delete from ready`;
    await db.sql`create function refuse_bad() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = '23514'; end $$`;
    await db.sql.unsafe(`create trigger refuse_bad before update on pipelines
      for each row when (old.id = ${bad.id}) execute function refuse_bad()`);
    const repairs = await createSweeper(context, { everyMs: 60_000 }).tick();
    expect(repairs).toEqual([{ kind: "stuck", pipeline: good.pipeline, rows: 1 }]);
    await db.sql`drop trigger refuse_bad on pipelines`;
    expect(await createSweeper(context, { everyMs: 60_000 }).tick()).toHaveLength(1);
    await applyMoves(
      db.sql,
      [bad, good].map(({ id }) => ({ kind: "cancel", pipeline: id, by: "test" }) as const),
    );
  });

  it("never touches a queue under load, whoever moves in it", async () => {
    const containers = await Promise.all([1, 2, 3].map(() => addContainer(db.sql, { slots: 8 })));
    const submitted = await Promise.all(
      Array.from({ length: 60 }, () => submit(db.sql, "diamond")),
    );
    let working = true;
    const sweeper = createSweeper(context, { everyMs: 60_000, stepRows: 7 });
    const repairs: unknown[] = [];
    const sweeping = (async () => {
      let rounds = 0;
      for (; working || rounds < 3; rounds += 1) repairs.push(...(await sweeper.tick()));
      return rounds;
    })();
    const work = async (container: string): Promise<void> => {
      for (;;) {
        const leases = await claim(db.sql, container, 3);
        if (leases.length > 0)
          await applyMoves(
            db.sql,
            leases.map((lease) => doneOf(lease)),
          );
        const [left] = await db.sql<{ n: number }[]>`
          select count(*)::int as n from pipelines where finished_at is null`;
        if (left?.n === 0) return;
      }
    };
    await Promise.all(containers.map(work)).finally(() => {
      working = false;
    });
    expect(await sweeping).toBeGreaterThan(2);
    expect(repairs).toEqual([]);
    const states = await Promise.all(submitted.map(({ id }) => factsOf(db.sql, id)));
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(["done"]));
  });
});

describe("a lease nobody can work on", () => {
  it("goes to another container when its own never existed, by the rescuer", async () => {
    const { id } = await submit(db.sql, "diamond");
    const container = await addContainer(db.sql);
    await claim(db.sql, container, 1);
    await db.sql`update leases set container_id = 'never-1.1' where pipeline_id = ${id}`;
    const causes: string[] = [];
    const onTaken = (cause: string) => causes.push(cause);
    const rescuer = createRescuer(context, { everyMs: 60_000, retry: retryDefaults, onTaken });
    expect(await rescuer.tick()).toBe(1);
    expect(causes).toEqual(["lost"]);
    expect((await factsOf(db.sql, id)).tasks.a).toBe("ready");
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: id, by: "test" }]);
  });

  it("does not keep the rescuer from the others", async () => {
    const [bad, good] = [await submit(db.sql, "diamond"), await submit(db.sql, "diamond")];
    const container = await addContainer(db.sql);
    await claim(db.sql, container, 2);
    await db.sql`update leases set container_id = 'never-1.1'`;
    // What it would be moved to is there already.
    await db.sql`insert into delayed (pipeline_id, idx, generation, attempt, class_id, run_at)
      values (${bad.id}, 0, 1, 2, 1, now() + interval '1 hour')`;
    const rescuer = createRescuer(context, { everyMs: 60_000, retry: retryDefaults });
    expect(await rescuer.tick()).toBe(1);
    expect((await factsOf(db.sql, good.id)).tasks.a).toBe("ready");
    // The sweep clears the way, and then it can be taken back too.
    const repairs = await createSweeper(context, { everyMs: 60_000 }).tick();
    expect(repairs).toMatchObject([{ kind: "stray_delayed" }]);
    expect(await rescuer.tick()).toBe(1);
    expect((await factsOf(db.sql, bad.id)).tasks.a).toBe("ready");
  });
});
