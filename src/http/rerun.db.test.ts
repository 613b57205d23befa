import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  type ControlPlane,
  call as callApp,
  createControlPlane,
  doneOutcome,
  registerWorker,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { submit } from "../../test/support/queue.ts";
import { slideOf } from "../../test/support/slides.ts";
import { documentResults, documentSummary } from "../contract/documents.ts";
import type { Lease } from "../contract/worker-protocol.ts";
import { promoteDelayed } from "../db/moves.ts";

let db: TestDatabase;
let plane: ControlPlane;
let vision: TestWorker;
let text: TestWorker;
let document = "";
let sha256 = "";
let submissions = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  vision = await registerWorker(plane.app, { weights: "one" });
  text = await registerWorker(plane.app, { pool: "text" });
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});
beforeEach(async () => {
  if (document !== "") await post("cancel");
  submissions += 1;
  sha256 = String(submissions).padStart(64, "0");
  ({ document } = await submit(db.sql, "pitch-deck", { sha256 }));
});

const post = (action: string, body: object = {}): Promise<Answer> =>
  callApp(plane.app, "POST", `/api/documents/${document}/${action}`, { body });
const get = async (path = ""): Promise<Answer> =>
  callApp(plane.app, "GET", `/api/documents/${document}${path}`);
const pipelineOf = async () => documentSummary.parse((await get()).body).pipeline;

const visualTask = "visual_analysis";
const textTasks = [
  "extractions_and_template",
  "specialized_clinical",
  "specialized_regulatory",
  "specialized_science",
];
const leaseOf = async (worker: TestWorker, task: string): Promise<Lease> => {
  const { leases } = await worker.lease(8);
  for (const other of leases.filter((lease) => lease.task !== task)) {
    await worker.settle(other, { kind: "released" });
  }
  const own = leases.find((lease) => lease.task === task);
  if (!own) throw new Error(`${task} was not to be had`);
  return own;
};
const saveSlide = async (lease: Lease, slide: number, words: string): Promise<void> => {
  const body = { kind: visualTask, result: slideOf(slide, words), seconds: 1 };
  const { status } = await vision.call("PUT", `/api/leases/${lease.id}/slides/${slide}`, { body });
  expect(status).toBe(204);
};
const extractions = {
  extractions: Object.fromEntries(
    ["startup_name", "company_offering", "healthcare", "funding_amount", "deck_date"].map(
      (name) => [name, { value: null, confidence: 0, evidence: [], note: null, conflicts: [] }],
    ),
  ),
  template: { template: "general", chapters: [], score: null },
};
const resultOf = (task: string, words: string): Record<string, unknown> => {
  if (task === visualTask) return { slides: [slideOf(1, words)] };
  if (task === "slide_feedback") return { slides: [] };
  return task === "extractions_and_template" ? extractions : { words };
};
/** Does everything that is to be had until nothing is left; slides carry these words. */
async function finishAll(words: string): Promise<void> {
  for (let wave = 0; wave < 4; wave += 1) {
    for (const worker of [vision, text]) {
      for (const lease of (await worker.lease(8)).leases) {
        await worker.settle(lease, doneOutcome(resultOf(lease.task, words)));
      }
    }
  }
}

