import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, session } from "../../test/support/queue.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "two", [{ name: "a" }, { name: "b" }, { name: "c", after: "a" }]);
});
afterAll(() => db.drop());

const tables = ["documents", "pipelines", "ready", "events", "shares"] as const;
/** How much of everything there is. */
const countAll = async (): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const [row] = await db.sql<{ n: number }[]>`select count(*)::int as n from ${db.sql(table)}`;
    counts[table] = row?.n ?? 0;
  }
  return counts;
};
interface Item {
  readonly sha256: string;
  readonly name: string;
  readonly key?: string;
}
const itemsOf = (count: number): Item[] =>
  Array.from({ length: count }, (_, n) => ({
    sha256: randomBytes(32).toString("hex"),
    name: `deck-${n}.pdf`,
  }));
const add = (items: readonly object[], sql = db.sql) =>
  sql`select * from add_pipelines('default', 'two', 5, ${sql.json(items as never)})`;

describe("a submission", () => {
  it.each([1, 40])("of %i is there as a whole", async (count) => {
    const before = await countAll();
    expect(await add(itemsOf(count))).toHaveLength(count);
    const after = await countAll();
    expect(after).toMatchObject({
      documents: (before.documents ?? 0) + count,
      pipelines: (before.pipelines ?? 0) + count,
      ready: (before.ready ?? 0) + 2 * count,
      events: (before.events ?? 0) + count,
    });
  });

  it.each(tables)("leaves nothing when it breaks off as it writes to %s", async (table) => {
    // Whatever was written before this statement, in whichever order, must go too.
    await db.sql.unsafe(`
      create function break_off() returns trigger language plpgsql as $$ begin raise exception 'broken off'; end $$;
      create trigger break_off after insert or update on ${table} for each statement execute function break_off()`);
    const before = await countAll();
    await expect(add(itemsOf(3))).rejects.toThrow("broken off");
    expect(await countAll()).toEqual(before);
    await db.sql.unsafe("drop function break_off cascade");
    expect(await add(itemsOf(3))).toHaveLength(3);
  });

  it.each([
    ["a hash that is none", { sha256: "abc" }, { code: "23514" }],
    ["no name", { name: "" }, { code: "23514" }],
    ["neither file nor source", { sha256: null }, { code: "23514" }],
    ["a key of another document", { key: "taken" }, { message: "IDEMPOTENCY_CONFLICT" }],
  ])("of many leaves nothing when one of them has %s", async (_title, wrong, error) => {
    await add(itemsOf(1).map((item) => ({ ...item, sha256: "a".repeat(64), key: "taken" })));
    const before = await countAll();
    const items = itemsOf(30);
    const broken = items.map((item, n) => (n === 17 ? { ...item, ...wrong } : item));
    await expect(add(broken)).rejects.toMatchObject(error);
    expect(await countAll()).toEqual(before);
  });

  it("leaves nothing when its connection dies before the commit", async () => {
    const before = await countAll();
    const other = session(db.url);
    const dying = other.begin(async (tx) => {
      await add(itemsOf(5), tx as never);
      const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await db.sql`select pg_terminate_backend(${own?.pid ?? 0}, 10000)`;
      await tx`select 1`;
    });
    await expect(dying).rejects.toMatchObject({ code: expect.stringMatching(/57P01|CONNECTION/) });
    // The driver waits for ever for the answer to a statement whose connection is gone.
    await other.end({ timeout: 1 });
    expect(await countAll()).toEqual(before);
  });
});
