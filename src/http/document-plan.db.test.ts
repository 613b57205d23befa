import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { submit } from "../../test/support/queue.ts";
import { documentPlan } from "../contract/document-plan.ts";

let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const ask = (query: string, workspace = "default") =>
  call(plane.app, "GET", `/api/workspaces/${workspace}/documents/plan?${query}`);
const planned = async (query: string) => documentPlan.parse((await ask(query)).body);

/** Three decks of ten pages that took 20 s of vision, 5 s of everything else, each. */
async function learn(): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    const { id } = await submit(db.sql, "pitch-deck");
    await db.sql`insert into results (pipeline_id, idx, generation, result, engine, attempt, started_at, created_at)
      select ${id}, i - 1, 1, '{}', '{"name": "extractive", "model": null}', 1, pl_now() - case when k.pools[i] = 'vision' then interval '20 s' else interval '5 s' end, pl_now()
      from packs k cross join generate_subscripts(k.task_names, 1) i where k.name = 'pitch-deck' and k.active`;
    await db.sql`update pipelines set state = 'done', finished_at = pl_now() where id = ${id}`;
  }
}

const addRuns = (pool: string, seconds: number, microUsdPerHour: number) =>
  db.sql`insert into replicas (pool, replica, provider, phase, requested_at, ready_at, ended_at, micro_usd_per_hour)
    select ${pool}, n, 'rented', 'stopped', pl_now() - ${seconds} * interval '1 s', pl_now(), pl_now(), ${microUsdPerHour} from generate_series(1, 4) n`;

describe("the plan of a document", () => {
  it("has no estimate before anything was seen", async () => {
    const plan = await planned("pages=22");
    expect(plan).toMatchObject({ pages: 22, time: null, work: null, cost: null, same: null });
    expect(plan.sentence).toBe(
      "22 slides - no time estimate yet - no cost estimate yet - vision will be started, text will be pre-warmed",
    );
  });

  it("rests on what decks, starts and machines took and cost", async () => {
    await learn();
    await addRuns("vision", 60, 3_600_000);
    await addRuns("text", 30, 1_800_000);
    // Learned durations are kept for ten seconds: another control plane has none yet.
    const other = await createControlPlane(db);
    const answer = await call(other.app, "GET", "/api/workspaces/default/documents/plan?pages=20");
    const plan = documentPlan.parse(answer.body);
    // Vision 2 s a page, 40 s; then 5 s of facts and 5 s of an analysis. Its start is before all that.
    expect(plan.work?.p50Seconds).toBeCloseTo(50, 3);
    expect(plan.time?.p50Seconds).toBeCloseTo(110, 3);
    // 40 s at $3.60 and 10 s at $1.80 an hour.
    expect(plan.cost).toEqual({ microUsd: 45_000, n: 3 });
    expect(plan.sentence).toContain("20 slides - about 1 min 50 s - about $0.04");
    await other.close();
  });

  it("names an earlier document of the same bytes, of its own workspace alone", async () => {
    const sha256 = "cd".repeat(32);
    const first = await submit(db.sql, "pitch-deck", { sha256 });
    const again = await submit(db.sql, "pitch-deck", { sha256 });
    const plan = await planned(`sha256=${sha256}`);
    expect(plan).toMatchObject({ pages: 10, ahead: 2 });
    expect(plan.same).toMatchObject({ document: again.document, run: 2, state: "active" });
    expect(plan.sentence).toContain("2 decks are ahead of it");
    await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
    const elsewhere = documentPlan.parse((await ask(`sha256=${sha256}`, "other")).body);
    expect(elsewhere).toMatchObject({ same: null, pages: null });
    await call(plane.app, "DELETE", `/api/documents/${again.document}`);
    expect((await planned(`sha256=${sha256}`)).same?.document).toBe(first.document);
  });

  it("refuses to plan nothing, or with a pack nobody has", async () => {
    expectProblem(await ask(""), "BAD_REQUEST");
    expectProblem(await ask("pages=3&pack=unheard-of"), "PACK_NOT_FOUND");
  });
});
