import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  deadOf,
  delayOf,
  doneOf,
  epoch,
  hashOf,
  lockWaits,
  openTransaction,
  releaseOf,
  session,
  submit,
} from "../../test/support/queue.ts";
import { batchPercentOf, documentsIn, endedIn } from "../core/pipeline/batch.ts";
import { fractionOf, percentOf } from "../core/pipeline/progress.ts";
import { seededRandom } from "../lib/random.ts";
import {
  addToBatch,
  type BatchItem,
  createBatch,
  findBatch,
  listBatches,
  markBatchCancelled,
  type NewBatch,
  readBatchFailures,
  readBatchPipelines,
  rememberFile,
} from "./batches.ts";
import type { Db } from "./connect.ts";
import { listBatchDocuments } from "./documents.ts";
import { applyMoves } from "./moves.ts";

let db: TestDatabase;
let container = "";
beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
  await activateGraph(db.sql, "fork", [
    { name: "a", attempts: 2 },
    { name: "b" },
    { name: "c", after: ["a"] },
    { name: "d", after: ["a", "b"] },
  ]);
  await db.sql`update packs set weights = '{40,25,15,20}' where name = 'fork'`;
  container = await addContainer(db.sql, { slots: 64, pipelines: 64 });
});
afterAll(() => db.drop());

const source = (n: number, own: Partial<BatchItem> = {}): BatchItem => ({
  sourceUri: `file:///decks/${n}.pdf`,
  ...own,
});
const create = (items: readonly BatchItem[], own: Partial<NewBatch> = {}, on: Db = db.sql) =>
  createBatch(on, {
    ...{ workspace: "default", name: null, pack: "fork", priority: 5, idempotencyKey: null },
    items,
    ...own,
  });
const remember = (sha256: string, workspace = "default") =>
  rememberFile(db.sql, { workspace, sha256, name: "stored.pdf", bytes: 1000, pages: 7 });
/** Stored files, to be named by their hash. */
async function stored(label: string, count: number): Promise<BatchItem[]> {
  const items = Array.from({ length: count }, (_, n) => ({ sha256: hashOf(`${label} ${n}`) }));
  for (const { sha256 } of items) await remember(sha256);
  return items;
}
const find = async (batch: string) => (await findBatch(db.sql, "default", batch))!;
const documentsOf = async (batch: string) =>
  listBatchDocuments(db.sql, { batch: (await find(batch)).id, limit: 1000 });
/** Rows of everything a submission writes. */
const rowCounts = async () => {
  const [row] = await db.sql`
    select (select count(*)::int from batches) as batches, (select count(*)::int from documents) as documents,
      (select count(*)::int from pipelines) as pipelines, (select count(*)::int from ready) as ready, (select count(*)::int from events) as events`;
  return row;
};

