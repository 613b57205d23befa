import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { openTransaction, session } from "../../test/support/queue.ts";
import type { Db, Sql } from "./connect.ts";
import {
  type EventPosition,
  eventsPerRow,
  findEventPosition,
  firstPosition,
  keepsFirstEvent,
  readEvents,
  readNewestPosition,
  type StreamedEvent,
} from "./events.ts";
import { ensurePartitions } from "./history.ts";

let db: TestDatabase;
let one: Sql;
let two: Sql;
beforeAll(async () => {
  db = await createTestDatabase();
  [one, two] = [session(db.url), session(db.url)];
});
afterAll(async () => {
  await Promise.all([one.end({ timeout: 1 }), two.end({ timeout: 1 })]);
  await db.drop();
});

const say = (sql: Db, n: number) =>
  sql`select add_event('default', 'task.progress', 'd_1', 'p_1', 'a', ${sql.json({ n })})`;
/** Takes a transaction number, as any write does. */
const write = (sql: Db) => sql`select pg_current_xact_id()`;
const saidIn = (rows: readonly StreamedEvent[]) => rows.map((row) => row.data.n);

/** Reads as the feed does: on from where the last read ended. */
class Reader {
  position: EventPosition;
  readonly seen: unknown[] = [];

  constructor(position: EventPosition) {
    this.position = position;
  }

  /** Until everything said before this call could be read, however busy other databases are. */
  async readUntil(complete: () => boolean): Promise<void> {
    while (!complete()) await this.read();
  }

  async read(limit = 500): Promise<void> {
    const { events } = await readEvents(db.sql, { after: this.position, workspace: null, limit });
    this.seen.push(...saidIn(events));
    this.position = events.at(-1) ?? this.position;
  }
}

describe("reading events", () => {
  it("misses nothing of a transaction that began first and drew its ids last", async () => {
    const reader = new Reader(await readNewestPosition(db.sql));
    const early = await openTransaction(one);
    await write(early.tx);
    const late = await openTransaction(two);
    await say(late.tx, 1);
    await say(early.tx, 2);
    // The higher id is committed, and by the older transaction; the lower one is not.
    await early.commit();
    await reader.read();
    await late.commit();
    await reader.readUntil(() => reader.seen.length >= 2);
    expect(reader.seen.toSorted()).toEqual([1, 2]);
  });

  it("misses nothing of a transaction that drew its ids first and ends last", async () => {
    const reader = new Reader(await readNewestPosition(db.sql));
    const slow = await openTransaction(one);
    await say(slow.tx, 1);
    await say(db.sql, 2);
    await reader.read();
    expect(reader.seen).toEqual([]);
    await slow.commit();
    await reader.readUntil(() => reader.seen.length >= 2);
    expect(reader.seen.toSorted()).toEqual([1, 2]);
  });

  it("never sees what was rolled back, and goes on behind it", async () => {
    const reader = new Reader(await readNewestPosition(db.sql));
    await expect(
      one.begin(async (tx) => {
        await say(tx, 1);
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await say(db.sql, 2);
    await reader.readUntil(() => reader.seen.length > 0);
    expect(reader.seen).toEqual([2]);
  });

  it("gives a transaction larger than one read in pieces, without loss", async () => {
    const reader = new Reader(await readNewestPosition(db.sql));
    await one.begin(async (tx) => {
      for (let n = 0; n < 7; n += 1) await say(tx, n);
    });
    while (reader.seen.length < 7) await reader.read(3);
    await reader.read(3);
    expect(reader.seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("gives every event once to a reader beside many writers", async () => {
    const reader = new Reader(await readNewestPosition(db.sql));
    const count = 40;
    let writing = true;
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let n = 0; n < count; n += 1) {
        await db.sql.begin(async (tx) => {
          if (n % 2 === 0) await write(tx);
          await say(tx, writer * count + n);
          if (n % 3 === 0) await tx`select pg_sleep(0.001)`;
        });
      }
    });
    const done = Promise.all(writers).finally(() => {
      writing = false;
    });
    while (writing) await reader.read(10);
    await done;
    await reader.readUntil(() => reader.seen.length >= 6 * count);
    expect(reader.seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 6 * count }, (_, n) => n),
    );
  });

  it("shows a workspace its own events and those of nobody, and a document only its own", async () => {
    const after = await readNewestPosition(db.sql);
    await db.sql`select add_event('default', 'task.done', 'd_2', 'p_2', null, '{"n": 1}')`;
    await db.sql`select add_event('other', 'task.done', 'd_3', 'p_3', null, '{"n": 2}')`;
    await db.sql`select add_event(null, 'container.phase', null, null, null, '{"n": 3}')`;
    const reader = new Reader(after);
    await reader.readUntil(() => reader.seen.length >= 3);
    const read = async (workspace: string, document?: string) =>
      saidIn((await readEvents(db.sql, { after, workspace, document, limit: 10 })).events);
    expect(await read("default")).toEqual([1, 3]);
    expect(await read("other")).toEqual([2, 3]);
    expect(await read("default", "d_2")).toEqual([1]);
    expect(await read("default", "d_3")).toEqual([]);
  });

  it("knows the place of an event, and when the first one is gone", async () => {
    const { events: all } = await readEvents(db.sql, {
      after: firstPosition,
      workspace: null,
      limit: 500,
    });
    const third = all[2]!;
    expect(await findEventPosition(db.sql, third.id)).toEqual({ xid: third.xid, id: third.id });
    expect(await keepsFirstEvent(db.sql)).toBe(true);
    await db.sql`delete from events where id = ${Math.min(...all.map((row) => row.id)) / eventsPerRow}`;
    expect(await keepsFirstEvent(db.sql)).toBe(false);
    expect(await findEventPosition(db.sql, 1)).toBeUndefined();
  });
});

describe("partitions by day", () => {
  it("are made by many at once, while rows of the day already lie in the net", async () => {
    // A day of its own, so that midnight makes no difference.
    for (const sql of [one, two]) {
      await sql`select set_config('pilotlight.now', '2030-01-01 12:00:00+00', false)`;
    }
    await say(one, 1);
    await Promise.all([one, two, one, two].map((sql) => ensurePartitions(sql)));
    await say(one, 2);
    const rows = await db.sql<{ parent: string; n: number }[]>`
      select inhparent::regclass::text as parent, count(*)::int as n from pg_inherits
      where inhparent in ('events'::regclass, 'attempts'::regclass, 'decisions'::regclass)
      group by 1 order by 1`;
    // That day's events stay in the default partition; the other tables have that day's as well.
    expect(rows).toEqual([
      { parent: "attempts", n: 4 },
      { parent: "decisions", n: 4 },
      { parent: "events", n: 3 },
    ]);
  });
});
