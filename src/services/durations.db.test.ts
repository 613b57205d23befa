import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { submit } from "../../test/support/queue.ts";
import type { DocumentList } from "../contract/document-list.ts";
import type { DocumentSummary } from "../contract/documents.ts";

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
