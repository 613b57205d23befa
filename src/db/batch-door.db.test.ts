import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, addContainer, claimOne, hashOf } from "../../test/support/queue.ts";
import { findBatch } from "./batches.ts";
import { listBatchDocuments } from "./documents.ts";

let db: TestDatabase;
let container = "";
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "fork", [{ name: "a" }, { name: "b", after: "a" }]);
  container = await addContainer(db.sql);
});
afterAll(() => db.drop());

const source = (n: number, own: { name?: string } = {}) => ({
  sourceUri: `file:///decks/${n}.pdf`,
  ...own,
});
const find = async (batch: string) => (await findBatch(db.sql, "default", batch))!;
const documentsOf = async (batch: string) =>
  listBatchDocuments(db.sql, { batch: (await find(batch)).id, limit: 1000 });
const rowCounts = async () => {
  const [row] = await db.sql`
    select (select count(*)::int from batches) as batches, (select count(*)::int from documents) as documents,
      (select count(*)::int from pipelines) as pipelines, (select count(*)::int from ready) as ready`;
  return row;
};

describe("the door for other backends", () => {
  const call = (documents: object[], key: string | null = null) =>
    db.sql<
      { batch_id: string; n: number; document_id: string; pipeline_id: string; existing: boolean }[]
    >`
      select * from add_document_processing_pipelines('default', ${db.sql.json(documents as never)}, p_name => 'From SQL', p_pack => 'fork', p_idempotency_key => ${key})`;

  it("makes a batch in the caller's transaction, and answers the same again under its key", async () => {
    const documents = [source(1), source(2), { sha256: hashOf("sql"), bytes: 10, pages: 2 }];
    const rows = await call(documents, "sql 1");
    expect(rows.map(({ n, existing }) => [n, existing])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    const batch = rows[0]!.batch_id;
    expect((await documentsOf(batch)).map((one) => one.document)).toEqual(
      rows.map((row) => row.document_id),
    );
    expect(await find(batch)).toMatchObject({
      name: "From SQL",
      counts: { fetching: 2, active: 1 },
    });
    expect(await call(documents, "sql 1")).toEqual(rows.map((row) => ({ ...row, existing: true })));
    await expect(call([source(3)], "sql 1")).rejects.toMatchObject({
      code: "PL409",
      message: "IDEMPOTENCY_CONFLICT",
    });
    const before = await rowCounts();
    await expect(
      db.sql.begin(async (tx) => {
        await tx`select * from add_document_processing_pipelines('default', ${tx.json(documents as never)}, p_pack => 'fork')`;
        throw new Error("the caller thought better of it");
      }),
    ).rejects.toThrow("better");
    expect(await rowCounts()).toEqual(before);
  });

  it("cuts names that are too long, and refuses empty ones", async () => {
    const rows = await call([source(1, { name: "ü".repeat(300) })]);
    const [document] = await documentsOf(rows[0]!.batch_id);
    expect(document?.name).toBe("ü".repeat(255));
    await expect(call([source(1, { name: "" })])).rejects.toMatchObject({ code: "23514" });
  });

  it("does what the how-to shows", async () => {
    const path = new URL("../../docs/how-to/use-another-language.md", import.meta.url);
    const [, example = ""] = /begin;\n([^`]*)commit;/.exec(await readFile(path, "utf8")) ?? [];
    await activateGraph(db.sql, "pitch-deck", [{ name: "a" }]);
    await db.sql.unsafe(`
      create table deals (id int, state text, quarter text, deck_path text);
      create table deal_documents (deal int, document text);
      insert into deals values (3, 'new', 'Q4', '/a/x.pdf'), (1, 'new', 'Q4', '/a/y.pdf'), (2, 'new', 'Q3', '/z.pdf')`);
    await db.sql.begin((tx) => tx.unsafe(example));
    const rows = await db.sql`
      select deal, source_uri from deal_documents l join documents d on d.public_id = l.document order by deal`;
    expect(rows.map((row) => [row.deal, row.source_uri])).toEqual([
      [1, "file:///a/y.pdf"],
      [3, "file:///a/x.pdf"],
    ]);
  });

  it("hands its documents out like any other", async () => {
    await db.sql`truncate ready`;
    await call([{ sha256: hashOf("work"), bytes: 10, pages: 2 }]);
    expect(await claimOne(db.sql, container)).toMatchObject({ task: "a" });
  });
});
