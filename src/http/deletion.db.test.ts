import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Answer,
  type CallOptions,
  type ControlPlane,
  call as callApp,
  createControlPlane,
  doneOutcome,
  formOf,
  registerWorker,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { smallDeck } from "../../test/support/decks.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { slideOf } from "../../test/support/slides.ts";
import type { Lease } from "../contract/worker-protocol.ts";
import { rollDay } from "../db/history.ts";

let db: TestDatabase;
let plane: ControlPlane;
let workers: TestWorker[] = [];
let deck: Buffer;
/** Stands in everything that is of the document, and nowhere else. */
const word = "zanzibar";

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  deck = await smallDeck("Aurelia");
  workers = [
    await registerWorker(plane.app, { weights: "one" }),
    await registerWorker(plane.app, { pool: "text" }),
  ];
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

type Method = Parameters<typeof callApp>[1];
const call = (method: Method, path: string, options?: CallOptions): Promise<Answer> =>
  callApp(plane.app, method, `/api/documents/${path}`, options);

async function upload(name = `${word}.pdf`, key?: string) {
  const form = formOf(name, deck);
  const headers = { ...form.headers, ...(key === undefined ? {} : { "idempotency-key": key }) };
  const answer = await callApp(plane.app, "POST", "/api/documents", { ...form, headers });
  expect(answer.status).toBe(202);
  return answer.body.document as { id: string; sha256: string; pages: number };
}

const said = (value: unknown) => ({
  ...{ value, confidence: 0.5, note: null, conflicts: [] },
  evidence: [{ slide: 1, quote: word, grounded: true }],
});
const extractions = {
  ...{ startup_name: said(word), company_offering: said(word), deck_date: said(null) },
  ...{ healthcare: said({ is_healthcare: true, sector: null }), funding_amount: said(null) },
};
const resultOf = ({ task }: Lease, pages: number): Record<string, unknown> => {
  const slides = Array.from({ length: pages }, (_, at) => slideOf(at + 1, word));
  if (task === "visual_analysis") return { slides };
  if (task === "slide_feedback") return { slides: [] };
  if (task !== "extractions_and_template") {
    return { applicable: true, reason: null, summary: word, score: 2, missing: [], claims: [] };
  }
  return { extractions, template: { template: "general", chapters: [], score: 3 } };
};

/** One slide and one picture on the way, one task that fails first, all in the end. */
async function workThrough(pages: number): Promise<void> {
  for (let wave = 0; wave < 6; wave += 1) {
    for (const worker of workers) {
      for (const lease of (await worker.lease(8)).leases) {
        if (lease.task === "visual_analysis") {
          await worker.call("PUT", `/api/leases/${lease.id}/slides/1`, {
            body: { kind: "visual_analysis", result: slideOf(1, word), seconds: 1 },
          });
          await worker.call("PUT", `/api/leases/${lease.id}/slides/2`, {
            body: { kind: "failed", task: lease.task, code: "RENDER_FAILED", detail: word },
          });
          await worker.call("PUT", `/api/leases/${lease.id}/pages/1`, {
            ...{
              payload: Buffer.of(0xff, 0xd8, 0xff, 0xe0),
              headers: { "content-type": "image/jpeg" },
            },
          });
        }
        const answer = await worker.settle(lease, doneOutcome(resultOf(lease, pages)));
        expect(answer.status).toBeLessThan(300);
      }
    }
  }
}

