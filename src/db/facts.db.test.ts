import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, submit } from "../../test/support/queue.ts";
import { readPackFacts, readPipelineFacts } from "./leases.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "one", [{ name: "a" }, { name: "b", after: "a" }]);
});
afterAll(() => db.drop());

describe("what is known of pipelines", () => {
  it("is one entry for each of them, however often it is asked for", async () => {
    const [one, other] = [await submit(db.sql, "one"), await submit(db.sql, "one")];
    const facts = await readPipelineFacts(db.sql, [one.id, other.id, one.id, 0]);
    expect(facts.map((entry) => [entry.pipelineId, entry.pipeline, entry.document])).toEqual([
      [one.id, one.pipeline, one.document],
      [other.id, other.pipeline, other.document],
    ]);
    expect(facts[0]).toMatchObject({ priority: 5, pages: 10 });
    const packs = await readPackFacts(
      db.sql,
      facts.map(({ packId }) => packId),
    );
    expect(packs).toMatchObject([{ tasks: ["a", "b"], layers: [1, 2] }]);
  });

  it("is found by index, also where the planner believes that a table is tiny", async () => {
    const { id } = await submit(db.sql, "one");
    await db.sql`analyze documents, pipelines`;
    const scans = await db.sql.begin(async (tx) => {
      await readPipelineFacts(tx, [id]);
      return tx`select relname, seq_scan from pg_stat_xact_user_tables where relname in ('documents', 'pipelines') order by relname`;
    });
    expect([...scans]).toEqual([
      { relname: "documents", seq_scan: 0 },
      { relname: "pipelines", seq_scan: 0 },
    ]);
  });
});
