import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type ControlPlane,
  call,
  createControlPlane,
  doneOutcome,
  registerWorker,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { smallDeck } from "../../test/support/decks.ts";
import { slideOf } from "../../test/support/slides.ts";
import { documentSummary } from "../contract/documents.ts";
import type { Lease } from "../contract/worker-protocol.ts";
import { contentHashOf } from "../packs/content-hash.ts";
import type { Pack } from "../packs/pack.ts";
import { builtInPacksDir, readPack } from "../packs/read-pack.ts";

// Each upload opens its file in a process of its own, several a test.
vi.setConfig({ testTimeout: 120_000 });

let db: TestDatabase;
let plane: ControlPlane;
let pack: Pack;
let decks = 0;
let deck: Buffer;
const pages = 3;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
  await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});
beforeEach(async () => {
  await db.sql`update processing_servers set ended_at = now(), status = 'stopped' where ended_at is null`;
  await db.sql`select apply_moves(coalesce(jsonb_agg(jsonb_build_object('kind', 'cancel', 'pipeline', id, 'by', 'test')), '[]')) from pipelines where finished_at is null`;
  await plane.packs.activate(pack);
  decks += 1;
  deck = await smallDeck(`Company ${decks}`, pages);
});

const upload = async (file: Buffer, workspace = "default") => {
  const url = `/api/workspaces/${workspace}/documents`;
  const headers = { "content-type": "application/pdf" };
  const { status, body } = await call(plane.app, "POST", url, { payload: file, headers });
  expect(status).toBe(202);
  const { pipeline } = documentSummary.parse(body.document);
  const tasks = await db.sql<{ task: string; state: string }[]>`
    select s.task, s.state from task_states s join pipelines p on p.id = s.pipeline_id where p.public_id = ${pipeline.id}`;
  const states = Object.fromEntries(tasks.map(({ task, state }) => [task, state]));
  return { id: pipeline.id, sha256: body.document.sha256 as string, states, body };
};
const findings = (slide: number) => ({ slide, findings: [] });
/** Reads every slide of a lease as a container does, and settles. */
async function read(worker: TestWorker, lease: Lease): Promise<void> {
  const slides = [];
  for (let slide = 1; slide <= lease.document.pages; slide += 1) {
    const kind = lease.task;
    const result = kind === "visual_analysis" ? slideOf(slide, `Read ${slide}`) : findings(slide);
    slides.push(lease.finished[String(slide)] ?? result);
    if (lease.finished[String(slide)] !== undefined) continue;
    const body = { kind, result, seconds: 1 };
    const url = `/api/leases/${lease.id}/slides/${slide}`;
    expect((await worker.call("PUT", url, { body })).status).toBe(204);
  }
  // A result says more than its slides do.
  const result = { slides, more: `of ${lease.task}` };
  expect((await worker.settle(lease, doneOutcome(result))).status).toBe(204);
}
async function readAll(worker: TestWorker): Promise<Lease[]> {
  const { leases } = await worker.lease(8);
  for (const lease of leases) await read(worker, lease);
  return leases;
}
const attemptsOf = async (pipeline: string) => {
  const [row] = await db.sql<{ n: number }[]>`
    select (select count(*)::int from attempt_history a where a.pipeline_id = p.id) + (select count(*)::int from leases l where l.pipeline_id = p.id) as n
    from pipelines p where p.public_id = ${pipeline}`;
  return row?.n;
};
const reader = () => registerWorker(plane.app, { weights: "sha256:one" });
const visionTasks = ["visual_analysis", "slide_feedback"];
const expectKnown = (states: Record<string, string>): void =>
  expect(visionTasks.map((task) => states[task])).toEqual(["done", "done"]);
const expectUnknown = (states: Record<string, string>): void =>
  expect(visionTasks.map((task) => states[task])).toEqual(["ready", "ready"]);

