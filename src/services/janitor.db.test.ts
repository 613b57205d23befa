import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestContext, type TestContext } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  deadOf,
  delayOf,
  doneOf,
  lockWaits,
  openTransaction,
  session,
  settleTask,
  submit,
} from "../../test/support/queue.ts";
import { connect, type Sql, sessionLimits } from "../db/connect.ts";
import { rollDay } from "../db/history.ts";
import { applyMoves } from "../db/moves.ts";
import { runAlone } from "../db/only-one.ts";
import { dropLeftovers } from "../db/reindex.ts";
import { createJanitor } from "./janitor.ts";
import { createVacuumWatch, type VacuumWatch } from "./vacuum-watch.ts";

let db: TestDatabase;
let context: TestContext;
let other: Sql;
let container = "";
beforeAll(async () => {
  db = await createTestDatabase();
  context = await createTestContext(db);
  other = session(db.url);
  await activateGraph(db.sql, "one", [{ name: "a" }]);
  container = await addContainer(db.sql);
});
afterAll(async () => {
  await other.end({ timeout: 1 });
  await context.close();
  await db.drop();
});

const quiet: VacuumWatch = { look: async () => [], warn: async () => false };
const janitor = (
  given: {
    watch?: VacuumWatch;
    indexBytesMin?: number;
    historyDays?: number;
    pagesBytesMax?: number;
  },
  sql: Sql = db.sql,
) =>
  createJanitor(
    { ...context, sql },
    {
      everyMs: 60_000,
      historyDays: given.historyDays ?? 2,
      indexBloatMax: 3,
      pagesBytesMax: given.pagesBytesMax ?? 1e9,
      indexBytesMin: given.indexBytesMin ?? 1e12,
      watch: given.watch ?? quiet,
      ...{ installation: "test", tempDir: join(context.dir, "tmp") },
    },
  );
const tables = async (pattern: string): Promise<string[]> => {
  const rows = await db.sql<{ name: string }[]>`
    select relname as name from pg_class where relkind = 'r' and relname ~ ${pattern} order by relname`;
  return rows.map(({ name }) => name);
};