describe("a new batch", () => {
  it("makes all its documents, in order, from stored files and sources alike", async () => {
    const sha256 = hashOf("known");
    await remember(sha256);
    const made = await create(
      [
        source(1),
        { sha256 },
        source(2, { name: "second.pdf", key: "own key" }),
        { sha256, name: "mine.pdf" },
      ],
      { name: "October" },
    );
    expect(made.existing).toBe(false);
    expect(made.documents.map(({ existing }) => existing)).toEqual([false, false, false, false]);
    const rows = await documentsOf(made.batch);
    expect(rows.map((row) => row.document)).toEqual(made.documents.map((one) => one.document));
    expect(rows.map((row) => row.pipeline)).toEqual(made.documents.map((one) => one.pipeline));
    expect(rows.map(({ name, bytes, pages, state }) => [name, bytes, pages, state])).toEqual([
      ["1.pdf", 0, 0, "fetching"],
      ["stored.pdf", 1000, 7, "active"],
      ["second.pdf", 0, 0, "fetching"],
      ["mine.pdf", 1000, 7, "active"],
    ]);
    expect(rows[0]?.batch).toEqual({ id: made.batch, name: "October" });
    expect(await find(made.batch)).toMatchObject({
      name: "October",
      counts: { fetching: 2, active: 2, done: 0 },
      reached: 0,
      finishedAt: null,
    });
  });

  it("holds 1,000 and not one more", async () => {
    const items = Array.from({ length: 1001 }, (_, n) => source(n));
    const before = await rowCounts();
    await expect(create(items)).rejects.toMatchObject({ code: "BATCH_TOO_LARGE" });
    expect(await rowCounts()).toEqual(before);
    const { batch, documents } = await create(items.slice(1));
    expect(documents).toHaveLength(1000);
    expect(new Set(documents.map((one) => one.pipeline)).size).toBe(1000);
    expect(await find(batch)).toMatchObject({ name: "1000 documents", counts: { fetching: 1000 } });
    const submission = {
      ...{ workspace: "default", sha256: hashOf("late"), name: "late.pdf", pack: "fork" },
      ...{ priority: 5, idempotencyKey: null, bytes: 1, pages: 1 },
    };
    const full = await rowCounts();
    await expect(addToBatch(db.sql, batch, submission)).rejects.toMatchObject({
      code: "BATCH_TOO_LARGE",
    });
    expect(await rowCounts()).toEqual(full);
  });

  const refusals: [string, () => Promise<unknown>, object][] = [
    [
      "a file nobody stored, with its number",
      () => create([source(1), source(2), { sha256: hashOf("nobody's") }]),
      { code: "FILE_NOT_FOUND", detail: `Document 3 of the list: ${hashOf("nobody's")}` },
    ],
    [
      "a file that another workspace stored",
      async () => {
        await remember(hashOf("theirs"), "other");
        return create([{ sha256: hashOf("theirs") }]);
      },
      { code: "FILE_NOT_FOUND" },
    ],
    ["an unknown pack", () => create([source(1)], { pack: "nothing" }), { code: "PACK_NOT_FOUND" }],
    [
      "an unknown workspace",
      () => create([source(1)], { workspace: "nobody" }),
      { code: "WORKSPACE_UNKNOWN" },
    ],
    [
      "a document's key that was used for another one",
      async () => {
        await submit(db.sql, "fork", { idempotencyKey: "taken" });
        return create([source(1), source(2, { key: "taken" })]);
      },
      { code: "IDEMPOTENCY_CONFLICT", detail: "taken" },
    ],
    ["a document without a file", () => create([source(1), {} as BatchItem]), { code: "23514" }],
  ];
  it.each(refusals)("with %s is refused whole", async (_title, attempt, error) => {
    await attempt().catch(() => undefined);
    const before = await rowCounts();
    await expect(attempt()).rejects.toMatchObject(error);
    const after = await rowCounts();
    // The one submission before it is the test's own and was made the first time.
    expect(after).toEqual(before);
  });
});