/** Tables in which the word stands, or the hash. */
async function tracesOf(text: string): Promise<string[]> {
  const tables = await db.sql<{ name: string }[]>`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows =
      await db.sql`select 1 from ${db.sql(name)} t where position(${text} in t::text) > 0 limit 1`;
    if (rows.length > 0) found.push(name);
  }
  return found;
}
const filesOf = async (sha256: string): Promise<string[]> => {
  const names = await readdir(join(plane.context.dir, "blobs"), { recursive: true });
  return names.filter((name) => name.includes(sha256));
};

it("leaves nothing of a document but who deleted it, and what it cost", async () => {
  const { id, sha256, pages } = await upload(`${word}.pdf`, `key of ${word}`);
  await workThrough(pages);
  const note = { path: "extractions.startup_name", verdict: "flagged", note: word };
  expect((await call("POST", `${id}/reviews`, { body: note })).status).toBe(200);
  expect(await tracesOf(word)).toEqual(
    expect.arrayContaining([
      "documents",
      "files",
      "results",
      "reviews",
      "visual_results",
      "visual_cache",
    ]),
  );
  expect(await filesOf(sha256)).not.toEqual([]);

  const gone = await call("DELETE", `${id}?by=ada`);
  expect(gone).toMatchObject({ status: 200, body: { document: id, by: "ada" } });
  expect(await tracesOf(word)).toEqual([]);
  // Once more when everything that was under way has come to rest.
  expect(await tracesOf(sha256)).toEqual(["forgotten_files"]);
  expect(await filesOf(sha256)).toEqual([]);
  for (const rest of ["", "/results", "/slides", "/events", "/file", "/reviews"]) {
    expectProblem(await call("GET", `${id}${rest}`), "DOCUMENT_NOT_FOUND");
  }
  for (const action of ["retry", "rerun", "cancel"]) {
    expectProblem(await call("POST", `${id}/${action}`), "DOCUMENT_NOT_FOUND");
  }
  const list = await callApp(plane.app, "GET", "/api/documents");
  expect(list.body.documents).toEqual([]);
  const again = await call("DELETE", `${id}?by=bob`);
  expect(again.body).toEqual(gone.body);

  const [record] =
    await db.sql`select pages, deleted_by, name from documents where public_id = ${id}`;
  expect(record).toEqual({ pages, deleted_by: "ada", name: "deleted" });
  const [cost] =
    await db.sql`select count(*)::int as results, bool_and(started_at is not null) as timed from results`;
  expect(cost).toEqual({ results: 6, timed: true });
  await rollDay(db.sql, new Date().toISOString().slice(0, 10));
  const [day] = await db.sql`select documents, tasks_done from daily_totals`;
  expect(day).toEqual({ documents: 1, tasks_done: 6 });
});

it("frees the idempotency key: who sends the file again makes a new document", async () => {
  const first = await upload("deck.pdf", "one key");
  await call("DELETE", first.id);
  const second = await upload("deck.pdf", "one key");
  expect(second.id).not.toBe(first.id);
  expect((await call("GET", `${second.id}/file`)).raw.equals(deck)).toBe(true);
  await call("DELETE", second.id);
});

it("keeps what another document of the same bytes needs", async () => {
  const first = await upload();
  await workThrough(first.pages);
  // Known already: it is never read, and shows the slides that the first one's reading left.
  const second = await upload("same.pdf");
  await workThrough(first.pages);
  const slides = await call("GET", `${second.id}/slides`);
  expect(slides.body.slides[0].analysis.text).toBe(word);
  await call("DELETE", first.id);
  expect((await call("GET", `${second.id}/slides`)).body).toEqual(slides.body);
  expect((await call("GET", `${second.id}/file`)).raw.equals(deck)).toBe(true);
  expect((await filesOf(first.sha256)).length).toBeGreaterThan(1);
  await call("DELETE", second.id);
  expect(await filesOf(first.sha256)).toEqual([]);
  expect(await tracesOf(word)).toEqual([]);
});

it("cancels what runs: a container that is at it hears that its lease is lost, and changes nothing", async () => {
  const { id, sha256, pages } = await upload();
  const [vision] = workers;
  const [lease] = (await vision!.lease(1)).leases;
  expect((await call("DELETE", id)).status).toBe(200);
  const slide = { body: { kind: "visual_analysis", result: slideOf(1, word), seconds: 1 } };
  expectProblem(
    await vision!.call("PUT", `/api/leases/${lease!.id}/slides/1`, slide),
    "LEASE_LOST",
  );
  expectProblem(await vision!.settle(lease!, doneOutcome(resultOf(lease!, pages))), "LEASE_LOST");
  expectProblem(await vision!.call("GET", `/api/leases/${lease!.id}/document`), "LEASE_LOST");
  expect(await tracesOf(word)).toEqual([]);
  expect(await filesOf(sha256)).toEqual([]);
  const [event] =
    await db.sql`select type, data from events where document = ${id} order by id desc limit 1`;
  expect(event).toEqual({ type: "document.deleted", data: { by: "api" } });
});

it("counts no longer in its batch, and is not tried again with it", async () => {
  const { body } = await callApp(plane.app, "POST", "/api/batches", { body: { name: "two" } });
  const batch = body.batch.id as string;
  const ids: string[] = [];
  for (const name of ["a.pdf", "b.pdf"]) {
    const form = formOf(name, deck);
    const answer = await callApp(plane.app, "POST", `/api/documents?batch=${batch}`, form);
    ids.push(answer.body.document.id);
  }
  await callApp(plane.app, "POST", `/api/batches/${batch}/cancel`);
  await call("DELETE", ids[0]!);
  const seen = await callApp(plane.app, "GET", `/api/batches/${batch}`);
  expect(seen.body.counts).toMatchObject({ cancelled: 1 });
  const listed = await callApp(plane.app, "GET", `/api/batches/${batch}/documents?limit=1`);
  expect(listed.body.documents.map((one: { id: string }) => one.id)).toEqual([ids[1]]);
  const retried = await callApp(plane.app, "POST", `/api/batches/${batch}/retry`);
  expect(retried.body.changed).toBe(1);
  await call("DELETE", ids[1]!);
});

it("says so when there is no such document, in another workspace too", async () => {
  expectProblem(await call("DELETE", "d_none"), "DOCUMENT_NOT_FOUND");
  const { id } = await upload();
  await db.sql`insert into workspaces (id, name) values ('other', 'other')`;
  const elsewhere = `/api/workspaces/other/documents/${id}`;
  expectProblem(await callApp(plane.app, "DELETE", elsewhere), "DOCUMENT_NOT_FOUND");
  expect((await call("GET", id)).status).toBe(200);
  expectProblem(await call("DELETE", `${id}?by=`), "BAD_REQUEST");
});
