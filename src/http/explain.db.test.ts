import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { createDeckReader } from "../../test/support/read-decks.ts";
import { explanation } from "../contract/explain.ts";

let db: TestDatabase;
let plane: ControlPlane;
let reader: Awaited<ReturnType<typeof createDeckReader>>;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  reader = await createDeckReader(plane);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

async function explained(document: string) {
  const path = `/api/workspaces/default/explain/document/${document}`;
  const { body } = await call(plane.app, "GET", path);
  return explanation.parse(body);
}
const names = (told: Awaited<ReturnType<typeof explained>>) => told.inputs.map(({ name }) => name);

it("says of a deck that waits what it waits for, and how long is left, or that nobody knows", async () => {
  const id = await reader.submit({ name: "a.pdf", company: "Aurora", slides: ["Aurora"] });
  const told = await explained(id);
  expect(names(told)).toEqual(expect.arrayContaining(["state", "wait", "timeLeft"]));
  expect(told.changes).not.toEqual([]);
  expect(told.sentence).not.toBe("");
});

it("says of a deck that is done that nothing has to be done, and nothing of time left", async () => {
  const id = await reader.submit({ name: "b.pdf", company: "Borealis", slides: ["Borealis"] });
  await reader.read();
  const told = await explained(id);
  expect(told).toMatchObject({ name: "Borealis", code: null });
  expect(names(told)).toContain("percent");
  expect(names(told).filter((name) => /left/i.test(name))).toEqual([]);
  expect(names(told)).not.toContain("wait");
});
