import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { activateGraph, session, submit } from "../../../test/support/queue.ts";
import type { Sql } from "../../db/connect.ts";
import { FactsCache } from "./facts-cache.ts";

let db: TestDatabase;
/** One connection: what is asked first is answered first. */
let sql: Sql;
const ids: number[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  sql = session(db.url);
  await activateGraph(db.sql, "one", [{ name: "a" }]);
  for (let n = 0; n < 5; n += 1) ids.push((await submit(db.sql, "one")).id);
});
afterAll(async () => {
  await sql.end();
  await db.drop();
});

describe("what is known of pipelines at work", () => {
  it("is told whole, also when others push it out meanwhile", async () => {
    const cache = new FactsCache({ sql }, 2);
    await cache.of(ids.slice(0, 2));
    const others = cache.of(ids.slice(3));
    const found = await cache.of(ids.slice(0, 3));
    await others;
    expect([...found.keys()].toSorted((a, b) => a - b)).toEqual(ids.slice(0, 3));
  });

  it("is kept for those asked for last", async () => {
    let statements = 0;
    const counted = new Proxy(sql, {
      apply(target, own, given) {
        statements += 1;
        return Reflect.apply(target, own, given);
      },
    });
    const cache = new FactsCache({ sql: counted }, 2);
    const reads = async (some: readonly number[]): Promise<boolean> => {
      const before = statements;
      await cache.of(some);
      return statements > before;
    };
    expect(await reads(ids.slice(0, 2))).toBe(true);
    expect(await reads(ids.slice(0, 1))).toBe(false);
    expect(await reads(ids.slice(2, 3))).toBe(true);
    expect(await reads(ids.slice(0, 1))).toBe(false);
    expect(await reads(ids.slice(1, 2))).toBe(true);
  });
});
