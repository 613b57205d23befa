import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { races } from "../../test/races/races.ts";
import { Stage } from "../../test/races/stage.ts";
import { openTrack, type Track } from "../../test/races/track.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";

let db: TestDatabase;
let stage: Stage;
let track: Track;
beforeAll(async () => {
  db = await createTestDatabase();
  track = await openTrack(db);
  stage = await Stage.open(db.sql, db.url);
});
afterAll(async () => {
  await stage.close();
  await db.drop();
});

describe("in every order of their points", () => {
  it.each(Object.entries(races))("%s", async (_title, race) => {
    const orders = await race(stage, track);
    // Both ways round at least, and none twice.
    expect(orders.length).toBeGreaterThan(1);
    expect(new Set(orders).size).toBe(orders.length);
  });
});
