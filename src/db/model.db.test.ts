import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storePacks } from "../../test/model/begin.ts";
import { inventStory, live, reportOf, storyOf } from "../../test/model/life.ts";
import type { ModelPack } from "../../test/model/shapes.ts";
import type { World } from "../../test/model/world.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/queue.ts";
import type { Sql } from "./connect.ts";

/** `npm run test:model -- --steps N --seed N --story "..."` sets these. */
const given = {
  steps: Number(process.env.MODEL_STEPS ?? 10_000),
  seed: Number(process.env.MODEL_SEED ?? 1),
  story: process.env.MODEL_STORY ?? "",
};
const stepsOfLife = 500;
const lives = Math.ceil(given.steps / stepsOfLife);
const seeds = Array.from({ length: lives }, (_, n) => given.seed + n);

let db: TestDatabase;
/** One connection: it carries the clock. */
let sql: Sql;
let packs: readonly ModelPack[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  sql = session(db.url);
  packs = await storePacks(sql);
});
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await db.drop();
});

describe("the queue beside its model", () => {
  const seen = { states: new Set<string>(), tasks: new Set<string>(), generations: new Set() };
  const see = ({ model }: World): void => {
    for (const pipeline of model.pipelines.values()) {
      seen.states.add(pipeline.state);
      seen.generations.add(pipeline.generation);
      for (const index of pipeline.pack.graph.names.keys()) {
        seen.tasks.add(model.stateOf(pipeline, index));
      }
    }
  };

  it.runIf(given.story === "").each(seeds)(
    "never differs in a random life (seed %i)",
    async (seed) => {
      const story = inventStory(seed, stepsOfLife);
      const lived = await live(sql, packs, story, see);
      if (lived.difference !== null) expect.fail(await reportOf(sql, packs, story, lived));
    },
    120_000,
  );

  const isLong = given.story === "" && given.steps >= 10_000;
  it.runIf(isLong)("saw every state, and more than one generation", () => {
    const ends = ["cancelled", "done", "done_with_gaps", "failed"];
    expect([...seen.states].sort()).toEqual(["active", ...ends]);
    const places = ["blocked", "delayed", "leased", "ready"];
    expect([...seen.tasks].sort()).toEqual(
      [...places, "cancelled", "dead", "done", "skipped"].sort(),
    );
    expect(seen.generations.size).toBeGreaterThan(1);
  });

  if (given.story !== "") {
    it("does not differ in the story given", async () => {
      const { difference, told } = await live(sql, packs, storyOf(given.story));
      expect(difference, told.join("\n")).toBeNull();
    });
  }
});
