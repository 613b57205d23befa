import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { submit } from "../../test/support/queue.ts";
import type { DocumentList } from "../contract/document-list.ts";
import type { DocumentPlan } from "../contract/document-plan.ts";
import type { DocumentSummary } from "../contract/documents.ts";
import { noteWeights } from "./learned-weights.ts";

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

/** A start of the vision pool that took so many seconds, some time ago. */
const started = (replica: number, seconds: number) => db.sql`
  insert into replicas (pool, replica, provider, phase, requested_at, ready_at, ended_at)
  values ('vision', ${replica}, 'test', 'stopped', pl_now() - interval '1 hour',
    pl_now() - interval '1 hour' + make_interval(secs => ${seconds}), pl_now())`;

it("tells a start's rest from the last starts, in list and detail alike, and nothing below three", async () => {
  const { document } = await submit(db.sql, "pitch-deck");
  await started(11, 60);
  await started(12, 64);
  await db.sql`
    insert into replicas (pool, replica, provider, phase, requested_at)
    values ('vision', 1, 'test', 'loading', pl_now() - interval '31 seconds')`;
  const ask = async (): Promise<DocumentSummary> => {
    const answer = await call(plane.app, "GET", `/api/documents/${document}`);
    return answer.body as DocumentSummary;
  };
  const few = (await ask()).pipeline;
  expect(few.progress).toMatchObject({ eta: null, samples: 0 });
  expect(few.progress.waiting).toMatchObject({ untilSeconds: null, samples: 2 });
  expect(few.status.sentence).toMatch(
    /^vision-1 is loading its model, 3\d s so far; no estimate yet \(2 starts\)\.$/,
  );

  await started(13, 88);
  plane.context.advance(11_000);
  const { status, progress } = (await ask()).pipeline;
  expect(status.sentence).toMatch(
    /^vision-1 is loading its model: 3\d s of a typical 64 s \(p90 88 s, n=3\)\.$/,
  );
  expect(progress.waiting?.untilSeconds).toBeGreaterThan(20);
  expect(progress.waiting?.untilSeconds).toBeLessThanOrEqual(33);
  const list = (await call(plane.app, "GET", "/api/documents")).body as DocumentList;
  const row = list.documents[0]?.pipeline;
  expect(Object.keys(row?.progress ?? {})).toEqual(Object.keys(progress));
  expect(row?.progress.waiting).toMatchObject({ code: "container_starting", samples: 3 });
  expect(row?.status.name).toBe(status.name);
});

it("learns nothing from tasks that did not apply, nor from what was known already", async () => {
  const plan = async () => {
    plane.context.advance(11_000);
    const { body } = await call(
      plane.app,
      "GET",
      "/api/workspaces/default/documents/plan?pages=10",
    );
    return body as DocumentPlan;
  };
  const engine = { name: "extractive", model: null };
  const read = async (clinical: number, applies: boolean) => {
    const { id } = await submit(db.sql, "pitch-deck");
    for (const [idx, seconds] of [40, 20, 20, clinical, 10, 10].entries()) {
      await db.sql`
        insert into results (pipeline_id, idx, generation, result, engine, attempt, started_at, created_at, applicable)
        select ${id}, ${idx}, 1, '{}', ${db.sql.json(engine)}, 1, t.at - make_interval(secs => ${seconds}), t.at, ${idx !== 3 || applies}
        from (select pl_now() as at) t`;
    }
  };
  for (let n = 0; n < 4; n += 1) await read(30, true);
  const before = await plan();
  expect(before.work?.p50Seconds).toBeGreaterThan(60);
  // Far more often it did not apply, or everything was known.
  for (let n = 0; n < 8; n += 1) await read(0.01, false);
  await read(0, true);
  const { work } = await plan();
  expect(work).toMatchObject({ p50Seconds: before.work?.p50Seconds, n: 4 });
  await db.sql`delete from results`;
});

it("weighs the bars of later documents by what tasks took, once twenty of each are known", async () => {
  const engine = { name: "extractive", model: null };
  const weightsOf = async (document: string): Promise<number[]> => {
    const { body } = await call(plane.app, "GET", `/api/documents/${document}`);
    const { tasks } = (body as DocumentSummary).pipeline.progress;
    return tasks.map(({ weight }) => Math.round(weight));
  };
  /** Of ten pages: four seconds each to look at, two to judge; 20 s, 1 s, 1 s and 1 s to think. */
  const readOne = async (): Promise<string> => {
    const { document, id } = await submit(db.sql, "pitch-deck");
    await db.sql`update documents set pages = 10 where public_id = ${document}`;
    for (const [idx, seconds] of [40, 20, 20, 1, 1, 1].entries()) {
      await db.sql`
        insert into results (pipeline_id, idx, generation, result, engine, attempt, started_at, created_at)
        values (${id}, ${idx}, 1, '{}', ${db.sql.json(engine)}, 1, pl_now() - make_interval(secs => ${seconds}), pl_now())`;
    }
    return document;
  };
  const early: string[] = [];
  for (let n = 0; n < 19; n += 1) early.push(await readOne());
  const ofThePack = await weightsOf(early[0] ?? "");
  expect(await noteWeights(plane.context)).toBe(0);
  early.push(await readOne());
  expect(await noteWeights(plane.context)).toBe(1);
  // Nothing has moved since: nothing is written.
  expect(await noteWeights(plane.context)).toBe(0);
  // In force from the next minute on; here it is over.
  await db.sql`update learned_weights set valid_from = pl_now()`;
  const later = await readOne();
  expect(await weightsOf(later)).toEqual([44, 23, 23, 3, 3, 3]);
  expect(await weightsOf(early[0] ?? "")).toEqual(ofThePack);
});
