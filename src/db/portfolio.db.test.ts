import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, submit } from "../../test/support/queue.ts";
import { connect, type Sql } from "./connect.ts";
import { readDeckVersions } from "./deck-versions.ts";
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

it("numbers the versions of a deck, for any part of it that is asked for", async () => {
  const all = await sql<{ document: number; deck: string }[]>`
    select document_id as document, 'k_' || left(deck_key, 16) as deck from portfolio order by document_id`;
  const of = all.length;
  await submitTwin();
  await write(null);
  const [last] = await sql<{ id: number }[]>`select max(document_id) as id from portfolio`;
  const asked = [all[4], all[0], all.at(-1)].map((row) => row?.document ?? 0);
  const versions = await readDeckVersions(sql, [...asked, last?.id ?? 0]);
  const deckId = all[0]?.deck ?? "";
  expect(asked.map((document) => versions.get(document))).toEqual(
    [5, 1, of].map((number) => ({ number, of, deckId })),
  );
  // The same bytes again are another run of the same version.
  expect(versions.get(last?.id ?? 0)).toEqual({ number: 5, of, deckId });
  expect(versions.size).toBe(4);
});

/** The bytes of the fifth deck again. */
async function submitTwin() {
  const [fifth] = await sql<{ sha256: string }[]>`
    select d.sha256 from portfolio f join documents d on d.id = f.document_id order by d.id offset 4 limit 1`;
  return submit(sql, "chain", { sha256: fifth?.sha256 ?? "" });
}
