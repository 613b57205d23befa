import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestContext, type TestContext } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { createFleetStory, type FleetStory } from "../../test/support/fleet-story.ts";
import { claimOne, doneOf, submit } from "../../test/support/queue.ts";
import { applyMoves } from "../db/moves.ts";
import { readAccuracy } from "./accuracy.ts";
import { createVerdicts } from "./verdicts.ts";

let db: TestDatabase;
let story: FleetStory;
let context: TestContext;
beforeAll(async () => {
  db = await createTestDatabase();
  story = await createFleetStory(db);
});
afterAll(() => db.drop());
beforeEach(async () => {
  context = await createTestContext(db);
});
afterEach(async () => {
  await story.clear();
  await context.close();
});

const dayMs = 86_400_000;
const accuracy = (forMs = dayMs) => readAccuracy(context, forMs);

describe("scaling accuracy", () => {
  it("counts on time among documents for which that was possible", async () => {
    // Ready from 200 to 1000; a start takes 150 s.
    await story.addRun({ requested: 50, ready: 200, worked: 210, ended: 1000 });
    // Too soon for any start after its upload, then one that a start at the upload would have served.
    await story.addDocument({ uploaded: 0, textNeeded: 100, textStarted: 200 });
    await story.addDocument({ uploaded: 0, textNeeded: 160, textStarted: 200 });
    // Warm at the upload; and warm again, but stopped before it was needed.
    await story.addDocument({ uploaded: 300, textNeeded: 350, textStarted: 351 });
    await story.addDocument({ uploaded: 990, textNeeded: 1010, textStarted: 1100 });
    const answer = await accuracy();
    expect(answer).toMatchObject({
      documents: 4,
      isPart: false,
      accuracy: { hits: 1, of: 3, share: null },
      onTime: { hits: 1, of: 4, share: null },
      within30s: { hits: 1, of: 4 },
      meanTextWaitSeconds: (100 + 40 + 1 + 90) / 4,
    });
  });

  it("tells shares and waste from twenty documents on", async () => {
    await story.decide(0);
    await story.addRun({ requested: 0.1, ready: 50, worked: 90, ended: 5000 });
    await story.decide(10, { replica: "text-2" });
    await story.addRun({ requested: 10.1, ready: 60, ended: 110.1, replica: 2 });
    // Taken back before it was ready: unused, and no pre-warm that was wasted.
    await story.decide(20, { replica: "text-3" });
    await story.addRun({ requested: 20.1, ended: 30.1, replica: 3 });
    for (let n = 0; n < 20; n += 1) {
      await story.addDocument({ uploaded: 60 + n, textNeeded: 85 + n, textStarted: 90 + n });
    }
    await createVerdicts(context, { everyMs: 60_000 }).tick();
    const answer = await accuracy();
    expect(answer).toMatchObject({
      accuracy: { hits: 20, of: 20, share: 1, high: 1 },
      starts: { onTime: 0, early: 1, late: 0, unused: 2, failed: 0 },
      wastedPer100: 5,
    });
    expect(answer.accuracy.low).toBeCloseTo(0.839, 3);
    expect(answer.wastedUsd).toBeCloseTo(0.04 + 0.1 + 0.01);
  });

  it("looks no further back than it is asked to", async () => {
    await story.addDocument({ uploaded: 0, textNeeded: 100, textStarted: 200 });
    expect((await accuracy(3_600_000)).documents).toBe(0);
    expect((await accuracy(3 * 3_600_000)).documents).toBe(1);
  });

  it("leaves out what is not known yet, what was called off and what failed before", async () => {
    const [vision] = await db.sql<{ id: string }[]>`
      select id from processing_servers where server_type = 'vision' and ended_at is null`;
    const visionDone = async () => {
      const one = await submit(db.sql, "both");
      const lease = await claimOne(db.sql, vision?.id ?? "");
      await applyMoves(db.sql, [doneOf(lease)]);
      return one.id;
    };
    const back = async (id: number) =>
      db.sql`update results set created_at = ${story.at(0)} where pipeline_id = ${id}`;
    await visionDone();
    expect((await accuracy()).documents).toBe(0);
    const calledOff = await visionDone();
    await back(calledOff);
    expect((await accuracy()).documents).toBe(1);
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: calledOff, by: "test" }]);
    await submit(db.sql, "both");
    expect((await accuracy()).documents).toBe(0);
  });
});