describe("a rerun", () => {
  it("does the whole of a finished document again, and keeps what stood before", async () => {
    await finishAll("first");
    expect(await pipelineOf()).toMatchObject({ state: "done", generation: 1 });
    const dry = await post("rerun", { dryRun: true });
    expect(dry.body).toMatchObject({ generation: 2, kept: [], dryRun: true });
    expect(dry.body.redone).toHaveLength(6);
    expect((await pipelineOf()).state).toBe("done");
    expect((await post("rerun")).body).toEqual({ ...dry.body, dryRun: false });
    expect(await pipelineOf()).toMatchObject({ state: "active", generation: 2, engine: null });
    await finishAll("second");
    expect(await pipelineOf()).toMatchObject({ state: "done", generation: 2 });
    const wordsIn = async (query: string) => {
      const { body } = await get(`/results${query}`);
      expect(documentResults.parse(body)).toEqual(body);
      return [body.generation, body.results.visual_analysis.slides[0].text];
    };
    expect(await wordsIn("")).toEqual([2, "second"]);
    expect(await wordsIn("?generation=2")).toEqual([2, "second"]);
    expect(await wordsIn("?generation=1")).toEqual([1, "first"]);
    expect((await get("/results")).body.generations).toEqual([1, 2]);
    expectProblem(await get("/results?generation=3"), "BAD_REQUEST");
    expectProblem(await get("/results?generation=0"), "BAD_REQUEST");
  });

  it("of a task takes along what stands on it, of a layer what stands on that", async () => {
    await finishAll("first");
    const redone = async (from: string | number) =>
      (await post("rerun", { from, dryRun: true })).body.redone;
    expect(await redone("slide_feedback")).toEqual(["slide_feedback"]);
    expect(await redone(visualTask)).toEqual([visualTask, ...textTasks]);
    expect(await redone(3)).toEqual(textTasks);
    expect(await redone(4)).toEqual(textTasks.slice(1));
    expectProblem(await post("rerun", { from: "no_such_task" }), "TASK_NOT_FOUND");
    expect((await post("rerun", { from: 4 })).body.kept).toEqual([
      visualTask,
      "slide_feedback",
      "extractions_and_template",
    ]);
    const { leases } = await text.lease(8);
    expect(leases.map((lease) => lease.task)).toEqual(textTasks.slice(1));
    for (const lease of leases) await text.settle(lease, { kind: "released" });
  });

  it("reads chosen slides again, and takes the others over into the new generation", async () => {
    await db.sql`update documents set pages = 3 where public_id = ${document}`;
    const lease = await leaseOf(vision, visualTask);
    for (const slide of [1, 2, 3]) await saveSlide(lease, slide, `first ${slide}`);
    const slides = [1, 2, 3].map((slide) => slideOf(slide, `first ${slide}`));
    await vision.settle(lease, doneOutcome({ slides }));
    await finishAll("first");
    expectProblem(await post("retry", { slides: [4] }), "SLIDE_NOT_FOUND");
    expectProblem(await post("retry", { slides: [2], from: textTasks[0] }), "TASK_NOT_FOUND");
    const asked = { slides: [2], from: visualTask };
    const dry = await post("retry", { ...asked, dryRun: true });
    expect(dry.body).toMatchObject({
      ...{ generation: 2, attempt: 2, slides: { redone: [2], kept: 2 }, kept: ["slide_feedback"] },
      sentence: expect.stringMatching(
        /^Runs slide 2 in visual analysis and the 4 tasks after it\. Keeps 2 finished slides and 1 /,
      ),
    });
    // At once, as a double click sends them: one opens it, and the other changes nothing.
    const both = await Promise.all([post("retry", asked), post("retry", asked)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await pipelineOf()).toMatchObject({ state: "active", generation: 2 });
    const again = await leaseOf(vision, visualTask);
    expect(Object.keys(again.finished)).toEqual(["1", "3"]);
    await vision.settle(again, { kind: "released" });
  });

  it("is refused while tasks concerned wait or run, and goes beside those that are not", async () => {
    expectProblem(await post("rerun", { from: visualTask }), "NOTHING_TO_RERUN");
    const feedback = await leaseOf(vision, "slide_feedback");
    await vision.settle(feedback, doneOutcome({ slides: [] }));
    const running = await leaseOf(vision, visualTask);
    const refused = await post("rerun");
    expectProblem(refused, "TASKS_UNDER_WAY");
    expect(refused.body.detail).toBe("visual_analysis.");
    expect((await post("rerun", { from: "slide_feedback" })).status).toBe(200);
    expectProblem(await post("rerun", { from: "slide_feedback" }), "NOTHING_TO_RERUN");
    // What runs is not disturbed, and its result counts in the generation that has begun.
    const report = { body: { fraction: 0.5, done: 5, total: 10 } };
    await vision.call("POST", `/api/leases/${running.id}/progress`, report);
    const { generation, progress } = await pipelineOf();
    expect([generation, progress.tasks[0]?.fraction]).toEqual([2, 0.5]);
    const result = { slides: [slideOf(1, "kept")] };
    expect((await vision.settle(running, doneOutcome(result))).status).toBe(204);
    await finishAll("after");
    const { body } = await get("/results");
    expect(body.results.visual_analysis.slides[0].text).toBe("kept");
    expect(await pipelineOf()).toMatchObject({ state: "done", generation: 2 });
  });

  it("reads every slide again, and goes on after the last one when its container is lost", async () => {
    const first = await leaseOf(vision, visualTask);
    await saveSlide(first, 1, "old");
    await saveSlide(first, 2, "old");
    await vision.settle(first, doneOutcome({ slides: [slideOf(1, "old"), slideOf(2, "old")] }));
    await finishAll("old");
    await post("rerun", { from: visualTask });
    const again = await leaseOf(vision, visualTask);
    expect(again).toMatchObject({ generation: 2, finished: {} });
    await saveSlide(again, 1, "new");
    await vision.settle(again, { kind: "released" });
    const successor = await leaseOf(vision, visualTask);
    expect(successor.finished).toEqual({ "1": slideOf(1, "new") });
    // A reader that knows only the document sees the newest of each slide.
    const { body } = await get("/slides");
    expect(
      body.slides.slice(0, 2).map((slide: { analysis: { text: string } }) => slide.analysis.text),
    ).toEqual(["new", "old"]);
  });

  it("leaves alone what a retry resumes, and what the same file resumes elsewhere", async () => {
    const lease = await leaseOf(vision, visualTask);
    await saveSlide(lease, 1, "kept");
    const failed = { kind: "failed", code: "RENDER_FAILED", detail: null } as const;
    await vision.settle(lease, failed);
    await post("retry", { from: visualTask });
    const kept = { "1": slideOf(1, "kept") };
    const retried = await leaseOf(vision, visualTask);
    expect(retried).toMatchObject({ generation: 1, finished: kept });
    await vision.settle(retried, failed);
    await post("cancel");
    await post("rerun");
    expect((await leaseOf(vision, visualTask)).finished).toEqual({});
    await post("cancel");
    ({ document } = await submit(db.sql, "pitch-deck", { sha256 }));
    expect((await leaseOf(vision, visualTask)).finished).toEqual(kept);
  });

  it("is told in the activity", async () => {
    await finishAll("first");
    await post("rerun", { from: "slide_feedback" });
    const { body } = await get("/events");
    expect(body.events).toContainEqual(
      expect.objectContaining({
        type: "pipeline.rerun",
        data: { by: "api", generation: 2, tasks: ["slide_feedback"] },
      }),
    );
  });
});

describe("a retry", () => {
  const failed = { kind: "failed", code: "RENDER_FAILED", detail: null } as const;
  const report = async (lease: Lease, done: number) => {
    const body = { fraction: done / 10, done, total: 10 };
    await vision.call("POST", `/api/leases/${lease.id}/progress`, { body });
  };

  it("goes on where the bar stood, and begins another one where it had shown 100", async () => {
    const percent = async () => (await pipelineOf()).progress.percent;
    const feedback = await leaseOf(vision, "slide_feedback");
    await report(feedback, 6);
    await vision.settle(feedback, failed);
    const before = await percent();
    expect(before).toBeGreaterThan(0);
    // Not ended yet: the same generation, from the mark it had.
    expect((await post("retry")).body.generation).toBe(1);
    expect(await percent()).toBe(before);
    await vision.settle(await leaseOf(vision, "slide_feedback"), failed);
    await finishAll("first");
    expect(await pipelineOf()).toMatchObject({
      ...{ state: "done_with_gaps", generation: 1 },
      progress: { percent: 100, notes: [] },
    });
    expect((await post("retry", { dryRun: true })).body.generation).toBe(2);
    await post("retry");
    const { generation, progress } = await pipelineOf();
    expect(generation).toBe(2);
    expect(progress.notes).toEqual([
      { code: "begun_anew", sentence: expect.stringMatching(/^Run 2 /), decision: null },
    ]);
    await finishAll("second");
    expect(await pipelineOf()).toMatchObject({ state: "done", generation: 2 });
  });

  it("keeps the mark of what was leased before a rerun, also once that has failed", async () => {
    const feedback = await leaseOf(vision, "slide_feedback");
    await vision.settle(feedback, doneOutcome({ slides: [] }));
    const running = await leaseOf(vision, visualTask);
    await report(running, 5);
    await post("rerun", { from: "slide_feedback" });
    const fraction = async () => (await pipelineOf()).progress.tasks[0]?.fraction;
    expect(await fraction()).toBe(0.5);
    await vision.settle(running, failed);
    expect(await fraction()).toBe(0.5);
    expect((await post("retry")).body.generation).toBe(2);
    expect(await fraction()).toBe(0.5);
  });
});

describe("a task whose attempts are spent", () => {
  it("says in which round it waits, why, and until when", async () => {
    const failed = { kind: "failed", code: "MODEL_TIMEOUT", detail: null } as const;
    for (let n = 0; n < 3; n += 1) {
      await vision.settle(await leaseOf(vision, "slide_feedback"), failed);
      if (n === 2) break;
      await db.sql`update delayed set run_at = now()`;
      await promoteDelayed(db.sql);
    }
    const { progress } = await pipelineOf();
    const task = progress.tasks.find((one) => one.task === "slide_feedback");
    expect(task).toMatchObject({
      state: "delayed",
      attempt: 4,
      round: 2,
      failure: { code: "MODEL_TIMEOUT" },
    });
    const waitMs = Date.parse(task?.retryAt ?? "") - Date.now();
    expect(waitMs).toBeGreaterThan(110_000);
    expect(waitMs).toBeLessThan(133_000);
  });

  it("shows no failure any more once it is done", async () => {
    const failed = { kind: "failed", code: "MODEL_TIMEOUT", detail: null } as const;
    await vision.settle(await leaseOf(vision, "slide_feedback"), failed);
    await db.sql`update delayed set run_at = now()`;
    await promoteDelayed(db.sql);
    const again = await leaseOf(vision, "slide_feedback");
    const failureOf = async () =>
      (await pipelineOf()).progress.tasks.find((one) => one.task === "slide_feedback")?.failure;
    expect(await failureOf()).toMatchObject({ code: "MODEL_TIMEOUT" });
    await vision.settle(again, doneOutcome({ slides: [] }));
    expect(await failureOf()).toBeNull();
  });
});

describe("a document in quarantine", () => {
  it("says so, with a next step, in list and detail, until it is tried again", async () => {
    const lease = await leaseOf(vision, visualTask);
    const [epoch, id] = lease.id.split("-").map(Number);
    const failure = { code: "DOCUMENT_QUARANTINED", detail: "5 containers were lost over it." };
    const move = [{ kind: "quarantine", epoch, id, failure, lost: true }];
    await db.sql`select * from apply_moves(${db.sql.json(move as never)})`;
    const pipeline = await pipelineOf();
    expect(pipeline).toMatchObject({
      state: "failed",
      status: { type: "failed", name: "Quarantined" },
      failure: { ...failure, next: expect.stringContaining("pilotlight retry") },
    });
    const { body } = await callApp(plane.app, "GET", "/api/documents?state=failed&limit=1");
    expect(body.documents[0]).toMatchObject({
      id: document,
      pipeline: { status: pipeline.status },
    });
    expect((await post("retry")).status).toBe(200);
    expect(await pipelineOf()).toMatchObject({ state: "active", failure: null });
  });
});
