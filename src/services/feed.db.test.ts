import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestContext, type TestContext } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import type { Sql } from "../db/connect.ts";
import type { StreamedEvent } from "../db/events.ts";
import { createFeed, type Feed } from "./feed.ts";

let db: TestDatabase;
let context: TestContext;
beforeAll(async () => {
  db = await createTestDatabase();
  context = await createTestContext(db);
});
afterAll(async () => {
  await context.close();
  await db.drop();
});

const say = (from: number, to = from) => db.sql`
  select add_event('default', 'task.progress', 'd_1', 'p_1', 'a', jsonb_build_object('n', n)) from generate_series(${from}::int, ${to}::int) n`;
const filter = { workspace: "default" };

interface Reader {
  readonly heard: number[];
  readonly send: (events: readonly StreamedEvent[]) => void;
  readonly reset: () => void;
  readonly filter: { workspace: string };
}
function reader(): Reader {
  const heard: number[] = [];
  return {
    heard,
    filter,
    reset: () => {},
    send: (events) => heard.push(...events.map(({ data }) => Number(data.n))),
  };
}

/** Wakes the feed until a reader has heard a number. */
async function hears({ heard }: Reader, n: number): Promise<void> {
  while (!heard.includes(n)) {
    context.change.wakeAll();
    await setImmediate();
  }
}

/** The feed itself reads for all workspaces; a replay names its own. */
const isReplay = (args: unknown[]): boolean =>
  args.some((part) =>
    String((part as { strings?: string[] }).strings).includes("and coalesce(e.workspace"),
  );

/** The next replay reads at once, but what it has read is kept back. */
function withSlowRead(sql: Sql) {
  let hasRead: () => void = () => {};
  const read = new Promise<void>((resolve) => {
    hasRead = resolve;
  });
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isArmed = false;
  const slow = new Proxy(sql, {
    apply(target, self, args) {
      const query = Reflect.apply(target, self, args);
      if (!isArmed || !isReplay(args)) return query;
      isArmed = false;
      return (async () => {
        const rows = await query;
        hasRead();
        await released;
        return rows;
      })();
    },
  });
  const arm = () => {
    isArmed = true;
  };
  return { sql: slow, arm, read, release };
}

async function withFeed(sql: Sql, heldMax: number, test: (feed: Feed) => Promise<void>) {
  const feed = createFeed({ ...context, sql }, 60_000, heldMax);
  await feed.start();
  await test(feed).finally(() => feed.stop());
}

it.each([0, 100])("loses and doubles nothing when %i events are kept in a replay", async (max) => {
  await db.sql`delete from events`;
  const first = await db.sql`select setval(pg_get_serial_sequence('events', 'id'), 1, false)`;
  expect(first).toHaveLength(1);
  const slow = withSlowRead(db.sql);
  await withFeed(slow.sql, max, async (feed) => {
    const present = reader();
    await feed.subscribe(present, null);
    await say(1, 3);
    await hears(present, 3);
    const absent = reader();
    slow.arm();
    const joined = feed.subscribe(absent, 0);
    await slow.read;
    await say(4, 6);
    await hears(present, 6);
    slow.release();
    await joined;
    expect(absent.heard).toEqual([1, 2, 3, 4, 5, 6]);
    await say(7);
    await hears(absent, 7);
    expect(absent.heard).toEqual(present.heard);
  });
});

it("reads nothing more for a reader that has left", async () => {
  await say(8, 2000);
  await withFeed(db.sql, 100, async (feed) => {
    const gone = reader();
    await feed.subscribe({ ...gone, isGone: () => gone.heard.length > 0 }, 0);
    expect(gone.heard.length).toBeGreaterThan(0);
    expect(gone.heard.length).toBeLessThanOrEqual(500);
  });
});
