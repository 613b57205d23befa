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
import { submit, submitSource } from "../../test/support/queue.ts";
import { slideOf } from "../../test/support/slides.ts";
import type { FailureGroupView, FailuresAnswer } from "../contract/failures.ts";
import { connect } from "../db/connect.ts";
import { applyMoves } from "../db/moves.ts";
import { createFailures } from "../services/failures.ts";

let db: TestDatabase;
let plane: ControlPlane;
let vision: TestWorker;
let deck: Buffer;

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  deck = await smallDeck("Failing");
  vision = await registerWorker(plane.app);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

type Method = Parameters<typeof callApp>[1];
const call = (method: Method, path: string, options?: CallOptions): Promise<Answer> =>
  callApp(plane.app, method, `/api/${path}`, options);
const list = async (query = ""): Promise<FailuresAnswer> =>
  (await call("GET", `failures${query}`)).body as FailuresAnswer;
const openGroup = async (stage: string): Promise<FailureGroupView | undefined> =>
  (await list()).groups.find((group) => group.stage === stage);

async function upload(name: string, file = deck): Promise<Answer> {
  return callApp(plane.app, "POST", "/api/documents", formOf(name, file));
}

const failed = (detail: string) => ({ kind: "failed", code: "MODEL_NOT_VISION", detail }) as const;

/** All that vision has: one of its tasks fails for good, the other goes well. */
async function failAnalysis(detail: (at: number) => string): Promise<void> {
  let count = 0;
  for (let wave = 0; wave < 4; wave += 1) {
    await vision.beat();
    for (const lease of (await vision.lease(8)).leases) {
      count += 1;
      const isReading = lease.task === "visual_analysis";
      await vision.settle(lease, isReading ? failed(detail(count)) : doneOutcome({ slides: [] }));
    }
  }
}

it("makes one group of the same failure, previews its retry, and opens it in steps", async () => {
  expect(await list()).toMatchObject({ groups: [], last: null, tabs: { all: 0 } });
  const { id, sha256, pages } = (await upload("deck 1.pdf")).body.document;
  const documents = [2, 3, 4, 5, 6].map((at) => ({ sha256, name: `deck ${at}.pdf` }));
  const batch = await call("POST", "batches", { body: { documents } });
  const ids = [id, ...batch.body.documents.map((one: { document: string }) => one.document)];
  await vision.call("POST", `/api/containers/${vision.id}/logs`, { body: { lines: ["it broke"] } });
  await failAnalysis((at) => `slide ${at} was "not" answered`);

  const group = await openGroup("visual_analysis");
  expect(group).toMatchObject({
    ...{ code: "MODEL_NOT_VISION", state: "open", documents: 6, openDocuments: 6, canRetry: true },
    ...{ message: "slide <n> was <quote> answered", engines: ["extractive"], retried: 0 },
  });
  expect(group?.trend.reduce((sum, { count }) => sum + count, 0)).toBe(group?.count);
  const { fingerprint = "" } = group ?? {};
  expect((await call("GET", "failures/count")).body).toMatchObject({ open: 1 });
  const detail = (await call("GET", `failures/${fingerprint}`)).body;
  expect(detail.attempts).toHaveLength(6);
  expect(detail.attempts[0]).toMatchObject({ container: vision.id, log: [{ line: "it broke" }] });

  const preview = await call("POST", `failures/${fingerprint}/retry`, { body: { dryRun: true } });
  expect(preview.body).toMatchObject({ dryRun: true, left: 0, workSeconds: null, microUsd: null });
  expect(preview.body.documents.toSorted()).toEqual(ids.toSorted());
  expect(preview.body.slides).toBe(6 * pages);
  // A preview has changed nothing.
  expect((await openGroup("visual_analysis"))?.openDocuments).toBe(6);

  const body = { asOf: preview.body.asOf };
  const first = await call("POST", `failures/${fingerprint}/retry`, { body });
  expect(first.body).toMatchObject({ documents: { length: 5 }, left: 1, stepSeconds: 15 });
  // One of them fails at once again: the same retry leaves it alone.
  await failAnalysis(() => 'slide 1 was "never" answered');
  // Whoever presses too is held to the same pace: the fleet is not flooded twice as fast.
  const soon = await call("POST", `failures/${fingerprint}/retry`, { body });
  expect(soon.body).toMatchObject({ documents: [], left: 1 });
  expect(soon.body.stepSeconds).toBeLessThanOrEqual(15);
  plane.context.advance(16_000);
  const pressed = await Promise.all(
    [1, 2].map(() => call("POST", `failures/${fingerprint}/retry`, { body })),
  );
  expect(pressed.flatMap((one) => one.body.documents)).toHaveLength(1);
  // Its rest was opened by somebody else: it has ended well.
  const third = await call("POST", `failures/${fingerprint}/retry`, { body });
  expect(third).toMatchObject({ status: 200, body: { documents: [], left: 0 } });
});

it("offers the retry of a file that could not be fetched, and says that nothing else will", async () => {
  const row = await submitSource(db.sql, "pitch-deck", "file:///nowhere/far.pdf");
  await applyMoves(db.sql, [
    {
      kind: "unfetchable",
      pipeline: row.id,
      failure: { code: "SOURCE_UNAVAILABLE", detail: null },
    },
  ]);
  const group = await openGroup("fetch");
  expect(group).toMatchObject({ canRetry: true, next: expect.stringMatching(/not tried again/) });
  plane.context.advance(16_000);
  const retry = await call("POST", `failures/${group?.fingerprint}/retry`, { body: {} });
  expect(retry.body).toMatchObject({ documents: [row.document], left: 0, workSeconds: null });
  const [again] = await db.sql`select state from pipelines where id = ${row.id}`;
  expect(again?.state).toBe("fetching");
  await call("POST", `documents/${row.document}/cancel`, { body: {} });
});

