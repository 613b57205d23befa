import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  delayOf,
  doneOf,
  epoch,
  submit,
} from "../../test/support/queue.ts";
import { applyMoves } from "./moves.ts";
import { readDocuments } from "./scaling-documents.ts";

let db: TestDatabase;
let container: string;
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "deck", [
    { name: "visual_analysis" },
    { name: "slide_feedback" },
    { name: "extractions", after: "visual_analysis", pool: "text" },
    { name: "special", after: "extractions", pool: "text" },
  ]);
  await activateGraph(db.sql, "words", [{ name: "only_text", pool: "text" }]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.sql`update pipelines set finished_at = now(), state = 'cancelled' where finished_at is null`;
  for (const table of ["ready", "leases", "delayed"]) await db.sql`delete from ${db.sql(table)}`;
  container = await addContainer(db.sql);
});

const slide = (lease: number, n: number, seconds: number, sha256 = "visual_analysis") =>
  db.sql`select save_slide(${container}, ${epoch}, ${lease}, ${`deck@1/${sha256}/x`}, ${n}, '{}', ${seconds}),
    report_progress(${container}, ${epoch}, ${lease}, ${n / 10}, ${n}, 10)`;

describe("documents, as a policy is shown them", () => {
  it("wait until they are taken, and tell how many slides they have", async () => {
    const { pipeline } = await submit(db.sql, "deck");
    const [seen] = await readDocuments(db.sql);
    expect(seen).toMatchObject({
      ...{ pipeline, slides: 10, visual: "waiting", slidesDone: 0, slideSinceMs: null },
      ...{ sumLnSeconds: 0, textTasksLeft: 2 },
    });
    expect(Math.abs((seen?.uploadedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("tell how fast their slides were, and since when the next one is read", async () => {
    await submit(db.sql, "deck");
    const lease = await claimOne(db.sql, container);
    const [begun] = await readDocuments(db.sql);
    expect(begun).toMatchObject({ visual: "running", slidesDone: 0, sumLnSeconds: 0 });
    await slide(lease.id, 1, 2);
    await slide(lease.id, 2, 8);
    const [seen] = await readDocuments(db.sql);
    expect(seen).toMatchObject({ visual: "running", slidesDone: 2 });
    expect(seen?.sumLnSeconds).toBeCloseTo(Math.log(2) + Math.log(8), 9);
    const [row] = await db.sql<{ at: Date }[]>`select max(created_at) as at from visual_results`;
    expect(seen?.slideSinceMs).toBe(row?.at.getTime());
    expect(seen?.slideSinceMs).toBeGreaterThan(begun?.slideSinceMs ?? Number.POSITIVE_INFINITY);
  });

  it("keep what was read when their container is lost, with no slide in progress", async () => {
    await submit(db.sql, "deck");
    const lease = await claimOne(db.sql, container);
    await slide(lease.id, 1, 2);
    await applyMoves(db.sql, [delayOf(lease, 60_000, true)]);
    const [seen] = await readDocuments(db.sql);
    expect(seen).toMatchObject({ visual: "waiting", slidesDone: 1, slideSinceMs: null });
    expect(seen?.sumLnSeconds).toBeCloseTo(Math.log(2), 9);
  });

  it("count a slide that takes no time at all as a very fast one", async () => {
    await submit(db.sql, "deck");
    const lease = await claimOne(db.sql, container);
    await slide(lease.id, 1, 0);
    const [seen] = await readDocuments(db.sql);
    expect(seen?.sumLnSeconds).toBeCloseTo(Math.log(0.001), 9);
  });

  it("are done with their slides, and count what text work is left, until they have ended", async () => {
    await submit(db.sql, "deck");
    const lease = await claimOne(db.sql, container);
    await applyMoves(db.sql, [doneOf(lease)]);
    const text = await addContainer(db.sql, { pool: "text" });
    expect(await readDocuments(db.sql)).toMatchObject([
      { visual: "done", slidesDone: 10, slideSinceMs: null, textTasksLeft: 2 },
    ]);
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, text))]);
    expect(await readDocuments(db.sql)).toMatchObject([{ visual: "done", textTasksLeft: 1 }]);
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, text))]);
    expect(await readDocuments(db.sql)).toMatchObject([{ visual: "done", textTasksLeft: 0 }]);
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, container))]);
    expect(await readDocuments(db.sql)).toEqual([]);
  });

  it("of a pack without slides need no visual analysis", async () => {
    await submit(db.sql, "words");
    expect(await readDocuments(db.sql)).toMatchObject([{ visual: "done", textTasksLeft: 1 }]);
  });

  it("are those that are worked on and the oldest ones, however many wait", async () => {
    const all = [];
    for (let n = 0; n < 6; n += 1) all.push(await submit(db.sql, "deck"));
    await db.sql`update pipelines set rank = rank - 1e9 where id = ${all[5]?.id ?? 0}`;
    await db.sql`update ready set rank = rank - 1e9 where pipeline_id = ${all[5]?.id ?? 0}`;
    const lease = await claimOne(db.sql, container);
    expect(lease.pipelineId).toBe(all[5]?.id);
    const seen = await readDocuments(db.sql, { open: 2, leases: 10 });
    expect(seen.map(({ pipeline }) => pipeline)).toEqual(
      [all[0], all[1], all[5]].map((one) => one?.pipeline),
    );
  });

  it("are read by index while ten thousand wait", async () => {
    const { id } = await submit(db.sql, "deck");
    await db.sql`
      with docs as (insert into documents (workspace, sha256, name, bytes, pages)
        select 'default', encode(sha256(n::text::bytea), 'hex'), 'd.pdf', 1, 12 from generate_series(1, 10000) n returning id, public_id)
      insert into pipelines (workspace, document_id, document, pack_id, state, rank, full_mask, queued_mask)
      select 'default', docs.id, docs.public_id, p.pack_id, 'active', docs.id, p.full_mask, p.queued_mask from docs cross join pipelines p where p.id = ${id}`;
    await db.sql`analyze`;
    const scans = await db.sql.begin(async (tx) => {
      expect(await readDocuments(tx)).toHaveLength(1000);
      return tx<{ relname: string }[]>`
        select relname from pg_stat_xact_user_tables where seq_tup_read > 2000 order by relname`;
    });
    expect(scans.map(({ relname }) => relname)).toEqual([]);
  });
});
