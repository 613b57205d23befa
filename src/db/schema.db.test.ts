import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { schemaText } from "../../test/support/schema-text.ts";
import { ensurePartitions } from "./history.ts";

const file = new URL("../../migrations/schema.sql", import.meta.url);
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it("is what migrations/schema.sql says", async () => {
  const text = await schemaText(db.sql);
  if (process.env.UPDATE === "1") await writeFile(file, text);
  expect(await readFile(file, "utf8")).toBe(text);
});

it("is the same text once history has its partitions", async () => {
  const before = await schemaText(db.sql);
  await ensurePartitions(db.sql);
  expect(await schemaText(db.sql)).toBe(before);
});

it("is another text after any change", async () => {
  const before = await schemaText(db.sql);
  await db.sql`alter table workspaces add column note text`;
  expect(await schemaText(db.sql)).not.toBe(before);
});
