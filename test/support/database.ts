import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { connect, type Sql } from "../../src/db/connect.ts";

export interface TestDatabase {
  readonly url: string;
  readonly sql: Sql;
  /** Closes `sql` and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A fresh, migrated database of one's own. For `*.db.test.ts` only:
 * `beforeAll(async () => { db = await createTestDatabase(); }); afterAll(() => db.drop());`
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `pilotlight_test_${randomBytes(6).toString("hex")}`;
  await administer(`create database ${name} template ${inject("templateDatabase")}`);
  const url = new URL(inject("adminUrl"));
  url.pathname = `/${name}`;
  const sql = connect(url.href, { max: 8, name: "pilotlight-test" });
  return {
    url: url.href,
    sql,
    async drop() {
      await sql.end({ timeout: 1 });
      await administer(`drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const sql = connect(inject("adminUrl"), { max: 1, name: "pilotlight-test-admin" });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