describe("history", () => {
  const day = async (daysAgo: number): Promise<string> => {
    const [row] = await db.sql<{ day: string }[]>`
      select to_char((now() at time zone 'utc')::date - ${daysAgo}::int, 'YYYY-MM-DD') as day`;
    return row?.day ?? "";
  };
  /** Everything that has happened so far happened so many days ago. */
  async function moveBack(daysAgo: number): Promise<void> {
    const when = await day(daysAgo);
    for (const [table, column] of [
      ["attempts", "ended_at"],
      ["events", "at"],
      ["decisions", "at"],
    ] as const) {
      const name = `${table}_${when.replaceAll("-", "")}`;
      await db.sql.unsafe(
        `create table if not exists ${name} partition of ${table} for values from ('${when} 00:00:00+00') to ('${when} 24:00:00+00')`,
      );
      await db.sql.unsafe(
        `update ${table} set ${column} = '${when} 12:00:00+00' where ${column} > now() - interval '1 day'`,
      );
    }
  }
  const totals = () => db.sql`
    select day::text, workspace, pack, documents, done, failed, cancelled, tasks_done, tasks_delayed, tasks_dead, tasks_lost
    from daily_totals order by day`;

  it("is dropped once it is old, and its totals stay", async () => {
    await settleTask(db.sql, container, (await submit(db.sql, "one")).id, "a", doneOf);
    await settleTask(db.sql, container, (await submit(db.sql, "one")).id, "a", deadOf);
    const lost = await submit(db.sql, "one");
    await applyMoves(db.sql, [delayOf(await claimOne(db.sql, container), 600_000, true)]);
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: lost.id, by: "test" }]);
    await moveBack(4);
    await submit(db.sql, "one");
    // Yesterday is not over before the first hour of today is.
    await moveBack(2);
    expect(await tables("_\\d{8}$")).toHaveLength(6);

    expect(await janitor({ historyDays: 3 }).tick()).toBe(true);
    const about = { workspace: "default", pack: "one" };
    const expected = [
      {
        ...about,
        day: await day(4),
        ...{ documents: 3, done: 1, failed: 1, cancelled: 1 },
        ...{ tasks_done: 1, tasks_delayed: 1, tasks_dead: 1, tasks_lost: 1 },
      },
      {
        ...about,
        day: await day(2),
        ...{ documents: 1, done: 0, failed: 0, cancelled: 0 },
        ...{ tasks_done: 0, tasks_delayed: 0, tasks_dead: 0, tasks_lost: 0 },
      },
    ];
    expect(await totals()).toEqual(expected);
    const left = await tables("^events_\\d{8}$");
    expect(left).not.toContain(`events_${(await day(4)).replaceAll("-", "")}`);
    expect(left).toContain(`events_${(await day(2)).replaceAll("-", "")}`);
    // Today and two days ahead are there, and what is gone is not counted anew.
    expect(left).toHaveLength(4);
    expect(await rollDay(db.sql, await day(4))).toBe(false);
    await janitor({ historyDays: 3 }).tick();
    expect(await totals()).toEqual(expected);
    const [row] = await db.sql<{ n: number }[]>`select count(*)::int as n from pipelines`;
    expect(row?.n).toBe(4);
  });

  it("is dropped from the default partitions too", async () => {
    const when = await day(40);
    await db.sql`insert into decisions (at, policy, pool, action, rule, sentence, inputs) values (${when}::text::date, 'p', 'vision', 'hold', 'r', 's.', '{}')`;
    await db.sql`insert into events (at, type) values (${when}::text::date, 'decision.made')`;
    expect(await db.sql`select 1 from decisions_default`).toHaveLength(1);
    await janitor({}).tick();
    expect(await db.sql`select 1 from decisions_default`).toHaveLength(0);
    expect(await db.sql`select 1 from events_default`).toHaveLength(0);
  });

  it("stays for another time when somebody is reading it, and nobody waits behind", async () => {
    await submit(db.sql, "one");
    await moveBack(30);
    const name = `events_${(await day(30)).replaceAll("-", "")}`;
    const held = await openTransaction(other);
    await held.tx`select count(*) from events`;
    await janitor({}).tick();
    expect(await tables(name)).toEqual([name]);
    await held.commit();
    await janitor({}).tick();
    expect(await tables(name)).toEqual([]);
  });
});

describe("the janitor", () => {
  it("does not keep a stop waiting for a job that takes long", async () => {
    let began: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const blocker = await openTransaction(other);
    // Adding up the totals waits for this one, for ever.
    await blocker.tx`lock table rolled_days in access exclusive mode`;
    const watch: VacuumWatch = {
      ...quiet,
      warn: async () => {
        began();
        return false;
      },
    };
    const patient = connect(db.url, { max: 4, limits: { ...sessionLimits, lockMsMax: 0 } });
    const slow = janitor({ watch }, patient);
    await slow.start();
    await begun;
    await lockWaits(db.sql, () => false);
    await slow.stop();
    await blocker.commit();
    await patient.end();
    expect(await janitor({}).tick()).toBe(true);
  });

  it("leaves the house to another one that is at it", async () => {
    let inside: Promise<boolean> | undefined;
    await runAlone(other, async () => {
      inside = janitor({}).tick();
      await inside;
    });
    expect(await inside).toBe(false);
    expect(await janitor({}).tick()).toBe(true);
  });
});

