import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import type { Sql } from "./connect.ts";
import {
  type Claim,
  claimLeadership,
  connectLeader,
  endLeader,
  readLeader,
  renewLeadership,
  resignLeadership,
  watchClient,
} from "./leader.ts";

let db: TestDatabase;
let sessions: Sql[];
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  sessions = [];
  await db.sql`delete from leader`;
});
afterEach(() => Promise.all(sessions.map((session) => session.end({ timeout: 1 }))));

const session = (): Sql => {
  const sql = connectLeader(db.url);
  sessions.push(sql);
  return sql;
};
const quietMs = 60_000;
const claim = (sql: Sql, holder: string, more: Partial<Claim> = {}): Promise<number | null> =>
  claimLeadership(sql, { holder, quietMs, unmoved: null, ...more });
const age = (seconds: number) =>
  db.sql`update leader set renewed_at = pl_now() - make_interval(secs => ${seconds})`;
const markNow = async (): Promise<string> => (await readLeader(db.sql))?.mark ?? "";
const locks = async (): Promise<number> => {
  const rows = await db.sql`select 1 from pg_locks where locktype = 'advisory' and objid = 7021793`;
  return rows.length;
};

it("gives the first term to whoever asks first, and nothing to the next", async () => {
  const [a, b] = [session(), session()];
  expect(await readLeader(db.sql)).toBeUndefined();
  expect(await claim(a, "a")).toBe(1);
  expect(await claim(b, "b", { quietMs: 0 })).toBeNull();
  expect(await readLeader(db.sql)).toMatchObject({ holder: "a", term: 1 });
});

it("gives no term on a free lock while the row is fresh, and leaves the lock free", async () => {
  const a = session();
  await claim(a, "a");
  await a.end({ timeout: 1 });
  const b = session();
  expect(await claim(b, "b")).toBeNull();
  expect(await locks()).toBe(0);
  await age(61);
  expect(await claim(b, "b")).toBe(2);
});

it("lets the same holder go on at once, with another term", async () => {
  const a = session();
  await claim(a, "a");
  await a.end({ timeout: 1 });
  expect(await claim(session(), "a")).toBe(2);
});

it("takes a row of the future for quiet once it stood still, and not when it has moved since", async () => {
  const a = session();
  await claim(a, "a");
  await age(-3600);
  const unmoved = await markNow();
  await a.end({ timeout: 1 });
  expect(await claim(session(), "b", { unmoved: "another" })).toBeNull();
  expect(await claim(session(), "b", { unmoved })).toBe(2);
});

it("renews for the session that holds the term alone", async () => {
  const [a, b] = [session(), session()];
  const term = (await claim(a, "a")) ?? 0;
  await age(30);
  expect(await renewLeadership(b, term)).toBe(false);
  expect((await readLeader(db.sql))?.ageMs).toBeGreaterThan(29_000);
  expect(await renewLeadership(a, term)).toBe(true);
  expect((await readLeader(db.sql))?.ageMs).toBeLessThan(29_000);
  expect(await renewLeadership(a, term + 1)).toBe(false);
});

it("leaves a row that keeps nobody waiting after a resignation", async () => {
  const [a, b] = [session(), session()];
  const term = (await claim(a, "a")) ?? 0;
  await resignLeadership(b, term);
  expect((await readLeader(db.sql))?.ageMs).toBeLessThan(quietMs);
  await resignLeadership(a, term);
  await a.end({ timeout: 1 });
  expect(await claim(b, "b")).toBe(2);
});

it("ends the session of a leader that stood still, and nobody who has moved", async () => {
  const [a, b] = [session(), session()];
  const term = (await claim(a, "a")) ?? 0;
  const before = await markNow();
  await renewLeadership(a, term);
  expect(await endLeader(b, before)).toBe(false);
  expect(await renewLeadership(a, term)).toBe(true);
  expect(await endLeader(b, await markNow())).toBe(true);
  expect(await locks()).toBe(0);
  expect(await claim(b, "b", { quietMs: 0 })).toBe(2);
});

it("ends no session that has not got the lock, whatever its row says", async () => {
  const [a, b] = [session(), session()];
  await claim(a, "a");
  const [other] = await db.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  await db.sql`update leader set pid = ${other?.pid ?? 0}`;
  expect(await endLeader(b, await markNow())).toBe(false);
});

it("ends a session that stands still between its lock and its row", async () => {
  const a = session();
  const standing = a.begin(async (tx) => {
    await tx`select pg_try_advisory_lock(7021793)`;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await tx`select 1`;
  });
  await expect(standing).rejects.toThrow();
  expect(await claim(session(), "b")).toBe(1);
});

it("asks the server to look after a silent client", async () => {
  const a = session();
  await watchClient(a);
  const [row] = await a`
    select current_setting('tcp_keepalives_idle') as idle, current_setting('tcp_keepalives_count') as count,
      current_setting('tcp_user_timeout') as "timeout"`;
  expect(row).toEqual({ idle: "1", count: "2", timeout: "3000" });
});
