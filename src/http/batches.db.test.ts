import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type CallOptions,
  type ControlPlane,
  call as callApp,
  createControlPlane,
  exampleDeck,
  registerWorker,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { activateGraph, hashOf } from "../../test/support/queue.ts";
import {
  batchAccepted,
  batchChange,
  batchDetail,
  batchList,
  type CreateBatchBody,
} from "../contract/batches.ts";
import { documentList } from "../contract/document-list.ts";

let db: TestDatabase;
let plane: ControlPlane;
let worker: TestWorker;
let deck: Buffer;
let closed: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  await activateGraph(db.sql, "single", [{ name: "a", attempts: 1 }]);
  worker = await registerWorker(plane.app, { slots: 64, pipelines: 64 });
  deck = await readFile(exampleDeck);
  closed = await createControlPlane(db, { apiKeys: ["a key of this workspace"] });
});
afterAll(async () => {
  await closed.close();
  await plane.close();
  await db.drop();
});

type Method = Parameters<typeof callApp>[1];
const call = (method: Method, url: string, options?: CallOptions): Promise<Answer> =>
  callApp(plane.app, method, url, options);
const create = (body: CreateBatchBody, headers: Record<string, string> = {}) =>
  call("POST", "/api/batches", { body, headers });
const get = async (id: string) => {
  const { body } = await call("GET", `/api/batches/${id}`);
  expect(batchDetail.parse(body)).toEqual(body);
  return body;
};
const upload = (query: string, headers: Record<string, string> = {}) =>
  call("POST", `/api/documents?${query}`, {
    payload: deck,
    headers: { "content-type": "application/pdf", ...headers },
  });
const sources = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ sourceUri: `file:///decks/My%20deck%20${n}.pdf` }));
/** Ends the one task of as many documents of the pack `single`, by the work of another language. */
const settle = async (count: number, success: boolean): Promise<void> => {
  for (let n = 0; n < count; n += 1) {
    await db.sql`select complete_task(l.lease, ${success}, '{}', p_rounds_extra => 0) from get_next_processing_task(${worker.id}) l`;
  }
};