it("calls what is tried again healing, and what went well recovered", async () => {
  const { fingerprint = "" } = (await openGroup("visual_analysis")) ?? {};
  while ((await list()).groups.some((group) => group.state === "open")) {
    plane.context.advance(16_000);
    await call("POST", `failures/${fingerprint}/retry`, { body: {} });
  }
  expect(await openGroup("visual_analysis")).toMatchObject({ state: "healing", openDocuments: 0 });
  await vision.beat();
  for (const lease of (await vision.lease(8)).leases) {
    await vision.settle(lease, doneOutcome({ slides: [slideOf(1, "word")] }));
  }
  const { tabs, groups, last } = await list("?tab=recovered");
  expect(tabs).toMatchObject({ open: 0, recovered: 1 });
  // A failure was followed by a failure for five, then by success for all.
  expect(groups[0]).toMatchObject({ fingerprint, state: "recovered", helped: 6 });
  expect(last).toMatchObject({ state: "recovered", byItself: false });
});

it("holds refused files too, until somebody says so or sends the file again", async () => {
  await upload("locked.pdf", Buffer.from("no PDF at all"));
  const group = await openGroup("upload");
  expect(group).toMatchObject({ code: "NOT_A_PDF", state: "open", canRetry: false, documents: 1 });
  const { fingerprint = "" } = group ?? {};
  const say = (body: object) => call("POST", `failures/${fingerprint}/acknowledge`, { body });
  expect((await say({ note: "theirs", by: "ada" })).body).toMatchObject({
    state: "acknowledged",
    acknowledgement: { kind: "acknowledged", by: "ada", note: "theirs", untilPack: null },
  });
  expect((await list("?tab=acknowledged")).groups).toHaveLength(1);
  const told = await db.sql`select data from events where type = 'failure.acknowledged'`;
  expect(told[0]?.data).toEqual({ fingerprint, by: "ada", note: "theirs" });
  // The same again is news again, unless it is muted.
  await upload("other.pdf", Buffer.from("no PDF at all"));
  expect(await openGroup("upload")).toMatchObject({ state: "open", documents: 2 });
  expect((await say({ kind: "muted" })).body).toMatchObject({ state: "acknowledged" });
  expect((await say({ kind: "reopened" })).body).toMatchObject({ state: "open" });
  await upload("locked.pdf");
  await upload("other.pdf");
  expect((await call("GET", `failures/${fingerprint}`)).body.group).toMatchObject({
    ...{ state: "recovered", helped: 2 },
  });
});

it("holds a kind that is given up, however many others have failed since", async () => {
  await db.sql`insert into workspaces (id, name) values ('busy', 'busy')`;
  const { document } = await submit(db.sql, "pitch-deck", { workspace: "busy" });
  await failAnalysis(() => "it was given up");
  await db.sql`
    select add_event('busy', 'document.rejected', null, null, null, jsonb_build_object('code', 'NOT_A_PDF', 'detail', null, 'name', n || '.pdf'))
    from generate_series(1, 5001) n`;
  const { groups, isPart, tabs } = (await call("GET", "workspaces/busy/failures")).body;
  expect(isPart).toBe(true);
  expect((await call("GET", "workspaces/busy/failures/count")).body.open).toBe(tabs.open);
  const own = groups.find(({ stage }: FailureGroupView) => stage === "visual_analysis");
  expect(own).toMatchObject({ state: "open", count: 1, openDocuments: 1, canRetry: true });
  const path = `workspaces/busy/failures/${own.fingerprint}`;
  expect((await call("GET", path)).body.attempts).toMatchObject([{ document }]);
  const said = await call("POST", `${path}/acknowledge`, { body: { by: "ada" } });
  expect(said).toMatchObject({ status: 200, body: { state: "acknowledged" } });
});

it("retries in many workspaces at once with few connections", async () => {
  const workspaces = ["ash", "birch", "cedar"];
  for (const id of workspaces) {
    await db.sql`insert into workspaces (id, name) values (${id}, ${id})`;
    await submit(db.sql, "pitch-deck", { workspace: id });
  }
  await failAnalysis(() => "it was given up as well");
  const few = connect(db.url, { max: 2, name: "pilotlight-test-few" });
  const own = createFailures({ ...plane.context, sql: few }, plane.services.documents);
  const marks = await Promise.all(
    workspaces.map(async (workspace) => {
      const { groups } = await own.list(workspace, { window: "28d", tab: "open" });
      return groups[0]?.fingerprint ?? "";
    }),
  );
  const retried = await Promise.all(
    workspaces.map((workspace, at) =>
      own.retry(workspace, marks[at] ?? "", { dryRun: false, by: "ada" }),
    ),
  );
  expect(retried.map(({ documents }) => documents.length)).toEqual([1, 1, 1]);
  await few.end();
});

it("shows a workspace nothing of another, and knows no other fingerprint", async () => {
  await db.sql`insert into workspaces (id, name) values ('other', 'other')`;
  const other = await call("GET", "workspaces/other/failures?tab=all");
  expect(other.body).toMatchObject({ groups: [], tabs: { all: 0 } });
  const unknown = await call("GET", "failures/f_0123456789ab");
  expect(unknown).toMatchObject({ status: 404, body: { code: "FAILURE_NOT_FOUND" } });
});
