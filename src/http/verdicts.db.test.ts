import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { createFleetStory } from "../../test/support/fleet-story.ts";
import { accuracyAnswer, decisionsAnswer } from "../contract/fleet.ts";
import { createVerdicts } from "../services/verdicts.ts";

let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  const story = await createFleetStory(db);
  await story.decide(0);
  await story.addRun({ requested: 0.1, ready: 100, worked: 100 });
  await story.addDocument({ uploaded: 0, textNeeded: 40, textStarted: 100 });
  await story.decide(5000, { replica: "text-2" });
  await story.addRun({ requested: 5000.1, replica: 2 });
  await createVerdicts(plane.context, { everyMs: 60_000 }).tick();
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

it("answers decisions with their verdicts, and null where the truth is not known", async () => {
  const { status, body } = await call(plane.app, "GET", "/api/fleet/decisions");
  expect(status).toBe(200);
  expect(decisionsAnswer.parse(body)).toEqual(body);
  expect(body.decisions).toMatchObject([
    { replica: "text-2", verdict: null },
    {
      replica: "text-1",
      verdict: {
        ...{ kind: "late", seconds: 60, usd: 0, documents: 1, waitSeconds: 60 },
        sentence: "late by 1 min: 1 document waited 1 min",
      },
    },
  ]);
});

it("answers how well starts were foreseen, over a week unless asked otherwise", async () => {
  const { status, body } = await call(plane.app, "GET", "/api/fleet/accuracy");
  expect(status).toBe(200);
  expect(accuracyAnswer.parse(body)).toEqual(body);
  expect(body).toMatchObject({ documents: 1, accuracy: { share: null }, starts: { late: 1 } });
  const week = 7 * 86_400_000;
  expect(Date.now() - Date.parse(body.since)).toBeGreaterThanOrEqual(week);
  expect(Date.now() - Date.parse(body.since)).toBeLessThan(week + 60_000);
  const hour = await call(plane.app, "GET", "/api/fleet/accuracy?sinceSeconds=3600");
  expect(hour.body).toMatchObject({ documents: 0, meanTextWaitSeconds: null });
});

it.each(["0", "59", "soon", "9999999999"])("refuses %s seconds", async (seconds) => {
  const answer = await call(plane.app, "GET", `/api/fleet/accuracy?sinceSeconds=${seconds}`);
  expect([answer.status, answer.body.code]).toEqual([400, "BAD_REQUEST"]);
});