describe("an idempotency key", () => {
  it("answers a repeat with what was made, also after more has joined", async () => {
    const items = [source(1), source(2, { key: "keyed" }), source(3)];
    const first = await create(items, { idempotencyKey: "october" });
    await addToBatch(db.sql, first.batch, {
      ...{ workspace: "default", sha256: hashOf("joined"), name: "joined.pdf", pack: "fork" },
      ...{ priority: 5, idempotencyKey: null, bytes: 1, pages: 1 },
    });
    const before = await rowCounts();
    const again = await create(items, { idempotencyKey: "october", name: "another name" });
    expect(await rowCounts()).toEqual(before);
    expect(again).toMatchObject({ batch: first.batch, existing: true });
    expect(again.documents).toEqual(first.documents.map((one) => ({ ...one, existing: true })));
  });

  it("is refused for other content, and is free in another workspace", async () => {
    await create([source(1)], { idempotencyKey: "once" });
    const before = await rowCounts();
    for (const attempt of [
      () => create([source(2)], { idempotencyKey: "once" }),
      () => create([source(1), source(1)], { idempotencyKey: "once" }),
      () => create([source(1)], { idempotencyKey: "once", priority: 6 }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    }
    expect(await rowCounts()).toEqual(before);
    const other = await create([source(2)], { idempotencyKey: "once", workspace: "other" });
    expect(other.existing).toBe(false);
  });

  it("of a document leads to the document it made, which stays where it is", async () => {
    const first = await create([source(1, { key: "doc 1" })]);
    const second = await create([source(1, { key: "doc 1" }), source(2)]);
    expect(second.documents[0]).toEqual({ ...first.documents[0], existing: true });
    expect(documentsIn((await find(second.batch)).counts)).toBe(1);
    expect(documentsIn((await find(first.batch)).counts)).toBe(1);
  });

  it("twice in one batch makes one document", async () => {
    const { batch, documents } = await create([
      source(1, { key: "twin" }),
      source(1, { key: "twin" }),
    ]);
    expect(documents[0]?.pipeline).toBe(documents[1]?.pipeline);
    expect(documentsIn((await find(batch)).counts)).toBe(1);
  });

  it("lets the second of two batches wait, and answers it with the first", async () => {
    const one = await openTransaction(db.sql);
    const other = session(db.url);
    const items = [source(1), source(2, { key: "raced" })];
    const first = await create(items, { idempotencyKey: "race" }, one.tx);
    let isAnswered = false;
    const second = create(items, { idempotencyKey: "race" }, other).finally(() => {
      isAnswered = true;
    });
    await lockWaits(db.sql, () => isAnswered);
    expect(isAnswered).toBe(false);
    await one.commit();
    expect(await second).toMatchObject({ batch: first.batch, existing: true });
    expect(documentsIn((await find(first.batch)).counts)).toBe(2);
    await other.end({ timeout: 1 });
  });

  it("is free again when the first of two is rolled back", async () => {
    const other = session(db.url);
    let second: Promise<Awaited<ReturnType<typeof create>>> | null = null;
    await expect(
      db.sql.begin(async (tx) => {
        await create([source(1)], { idempotencyKey: "undone" }, tx);
        let isAnswered = false;
        second = create([source(1)], { idempotencyKey: "undone" }, other).finally(() => {
          isAnswered = true;
        });
        await lockWaits(db.sql, () => isAnswered);
        throw new Error("thought better of it");
      }),
    ).rejects.toThrow("better");
    expect(await second).toMatchObject({ existing: false });
    await other.end({ timeout: 1 });
  });
});

describe("an open batch", () => {
  it("is joined by uploads until it is cancelled, and a cancel sees all that joined", async () => {
    const { batch } = await create([], { name: "uploads" });
    expect(await find(batch)).toMatchObject({ reached: 0, finishedAt: null });
    const submission = {
      ...{ workspace: "default", sha256: hashOf("up"), name: "up.pdf", pack: "fork" },
      ...{ priority: 5, idempotencyKey: null, bytes: 1, pages: 1 },
    };
    await expect(
      addToBatch(db.sql, batch, { ...submission, workspace: "other" }),
    ).rejects.toMatchObject({ code: "BATCH_NOT_FOUND" });
    const joining = await openTransaction(db.sql);
    await addToBatch(joining.tx, batch, submission);
    const canceller = session(db.url);
    const { id } = await find(batch);
    let isMarked = false;
    const marked = markBatchCancelled(canceller, id).finally(() => {
      isMarked = true;
    });
    await lockWaits(db.sql, () => isMarked);
    expect(isMarked).toBe(false);
    await joining.commit();
    await marked;
    expect(await readBatchPipelines(db.sql, id, "open")).toHaveLength(1);
    await expect(addToBatch(db.sql, batch, submission)).rejects.toMatchObject({
      code: "BATCH_CANCELLED",
    });
    await canceller.end({ timeout: 1 });
  });
});

/** A step that a worker, the clock or a person could make. */
async function step(random: ReturnType<typeof seededRandom>, pipelines: number[]): Promise<void> {
  const leases = await claim(db.sql, container, 8);
  for (const lease of leases) {
    const roll = random.next();
    await db.sql`select report_progress(${container}, ${epoch}, ${lease.id}, ${random.next()}, null, null)`;
    if (roll < 0.45) await applyMoves(db.sql, [doneOf(lease, roll < 0.05 ? [1] : [])]);
    else if (roll < 0.55) await applyMoves(db.sql, [delayOf(lease)]);
    else if (roll < 0.65) await applyMoves(db.sql, [deadOf(lease)]);
    else await applyMoves(db.sql, [releaseOf(lease)]);
  }
  const pipeline = pipelines[Math.floor(random.next() * pipelines.length)] ?? 0;
  const roll = random.next();
  if (roll < 0.05) await applyMoves(db.sql, [{ kind: "cancel", pipeline, by: "test" }]);
  await db.sql`select promote_delayed()`;
}

describe("the progress of a batch", () => {
  it.each([
    ["by the pack's weights", false],
    ["by learned weights", true],
  ])(
    "agrees with its documents at every step, never falls, and is 100 when all have ended: %s",
    async (_, isLearned) => {
      if (isLearned) {
        // In the order of the tasks: none weighs what the pack says.
        await db.sql`insert into learned_weights (pack_id, valid_from, unit_seconds, n)
        select id, pl_now(), array(select 1 + 7 * i from generate_series(1, cardinality(pools)) i), 20 from packs where active`;
      }
      // What other tests left ready is not claimed here.
      await db.sql`truncate ready, delayed`;
      const random = seededRandom(20);
      const { batch } = await create([...(await stored(`progress ${isLearned}`, 24)), source(1)]);
      const { id } = await find(batch);
      const pipelines = await readBatchPipelines(db.sql, id, "open");
      await db.sql`update documents set pages = 1 + id % 5 where id in (select document_id from pipelines where batch_id = ${id})`;
      let last = 0;
      for (let n = 0; n < 60; n += 1) {
        await step(random, pipelines);
        const row = await find(batch);
        const documents = await documentsOf(batch);
        const counted = documents.filter((one) => one.state === "done").length;
        expect(row.counts.done).toBe(counted);
        expect(endedIn(row.counts)).toBe(documents.filter((one) => one.finishedAt !== null).length);
        const wholes = documents.map((one) => {
          if (one.finishedAt !== null) return 1;
          const all = one.tasks.reduce((sum, task) => sum + task.weight, 0);
          const got = one.tasks.reduce((sum, task) => sum + task.weight * fractionOf(task), 0);
          // The same figure as a document's own, before it is rounded.
          expect(percentOf(one.state, one.tasks)).toBe(Math.min(99, Math.floor((100 * got) / all)));
          return got / all;
        });
        expect(row.reached).toBeCloseTo(
          wholes.reduce((sum, one) => sum + one, 0),
          6,
        );
        const percent = batchPercentOf(row.counts, row.reached);
        expect(percent).toBeGreaterThanOrEqual(last);
        expect(percent === 100).toBe(documents.every((one) => one.finishedAt !== null));
        last = percent;
      }
      await applyMoves(
        db.sql,
        pipelines.map((pipeline) => ({ kind: "cancel", pipeline, by: "test" })),
      );
      const row = await find(batch);
      expect(batchPercentOf(row.counts, row.reached)).toBe(100);
      expect(row.finishedAt).toBeInstanceOf(Date);
      // Not one state alone was seen.
      expect(Object.values(row.counts).filter((n) => n > 0).length).toBeGreaterThan(2);
      const failures = await readBatchFailures(db.sql, id, 3);
      expect(failures[0]).toMatchObject({ failure: { code: "MODEL_TIMEOUT" }, name: "stored.pdf" });
      expect(failures.length).toBeLessThanOrEqual(3);
    },
  );

  it("stands by the batch in a list, newest first, page by page", async () => {
    const [newest] = await listBatches(db.sql, { workspace: "default", limit: 1 });
    const [next] = await listBatches(db.sql, {
      workspace: "default",
      limit: 1,
      before: newest!.id,
    });
    expect(next!.id).toBeLessThan(newest!.id);
    expect(newest).toEqual(await find(newest!.batch));
  });
});
