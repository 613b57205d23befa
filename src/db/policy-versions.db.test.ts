import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  addPolicyProposal,
  addPolicyVersion,
  findPolicyVersion,
  listPolicyVersions,
  type NewVersion,
  readPolicyProposal,
  readPolicyVersion,
} from "./policy-versions.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const choice = (own: Partial<NewVersion>): NewVersion => ({
  ...{ policy: "just-in-time:wait-price=9", settings: {}, predicted: { p95Seconds: 400 } },
  ...{ by: "operator", reverts: null, seen: null },
  ...own,
});
const told = async (type: string) => {
  const rows = await db.sql<{ data: unknown }[]>`
    select data from events where type = ${type} order by id`;
  return rows.map(({ data }) => data);
};

it("counts from 1 without gaps, and the newest version counts", async () => {
  expect(await readPolicyVersion(db.sql)).toBeUndefined();
  const settings = { text_container_scaling: { scale_down_delay: "420s", max_replicas: 2 } };
  const first = await addPolicyVersion(db.sql, choice({ settings }));
  expect(first).toMatchObject({ version: 1, previous: null, settings, reverts: null });
  expect(first?.predicted).toEqual({ p95Seconds: 400 });
  await addPolicyVersion(db.sql, choice({ policy: "reference", seen: 1, predicted: null }));
  await addPolicyVersion(db.sql, choice({ ...first, by: "ops", seen: 2, reverts: 1 }));
  await addPolicyVersion(db.sql, choice({ policy: null, settings: {}, seen: 3, predicted: null }));
  expect(await readPolicyVersion(db.sql)).toMatchObject({
    ...{ version: 4, policy: null, settings: {}, predicted: null, previous: 3 },
  });
  const versions = await listPolicyVersions(db.sql, 3);
  expect(versions.map(({ version, reverts }) => [version, reverts])).toEqual([
    ...[
      [4, null],
      [3, 1],
      [2, null],
    ],
  ]);
  expect((await findPolicyVersion(db.sql, 3))?.settings).toEqual(settings);
  expect(await findPolicyVersion(db.sql, 9)).toBeUndefined();
  expect(await told("policy.applied")).toHaveLength(4);
});

it("takes nothing from somebody who saw another version than the one that counts", async () => {
  const seen = (await readPolicyVersion(db.sql))?.version ?? null;
  expect(await addPolicyVersion(db.sql, choice({ seen: null }))).toBeUndefined();
  expect(await addPolicyVersion(db.sql, choice({ seen: 1 }))).toBeUndefined();
  const both = [choice({ seen, by: "a" }), choice({ seen, by: "b" })];
  const at = await Promise.all(both.map((one) => addPolicyVersion(db.sql, one)));
  expect(at.filter((one) => one !== undefined)).toHaveLength(1);
  expect((await readPolicyVersion(db.sql))?.version).toBe((seen ?? 0) + 1);
});

it("keeps what was proposed apart from what counts", async () => {
  const before = await readPolicyVersion(db.sql);
  expect(await readPolicyProposal(db.sql)).toBeUndefined();
  const nothing = { policy: null, settings: {}, predicted: null, sentence: "12 documents." };
  await addPolicyProposal(db.sql, nothing);
  const sentence = "just-in-time would cost 20 % less.";
  await addPolicyProposal(db.sql, { ...nothing, policy: "just-in-time", sentence });
  expect(await readPolicyProposal(db.sql)).toMatchObject({ policy: "just-in-time", sentence });
  expect(await readPolicyVersion(db.sql)).toEqual(before);
  expect(await told("policy.proposed")).toEqual([
    { sentence: "12 documents." },
    { policy: "just-in-time", sentence },
  ]);
});

it("refuses rows that no program of ours writes", async () => {
  const rows = [
    "(6, 'me', '', '{}', null)",
    "(6, '', 'reference', '{}', null)",
    "(6, 'me', 'reference', '[]', null)",
    `(6, 'me', null, '{"a": {}}', null)`,
    "(6, 'me', 'reference', '{}', 6)",
    "(0, 'me', 'reference', '{}', null)",
  ];
  for (const row of rows) {
    const added = db.sql.unsafe(
      `insert into policy_versions (version, by, policy, settings, previous) values ${row}`,
    );
    await expect(added, row).rejects.toMatchObject({ code: /^23/ });
  }
});
