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

const losses: Record<string, (pid: number) => Promise<unknown>> = {
  "is ended by the server": (pid) => db.sql`select pg_terminate_backend(${pid})`,
  "is cut": async () => link.cut(),
};

it.each(Object.keys(losses))(
  "fails a transaction whose connection %s, and goes on",
  async (how) => {
    for (let round = 0; round < 5; round += 1) {
      const transaction = sql.begin(async (tx) => {
        const pid = await pidOf(tx);
        const asleep = tx`select pg_sleep(20)`;
        void sleeps(pid).then(() => losses[how]?.(pid));
        await asleep;
      });
      await expect(transaction).rejects.toThrow();
      // The first statement may still hear of the loss; then all is as it was.
      await pidOf(sql).catch(() => 0);
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
  // Each connection may still have to hear of its loss.
  await Promise.all(lanes.map(() => busy`select 1`.catch(() => [])));
  expect(codes).not.toEqual(new Set());
  expect(codes).not.toContain("CONNECT_TIMEOUT");
  expect(await busy`select array[1, 2] as list`).toEqual([{ list: [1, 2] }]);
  await busy.end({ timeout: 1 });
});
