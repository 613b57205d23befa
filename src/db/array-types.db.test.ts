import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));
const cases = {
  text: text,
  bigint: fc.maxSafeInteger(),
  int: fc.integer(),
  name: fc.stringMatching(/^[a-z_]{1,60}$/),
  smallint: fc.integer({ min: -32768, max: 32767 }),
  varchar: text,
  float8: fc.double({ noNaN: true }).map((value) => value + 0),
  uuid: fc.uuid(),
} as const;

it.each(Object.entries(cases))("sends and reads arrays of %s", async (type, one) => {
  const many = fc.array(fc.option<unknown>(one, { freq: 8 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(many, async (sent) => {
      const [row] = await db.sql.unsafe(
        `select $1::${type}[] as read, cardinality($1::${type}[]) as count`,
        [sent as never],
        { prepare: true },
      );
      expect(row).toEqual({ read: sent, count: sent.length });
    }),
    { numRuns: 60 },
  );
});
