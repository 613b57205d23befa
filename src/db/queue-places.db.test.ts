import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, submit } from "../../test/support/queue.ts";
import { readQueuePlaces } from "./queue-places.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "two", [
    { name: "see", features: ["eyes"] },
    { name: "judge", features: ["taste"] },
  ]);
  await activateGraph(db.sql, "other", [{ name: "file", features: ["hands"] }]);
});
afterAll(() => db.drop());

it("counts those before each, of its own class alone, and no further than a thousand", async () => {
  const items = Array.from({ length: 1_003 }, (_, n) => ({
    ...{
      name: `${n}.pdf`,
      key: null,
      bytes: 1,
      pages: 1,
      sha256: n.toString(16).padStart(64, "0"),
    },
  }));
  await db.sql`select from add_pipelines('default', 'two', 5, ${db.sql.json(items)}, null)`;
  const rows = await db.sql<{ id: number }[]>`
    select p.id from pipelines p join ready r on r.pipeline_id = p.id and r.idx = 0 order by r.rank`;
  const ids = rows.map(({ id }) => id);
  const asked = [0, 2, 999, 1_000, 1_002].map((place) => ids[place] ?? 0);
  const places = await readQueuePlaces(db.sql, asked);
  const of = (idx: number) =>
    asked.map((id) => places.find((one) => one.pipelineId === id && one.idx === idx)?.ahead);
  expect([of(0), of(1)]).toEqual([
    [0, 2, 999, 1_000, 1_000],
    [0, 2, 999, 1_000, 1_000],
  ]);
  const { id } = await submit(db.sql, "other");
  expect(await readQueuePlaces(db.sql, [id])).toEqual([{ pipelineId: id, idx: 0, ahead: 0 }]);
  expect(await readQueuePlaces(db.sql, [-1])).toEqual([]);
});
