import { afterAll, beforeAll, expect, it } from "vitest";
import { createLink, type Link } from "../../test/chaos/queue/link.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { connect, type Db, type Sql } from "./connect.ts";

let db: TestDatabase;
let link: Link;
let sql: Sql;
beforeAll(async () => {
  db = await createTestDatabase();
  link = await createLink(() => Number(new URL(db.url).port));
  const url = new URL(db.url);
  url.port = String(link.port);
  // One connection: whatever a loss leaves behind meets the next statement.
  sql = connect(url.href, { max: 1, name: "pilotlight-test-lost" });
});
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await link.close();
  await db.drop();
});

const pidOf = async (on: Db): Promise<number> =>
  (await on<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]!.pid;

/** Resolves once this backend runs a statement that sleeps. */
async function sleeps(pid: number): Promise<void> {
  for (;;) {
    const rows = await db.sql`
      select 1 from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`;
    if (rows.length > 0) return;
  }
}

interface Loss {
  readonly how: string;
  readonly lose: (pid: number) => Promise<unknown>;
  readonly code: string;
}

const losses: readonly Loss[] = [
  {
    how: "is ended by the server",
    lose: (pid) => db.sql`select pg_terminate_backend(${pid})`,
    code: "57P01",
  },
  { how: "is cut", lose: async () => link.cut(), code: "CONNECTION_CLOSED" },
];

it.each(losses)(
  "fails a transaction whose connection $how, and nothing else",
  async ({ lose, code }) => {
    for (let round = 0; round < 5; round += 1) {
      const transaction = sql.begin(async (tx) => {
        const pid = await pidOf(tx);
        const asleep = tx`select pg_sleep(20)`;
        void sleeps(pid).then(() => lose(pid));
        await expect(asleep).rejects.toMatchObject({ code });
      });
      await expect(transaction).rejects.toThrow();
      // The loss was told to whom it hit, and to nobody after it.
      expect(await pidOf(sql)).toBeGreaterThan(0);
    }
  },
);

interface Harm {
  readonly how: string;
  /** Hurts connections once; answers how many. */
  readonly hurt: () => Promise<number>;
}

const harms: readonly Harm[] = [
  {
    how: "ended by the server while they work",
    hurt: async () => {
      const { count } = await db.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'pilotlight-test-busy' and query = 'select 1'`;
      return count;
    },
  },
  {
    how: "cut, also while they are being opened",
    hurt: async () => {
      link.cut();
      await db.sql`select pg_sleep(0.005)`;
      return 1;
    },
  },
];

it.each(harms)("goes on however often connections are $how", async ({ hurt }) => {
  const url = new URL(db.url);
  url.port = String(link.port);
  const busy = connect(url.href, { max: 4, name: "pilotlight-test-busy" });
  expect(await busy`select array[1, 2] as list`).toEqual([{ list: [1, 2] }]);
  const codes = new Set<string>();
  let hurting = true;
  const lane = async (): Promise<void> => {
    while (hurting) await busy`select 1`.catch((error: { code: string }) => codes.add(error.code));
  };
  const lanes = Array.from({ length: 8 }, lane);
  for (let hurts = 0; hurts < 200; ) hurts += await hurt();
  hurting = false;
  await Promise.all(lanes);
  expect(codes).not.toEqual(new Set());
  expect(codes).not.toContain("CONNECT_TIMEOUT");
  // A connection may have been hurt last of all, and nobody has asked it anything since.
  const lists = [];
  for (let asked = 0; asked < 5; asked += 1) {
    lists.push(...(await busy`select array[1, 2] as list`.catch(() => [])));
  }
  expect(lists).toContainEqual({ list: [1, 2] });
  await busy.end({ timeout: 1 });
});
