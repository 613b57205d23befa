import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, submit } from "../../test/support/queue.ts";
import { connect, type Sql } from "./connect.ts";
import { readPendingDecks, writeDeck } from "./portfolio.ts";

let db: TestDatabase;
/** One session: what it has called is counted when it says so. */
let sql: Sql;
beforeAll(async () => {
  db = await createTestDatabase();
  sql = connect(db.url, { max: 1, name: "pilotlight-test" });
  await sql`set track_functions = 'pl'`;
  await activateGraph(sql, "chain", [{ name: "see", features: ["eyes"] }]);
});
afterAll(async () => {
  await sql.end();
  await db.drop();
});

/** Writes all that waits, as decks of one file name; answers how often a deck was looked for. */
async function write(company: string | null): Promise<number> {
  const before = await looks();
  for (const deck of await readPendingDecks(sql, { limit: 1000, workspace: null, newsMs: null })) {
    const row = { ...deck, review: 0, companyKey: company, stem: "scan", cells: [], slides: [] };
    await sql.begin((tx) => writeDeck(tx, row));
  }
  return (await looks()) - before;
}

async function looks(): Promise<number> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<{ calls: number }[]>`
    select calls::int from pg_stat_user_functions where funcname = 'deck_key_of'`;
  return row?.calls ?? 0;
}

const decks = async (): Promise<number> => {
  const [row] = await sql<{ decks: number }[]>`
    select count(distinct deck_key)::int as decks from portfolio`;
  return row?.decks ?? 0;
};

it("looks at each of many decks of one name once, until one of them says whose they are", async () => {
  const many = 30;
  for (let n = 0; n < many; n += 1) await submit(sql, "chain");
  expect(await write(null)).toBe(many);
  expect(await decks()).toBe(1);
  await submit(sql, "chain");
  // Itself, and then all that go where it goes.
  expect(await write("quellmar")).toBe(1 + many);
  await submit(sql, "chain");
  expect(await write(null)).toBe(1);
  expect(await decks()).toBe(1);
});