describe("a batch by reference", () => {
  it("of a stored file and sources is accepted whole, and shows its documents in order", async () => {
    const { document } = (await upload("name=stored.pdf")).body;
    const { sha256 } = document;
    const answer = await create({
      name: "Q4\u0000 decks / health\uD800",
      priority: 7,
      documents: [{ sha256 }, ...sources(2), { sha256, name: "../a\u0000b\uD800.pdf" }],
    });
    expect(answer.status).toBe(202);
    expect(batchAccepted.parse(answer.body)).toEqual(answer.body);
    const { batch, documents, existing } = answer.body;
    expect(existing).toBe(false);
    expect(batch).toMatchObject({
      name: "Q4\uFFFD decks / health\uFFFD",
      documents: 4,
      percent: 0,
      status: { type: "pending", name: "Queued", sentence: "4 of 4 documents to go." },
      counts: { fetching: 2, active: 2 },
      failures: [],
    });
    const list = (await call("GET", `/api/batches/${batch.id}/documents`)).body;
    expect(documentList.parse(list)).toEqual(list);
    expect(list.documents.map((one: { id: string }) => one.id)).toEqual(
      documents.map((one: { document: string }) => one.document),
    );
    expect(list.documents.map((one: { name: string }) => one.name)).toEqual([
      ...["stored.pdf", "My deck 0.pdf", "My deck 1.pdf", "a\uFFFDb\uFFFD.pdf"],
    ]);
    expect(list.documents[0]).toMatchObject({
      batch: { id: batch.id, name: batch.name },
      pages: document.pages,
      bytes: deck.length,
      pipeline: { state: "active" },
    });
    await call("POST", `/api/batches/${batch.id}/cancel`);
    await call("POST", `/api/documents/${document.id}/cancel`);
  });

  it("is the same at a repeat under its key, and refused for other content", async () => {
    const headers = { "idempotency-key": "october" };
    const first = (await create({ documents: sources(3) }, headers)).body;
    const again = await create({ documents: sources(3) }, headers);
    expect(again.status).toBe(202);
    expect(again.body).toMatchObject({ existing: true, batch: { id: first.batch.id } });
    expect(again.body.documents).toEqual(
      first.documents.map((one: object) => ({ ...one, existing: true })),
    );
    expectProblem(await create({ documents: sources(4) }, headers), "IDEMPOTENCY_CONFLICT");
    await call("POST", `/api/batches/${first.batch.id}/cancel`);
  });

  const long = `${"long ".repeat(60)}\u{1F525}`;
  it("cuts what is too long, never through a character", async () => {
    const name = `${"n".repeat(254)}\u{1F525}`;
    const { batch, documents } = (
      await create({ name: long, documents: [{ sourceUri: "file:///x", name }] })
    ).body;
    expect(batch.name).toBe(long.slice(0, 255).trim());
    const [document] = (await call("GET", `/api/batches/${batch.id}/documents`)).body.documents;
    expect(document).toMatchObject({ id: documents[0].document, name: "n".repeat(254) });
    await call("POST", `/api/batches/${batch.id}/cancel`);
  });

  const sha256 = hashOf("nobody's");
  it.each([
    ["a file nobody stored", { documents: [...sources(1), { sha256 }] }, "FILE_NOT_FOUND"],
    ["1,001 documents", { documents: sources(1001) }, "BATCH_TOO_LARGE"],
    ["an empty list", { documents: [] }, "BAD_REQUEST"],
    ["a document without a file", { documents: [{ name: "a" }] }, "BAD_REQUEST"],
    ["a document with two", { documents: [{ sha256, sourceUri: "file:///a" }] }, "BAD_REQUEST"],
    ["a hash that is none", { documents: [{ sha256: "ABC" }] }, "BAD_REQUEST"],
    ["an empty name", { documents: [{ sourceUri: "file:///a", name: "" }] }, "BAD_REQUEST"],
    ["a NUL in an address", { documents: [{ sourceUri: "file:///a\u0000" }] }, "BAD_REQUEST"],
    ["half a character", { documents: [{ sourceUri: "file:///a", key: "\uD800" }] }, "BAD_REQUEST"],
    ["an empty key", { documents: [{ sourceUri: "file:///a", key: "" }] }, "BAD_REQUEST"],
    ["a priority out of range", { priority: 10, documents: sources(1) }, "BAD_REQUEST"],
    ["an unknown pack", { pack: "none", documents: sources(1) }, "PACK_NOT_FOUND"],
    ["an empty batch name", { name: "", documents: sources(1) }, "BAD_REQUEST"],
  ] as const)("is refused with %s, and leaves nothing", async (_title, body, code) => {
    const count = async () =>
      (
        await db.sql`select (select count(*)::int from batches) as b, (select count(*)::int from documents) as d`
      )[0];
    const before = await count();
    const answer = await create(body as CreateBatchBody);
    expectProblem(answer, code);
    if (code === "FILE_NOT_FOUND") expect(answer.body.detail).toContain("Document 2 of the list");
    expect(await count()).toEqual(before);
  });
});

describe("uploads", () => {
  it("join a batch, and none joins one that is unknown, full or cancelled", async () => {
    const { batch } = (await create({ name: "by hand" })).body;
    expect(batch).toMatchObject({ documents: 0, percent: 0, status: { name: "Empty" } });
    const first = (await upload(`batch=${batch.id}`, { "idempotency-key": "u1" })).body.document;
    expect(first.batch).toEqual({ id: batch.id, name: "by hand" });
    const again = (await upload(`batch=${batch.id}`, { "idempotency-key": "u1" })).body.document;
    expect(again.id).toBe(first.id);
    expect((await get(batch.id)).documents).toBe(1);
    expectProblem(await upload("batch=b_nothing"), "BATCH_NOT_FOUND");
    const full = (await create({ documents: sources(1000) })).body.batch;
    expectProblem(await upload(`batch=${full.id}`), "BATCH_TOO_LARGE");
    for (const { id } of [batch, full]) {
      expect((await call("POST", `/api/batches/${id}/cancel`)).status).toBe(200);
      expectProblem(await upload(`batch=${id}`), "BATCH_CANCELLED");
    }
  });
});