describe("the same deck again", () => {
  it("is done with its slides at once, with no container and no attempt", async () => {
    const worker = await reader();
    const first = await upload(deck);
    expectUnknown(first.states);
    await readAll(worker);
    const second = await upload(deck);
    expectKnown(second.states);
    expect(second.states.extractions_and_template).toBe("ready");
    expect(await attemptsOf(second.id)).toBe(0);
    expect((await worker.lease(8)).leases).toEqual([]);
    // The text container gets what it would have got.
    const text = await registerWorker(plane.app, { pool: "text" });
    const { leases } = await text.lease(8);
    expect(leases).toHaveLength(2);
    expect(leases[1]!.handoff).toEqual(leases[0]!.handoff);
    const stored = await db.sql`
      select r.idx, r.result from results r join pipelines p on p.id = r.pipeline_id where p.public_id = ${first.id} order by r.idx`;
    const again = await db.sql`
      select r.idx, r.result from results r join pipelines p on p.id = r.pipeline_id where p.public_id = ${second.id} order by r.idx`;
    expect(again).toEqual(stored);
    expect(stored[0]!.result).toMatchObject({ more: "of visual_analysis" });
    const { body } = await call(plane.app, "GET", `/api/documents/${second.body.document.id}`);
    const told = await db.sql<{ data: unknown }[]>`
      select data from events where pipeline = ${second.id} and type = 'task.done'`;
    expect(told.map(({ data }) => data)).toEqual([
      { seconds: 0, applicable: true, cached: true },
      { seconds: 0, applicable: true, cached: true },
    ]);
    expect(documentSummary.parse(body).pipeline.engine).toEqual({
      name: "extractive",
      model: null,
    });
  });

  it("is known also when it comes through SQL, before a container would be started", async () => {
    const worker = await reader();
    const { sha256 } = await upload(deck);
    await readAll(worker);
    const [made] = await db.sql<{ pipeline: string }[]>`
      select pipeline_id as pipeline from add_document_processing_pipeline('default', ${sha256}, p_pages => ${pages})`;
    expect(await plane.cachedWork.sweep()).toBe(2);
    expect(await plane.cachedWork.sweep()).toBe(0);
    const [row] =
      await db.sql`select done_mask::int as done from pipelines where public_id = ${made!.pipeline}`;
    expect(row).toEqual({ done: 3 });
  });

  it("is known slide by slide where not all of it is", async () => {
    const worker = await reader();
    await upload(deck);
    const { leases } = await worker.lease(8);
    const half = leases.find(({ task }) => task === "visual_analysis")!;
    const body = { kind: half.task, result: slideOf(2, "Read 2"), seconds: 1 };
    await worker.call("PUT", `/api/leases/${half.id}/slides/2`, { body });
    const second = await upload(deck);
    expectUnknown(second.states);
    const more = (await worker.lease(8)).leases.find(({ task }) => task === "visual_analysis")!;
    expect(more.pipeline).toBe(second.id);
    expect(Object.keys(more.finished)).toEqual(["2"]);
  });

  it("is not known in another workspace", async () => {
    const worker = await reader();
    await upload(deck);
    await readAll(worker);
    expectUnknown((await upload(deck, "other")).states);
    const [lease] = (await worker.lease(8)).leases;
    expect(lease).toMatchObject({ workspace: "other", finished: {} });
  });

  it("is read anew by other weights, by other code, or by another model", async () => {
    const worker = await reader();
    await upload(deck);
    await readAll(worker);
    const other = await registerWorker(plane.app, { weights: "sha256:two" });
    // It is the last that said who reads: what the first one read is not taken for its own.
    await other.lease(8);
    expectUnknown((await upload(deck)).states);
    expect((await readAll(other)).map(({ finished }) => finished)).toEqual([{}, {}]);
    expectKnown((await upload(deck)).states);
    await db.sql`update processing_servers set reader = 'other-code/sha256:two' where id = ${other.id}`;
    expectUnknown((await upload(deck)).states);
  });

  it("is read anew after its prompt was changed, and the other task is not", async () => {
    const worker = await reader();
    await upload(deck);
    await readAll(worker);
    const changed = {
      ...pack,
      version: pack.version + 1,
      prompts: { ...pack.prompts, see_slide: `${pack.prompts.see_slide}\nBe brief.` },
    };
    await plane.packs.activate({ ...changed, contentHash: contentHashOf(changed) });
    const { states } = await upload(deck);
    expect(visionTasks.map((task) => states[task])).toEqual(["ready", "done"]);
  });

  it("is done again where a person asks for that", async () => {
    const worker = await reader();
    await upload(deck);
    await readAll(worker);
    const { body } = await upload(deck);
    const { id } = body.document;
    const text = await registerWorker(plane.app, { pool: "text" });
    for (const lease of (await text.lease(8)).leases)
      await text.settle(lease, { kind: "failed", code: "PACK_INVALID", detail: null });
    const answer = await call(plane.app, "POST", `/api/documents/${id}/rerun`, { body: {} });
    expect(answer.status).toBeLessThan(300);
    expect(await plane.cachedWork.sweep()).toBe(0);
    const { leases } = await worker.lease(8);
    expect(leases.map(({ finished }) => finished)).toEqual([{}, {}]);
  });

  it("is read again after it was forgotten, and what others hold is not touched", async () => {
    const worker = await reader();
    const { body } = await upload(deck);
    await readAll(worker);
    const base = "/api/workspaces/default/cache";
    const stats = (await call(plane.app, "GET", base)).body;
    expect(stats).toMatchObject({ kind: "postgres", ok: true, detail: null });
    const gone = await call(plane.app, "DELETE", `${base}?document=${body.document.id}`);
    expect(gone.body).toEqual({ removed: 2 });
    expect((await call(plane.app, "GET", base)).body.entries).toBe(stats.entries - 2);
    expectUnknown((await upload(deck)).states);
    const nobody = await call(plane.app, "DELETE", `${base}?document=nobody`);
    expect(nobody.body.code).toBe("DOCUMENT_NOT_FOUND");
    const other = await call(
      plane.app,
      "DELETE",
      `/api/workspaces/other/cache?document=${body.document.sha256}`,
    );
    expect(other.status === 404 || other.body.removed === 0).toBe(true);
  });

  it("is left to a container that does not say who reads there", async () => {
    const worker = await registerWorker(plane.app);
    await upload(deck);
    await readAll(worker);
    expectUnknown((await upload(deck)).states);
    expect((await worker.lease(1)).leases[0]!.finished).toEqual({});
  });
});

it("makes nothing of an idempotency key that is known", async () => {
  const worker = await reader();
  const url = "/api/workspaces/default/documents";
  const headers = { "content-type": "application/pdf", "idempotency-key": `again-${decks}` };
  const once = await call(plane.app, "POST", url, { payload: deck, headers });
  await readAll(worker);
  const twice = await call(plane.app, "POST", url, { payload: deck, headers });
  expect(twice.body.document.id).toBe(once.body.document.id);
});