describe("an index that has outgrown its rows", () => {
  const bytesOf = async (index: string): Promise<number> => {
    const [row] = await db.sql<{ bytes: number }[]>`
      select pg_relation_size(${index}::text::regclass) as bytes`;
    return row?.bytes ?? 0;
  };
  beforeEach(async () => {
    await db.sql`truncate ready`;
    await db.sql`insert into ready (class_id, rank, pipeline_id, idx, generation, attempt) select 1, n, n, 0, 1, 1 from generate_series(1, 20000) n`;
    await db.sql`delete from ready where pipeline_id > 50`;
  });

  it("is built anew, and one that fits its rows is left alone", async () => {
    const before = await bytesOf("ready_pkey");
    await janitor({ indexBytesMin: 100_000 }).tick();
    const after = await bytesOf("ready_pkey");
    expect(after).toBeLessThan(before / 10);
    const [file] = await db.sql`select pg_relation_filenode('ready_pkey') as node`;
    await janitor({ indexBytesMin: 1 }).tick();
    const [same] = await db.sql`select pg_relation_filenode('ready_pkey') as node`;
    expect(same).not.toEqual(file);
    await db.sql`insert into ready (class_id, rank, pipeline_id, idx, generation, attempt) select 1, n, n, 0, 1, 1 from generate_series(100, 20000) n`;
    const [full] = await db.sql`select pg_relation_filenode('ready_pkey') as node`;
    await janitor({ indexBytesMin: 100_000 }).tick();
    expect((await db.sql`select pg_relation_filenode('ready_pkey') as node`)[0]).toEqual(full);
  });

  it("is left as it is while something holds back vacuum", async () => {
    const before = await bytesOf("ready_pkey");
    await janitor({
      indexBytesMin: 100_000,
      watch: { ...quiet, warn: async () => true },
    }).tick();
    expect(await bytesOf("ready_pkey")).toBe(before);
  });

  it("leaves nothing behind when a rebuild was broken off", async () => {
    // An old snapshot is waited for; the rebuild is ended meanwhile.
    const held = await openTransaction(other);
    await held.tx`set transaction isolation level repeatable read`;
    await held.tx`select 1 from ready limit 1`;
    const hasty = session(db.url);
    await hasty`set lock_timeout = '50ms'`;
    await expect(hasty.unsafe("reindex index concurrently ready_pkey")).rejects.toThrow();
    await hasty.end();
    const leftovers = () => db.sql`select 1 from pg_class where relname ~ '_cc(new|old)[0-9]*$'`;
    expect((await leftovers()).length).toBeGreaterThan(0);
    await held.commit();
    expect(await dropLeftovers(db.sql)).toHaveLength(1);
    expect(await leftovers()).toHaveLength(0);
  });
});

describe("what holds back vacuum", () => {
  const events = () => db.sql<{ data: { holder: string; sentence: string } }[]>`
    select data from events where type = 'queue.vacuum_held' order by id`;

  it("is named once, in an event with a sentence, and again when it comes back", async () => {
    const watch = createVacuumWatch(context, 0);
    const mine = async () =>
      (await events()).filter(({ data }) => data.holder.includes("pilotlight-test-session"));
    expect(await mine()).toHaveLength(0);
    for (let n = 1; n <= 2; n += 1) {
      const held = await openTransaction(other);
      await held.tx`set transaction isolation level repeatable read`;
      await held.tx`select 1`;
      await held.tx`select pg_current_xact_id()`;
      expect(await watch.warn()).toBe(true);
      await watch.warn();
      const told = await mine();
      expect(told).toHaveLength(n);
      expect(told.at(-1)?.data.sentence).toMatch(/has held back vacuum for \d+ s/);
      await held.commit();
      await watch.warn();
    }
  });

  it("is no matter for a warning before its time", async () => {
    const held = await openTransaction(other);
    await held.tx`select pg_current_xact_id()`;
    const watch = createVacuumWatch(context, 3_600_000);
    expect(await watch.warn()).toBe(false);
    const [longest] = await watch.look();
    expect(longest?.seconds).toBeGreaterThanOrEqual(0);
    await held.commit();
  });
});