describe("cancel and retry of a batch", () => {
  it("end what is open, keep what is finished, and open again all that did not go well", async () => {
    const { sha256 } = (await upload("name=any.pdf")).body.document;
    const documents = Array.from({ length: 250 }, () => ({ sha256, name: "work.pdf" }));
    await db.sql`truncate ready`;
    const { batch } = (await create({ pack: "single", documents })).body;
    await settle(20, true);
    await settle(5, false);
    const half = await get(batch.id);
    expect(half).toMatchObject({
      percent: 10,
      finishedAt: null,
      counts: { active: 225, done: 20, failed: 5 },
      status: { type: "running", sentence: "225 of 250 documents to go; 20 done, 5 failed." },
    });
    expect(half.failures).toHaveLength(5);
    expect(half.failures[0]).toMatchObject({ name: "work.pdf", failure: { code: "INTERNAL" } });

    const cancelled = (await call("POST", `/api/batches/${batch.id}/cancel`)).body;
    expect(batchChange.parse(cancelled)).toEqual(cancelled);
    expect(cancelled).toMatchObject({
      changed: 225,
      batch: { percent: 100, counts: { cancelled: 225, done: 20, failed: 5 } },
    });
    expect(cancelled.batch.finishedAt).not.toBe(null);
    expectProblem(await call("POST", `/api/batches/${batch.id}/cancel`), "BATCH_FINISHED");
    const failed = await call("GET", `/api/batches/${batch.id}/documents?state=failed&limit=3`);
    expect(failed.body.documents).toHaveLength(3);
    const next = await call(
      "GET",
      `/api/batches/${batch.id}/documents?state=failed&limit=3&cursor=${failed.body.nextCursor}`,
    );
    expect(next.body).toMatchObject({ documents: [{}, {}], nextCursor: null });

    const retried = (await call("POST", `/api/batches/${batch.id}/retry`)).body;
    expect(retried).toMatchObject({
      changed: 230,
      batch: { percent: 8, cancelledAt: null, counts: { active: 230, done: 20 } },
    });
    expectProblem(await call("POST", `/api/batches/${batch.id}/retry`), "NOTHING_TO_RETRY");
    await settle(230, true);
    expect(await get(batch.id)).toMatchObject({
      percent: 100,
      status: { type: "done", name: "Done", sentence: "250 documents: 250 done." },
    });
    expectProblem(await call("POST", `/api/batches/${batch.id}/cancel`), "BATCH_FINISHED");
  });

  it("of an empty batch only closes and opens it", async () => {
    const { batch } = (await create({})).body;
    const url = `/api/batches/${batch.id}`;
    expectProblem(await call("POST", `${url}/retry`), "NOTHING_TO_RETRY");
    expect((await call("POST", `${url}/cancel`)).body).toMatchObject({
      changed: 0,
      batch: { status: { name: "Cancelled" } },
    });
    expectProblem(await call("POST", `${url}/cancel`), "BATCH_FINISHED");
    expect((await call("POST", `${url}/retry`)).body).toMatchObject({
      changed: 0,
      batch: { status: { name: "Empty" }, cancelledAt: null },
    });
  });
});

describe("the list of batches", () => {
  it("goes through all of them, newest first, page by page", async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.unshift((await create({ name: `n${n}` })).body.batch.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page: Answer = await call("GET", `/api/batches?limit=2${query}`);
      expect(batchList.parse(page.body)).toEqual(page.body);
      seen.push(...page.body.batches.map((batch: { id: string }) => batch.id));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(seen.slice(0, 5)).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each(["cursor=x", "limit=0", "limit=101"])("refuses %s", async (query) => {
    expectProblem(await call("GET", `/api/batches?${query}`), "BAD_REQUEST");
  });
});

describe("a batch of somebody else", () => {
  it("is as unknown as one that never was", async () => {
    const [row] = await db.sql<{ id: string }[]>`
      insert into batches (workspace, name) values ('elsewhere', 'theirs') returning public_id as id`;
    for (const id of [row?.id, "b_nothing"]) {
      for (const [method, path] of [
        ["GET", ""],
        ["GET", "/documents"],
        ["POST", "/cancel"],
        ["POST", "/retry"],
      ] as const) {
        expectProblem(await call(method, `/api/batches/${id}${path}`), "BATCH_NOT_FOUND");
      }
      expectProblem(await upload(`batch=${id}`), "BATCH_NOT_FOUND");
    }
    const { body } = await call("GET", "/api/batches?limit=100");
    expect(JSON.stringify(body)).not.toContain("theirs");
  });

  it("needs a key where keys are set", async () => {
    for (const [method, path] of [
      ["GET", ""],
      ["POST", ""],
      ["GET", "/b_1"],
      ["GET", "/b_1/documents"],
      ["POST", "/b_1/cancel"],
      ["POST", "/b_1/retry"],
    ] as const) {
      const answer = await callApp(closed.app, method, `/api/batches${path}`, {
        ...(method === "POST" ? { body: {} } : {}),
      });
      expectProblem(answer, "UNAUTHORIZED");
    }
  });
});
