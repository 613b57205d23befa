import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { readLearned } from "./learned.ts";
import { readFacts, saveFact } from "./provider-facts.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const save = (fact: string, value: unknown, provider = "verda") =>
  saveFact(db.sql, { provider, fact, value });

it("are kept by provider, the last one of a name", async () => {
  await save("queue_load", [1, 3]);
  await save("max_zero", false);
  await save("max_zero", true);
  await save("max_zero", "elsewhere", "verda-2");
  const facts = await readFacts(db.sql, "verda");
  expect(facts.map(({ fact, value }) => [fact, value])).toEqual([
    ["max_zero", true],
    ["queue_load", [1, 3]],
  ]);
  expect(facts[0]?.measuredAt).toBeInstanceOf(Date);
});

it("stand in for starts that were not seen yet, and no longer once one was", async () => {
  await save("cold_start_ms/L40S", 93_000);
  await save("cold_start_ms/H100", 61_500);
  const learned = async () => (await readLearned(db.sql, "text")).toSorted(byGpu);
  expect(await learned()).toEqual([
    { provider: "verda", gpu: "H100", coldStartMs: 61_500, pageMs: null },
    { provider: "verda", gpu: "L40S", coldStartMs: 93_000, pageMs: null },
  ]);
  await db.sql`
    insert into replicas (pool, replica, provider, gpu, gpus, phase, requested_at, ready_at)
    values ('text', 1, 'verda', 'L40S', 1, 'ready', now() - interval '40 seconds', now())`;
  expect(await learned()).toEqual([
    { provider: "verda", gpu: "H100", coldStartMs: 61_500, pageMs: null },
    { provider: "verda", gpu: "L40S", coldStartMs: 40_000, pageMs: null },
  ]);
});

const byGpu = (a: { gpu: string | null }, b: { gpu: string | null }): number =>
  (a.gpu ?? "") < (b.gpu ?? "") ? -1 : 1;
