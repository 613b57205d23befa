import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type CallOptions,
  type ControlPlane,
  call as callApp,
  createControlPlane,
  doneOutcome,
  registerWorker,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import {
  activateGraph,
  claimTasks,
  deadOf,
  submit,
  submitSource,
} from "../../test/support/queue.ts";
import { slideOf } from "../../test/support/slides.ts";
import { documentList } from "../contract/document-list.ts";
import { documentResults, documentSummary, slideList } from "../contract/documents.ts";
import { applyMoves } from "../db/moves.ts";

let db: TestDatabase;
let plane: ControlPlane;
/** The epoch the control plane of this test drew. */
const lastEpoch = async (): Promise<number> => {
  const [row] = await db.sql<{ epoch: number }[]>`select max(epoch) as epoch from epochs`;
  return row!.epoch;
};
let vision: TestWorker;
let text: TestWorker;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  vision = await registerWorker(plane.app);
  text = await registerWorker(plane.app, { pool: "text" });
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

type Method = Parameters<typeof callApp>[1];
const call = (method: Method, url: string, options?: CallOptions): Promise<Answer> =>
  callApp(plane.app, method, url, options);
/** A document whose file nobody has to read. */
const accept = async (pack = "pitch-deck") => (await submit(db.sql, pack)).document;

describe("the list", () => {
  it("goes through all documents, newest first, page by page, while new ones come", async () => {
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.unshift(await accept());
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query = cursor === null ? "" : `&cursor=${cursor}`;
      const page: Answer = await call("GET", `/api/documents?limit=3&state=active${query}`);
      expect(documentList.parse(page.body)).toEqual(page.body);
      seen.push(...page.body.documents.map((document: { id: string }) => document.id));
      cursor = page.body.nextCursor;
      made.push(await accept());
    } while (cursor !== null);
    expect(seen.slice(0, 7)).toEqual(made.slice(0, 7));
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of made) await call("POST", `/api/documents/${id}/cancel`);
  });

  it("finds by a part of the name, in any case, and by state", async () => {
    const id = await accept();
    await db.sql`update documents set name = 'Größe 100%_deck.pdf' where public_id = ${id}`;
    const find = async (query: string) =>
      (await call("GET", `/api/documents?${query}`)).body.documents.map(
        (one: { id: string }) => one.id,
      );
    expect(await find(`q=${encodeURIComponent("größe 100%_")}`)).toEqual([id]);
    expect(await find("q=100%25_deck&state=done")).toEqual([]);
    expect(await find("q=1000_deck")).toEqual([]);
    await call("POST", `/api/documents/${id}/cancel`);
  });

  it.each(["cursor=x", "cursor=1.5", "limit=0", "limit=201", "state=lost", "q=a%00b"])(
    "refuses %s",
    async (query) => {
      expectProblem(await call("GET", `/api/documents?${query}`), "BAD_REQUEST");
    },
  );
});

describe("an unknown document", () => {
  it.each([
    ["GET", ""],
    ["GET", "/results"],
    ["GET", "/slides"],
    ["GET", "/events"],
    ["GET", "/file"],
    ["GET", "/pages/1.jpg"],
    ["POST", "/retry"],
    ["POST", "/rerun"],
    ["POST", "/cancel"],
    ["DELETE", ""],
  ] as const)("is a problem: %s %s", async (method, path) => {
    expectProblem(await call(method, `/api/documents/d_nothing${path}`), "DOCUMENT_NOT_FOUND");
    expectProblem(await call(method, `/api/documents/a%00b${path}`), "BAD_REQUEST");
  });

  it("is no more unknown than its address", async () => {
    expectProblem(await call("GET", "/api/nothing"), "ROUTE_NOT_FOUND");
    expectProblem(await call("PUT", "/api/documents/d_1"), "ROUTE_NOT_FOUND");
    expectProblem(await call("GET", "/api/workspaces/UPPER/documents"), "BAD_REQUEST");
    expectProblem(await call("GET", "/api/workspaces/nobody/documents"), "FORBIDDEN");
  });
});

const analysis = (slide: number) => slideOf(slide, `Slide ${slide}`);
const visual = { slides: [analysis(1), analysis(2)] };

describe("results", () => {
  it("show slides as they come, then the whole, and say when no more will come", async () => {
    const { id, document } = await submit(db.sql, "pitch-deck");
    const get = async () => {
      const { body } = await call("GET", `/api/documents/${document}/results`);
      expect(documentResults.parse(body)).toEqual(body);
      return body;
    };
    expect(await get()).toMatchObject({ complete: false, results: {} });
    const { leases } = await vision.lease(2);
    const [see, feedback] = ["visual_analysis", "slide_feedback"].map(
      (task) => leases.find((lease) => lease.task === task)!,
    );
    const slide = { kind: "visual_analysis", result: analysis(2), seconds: 1 };
    expect(
      (await vision.call("PUT", `/api/leases/${see!.id}/slides/2`, { body: slide })).status,
    ).toBe(204);
    expect(await get()).toMatchObject({
      complete: false,
      results: { visual_analysis: { slides: [analysis(2)] } },
    });
    const failed = {
      kind: "failed",
      task: "slide_feedback",
      code: "RENDER_FAILED",
      detail: "Page 3.",
    };
    await vision.call("PUT", `/api/leases/${feedback!.id}/slides/3`, { body: failed });
    const { body: slides } = await call("GET", `/api/documents/${document}/slides`);
    expect(slideList.parse(slides)).toEqual(slides);
    expect(slides.slides).toHaveLength(10);
    expect(slides.slides[1]).toMatchObject({ slide: 2, analysis: analysis(2), image: false });
    expect(slides.slides[2]).toMatchObject({ slide: 3, failure: { code: "RENDER_FAILED" } });
    await vision.settle(see!, doneOutcome(visual));
    await vision.settle(feedback!, doneOutcome({ slides: [] }, [3]));
    const { leases: next } = await text.lease(1);
    await text.settle(next[0]!, { kind: "failed", code: "MODEL_CONTEXT_OVERFLOW", detail: null });
    expect(await get()).toMatchObject({
      complete: true,
      engine: { name: "extractive", model: null },
      results: { visual_analysis: visual, slide_feedback: { slides: [] } },
    });
    const summary = (await call("GET", `/api/documents/${document}`)).body;
    expect(documentSummary.parse(summary)).toEqual(summary);
    expect(summary.pipeline).toMatchObject({
      state: "done_with_gaps",
      progress: { percent: 100, waiting: null },
      failure: { code: "MODEL_CONTEXT_OVERFLOW" },
    });
    expect(summary.pipeline.status.sentence).toContain("slide 3 could not be read");
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: id, by: "test" }]);
  });

  it("of another pack's tasks are shown as they are", async () => {
    await activateGraph(db.sql, "other-pack", [{ name: "count_words" }]);
    const document = await accept("other-pack");
    await db.sql`select complete_task(l.lease, true, '{"words": 7}')
      from get_next_processing_task(${vision.id}) l`;
    const { body } = await call("GET", `/api/documents/${document}/results`);
    expect(body).toMatchObject({ complete: true, results: { count_words: { words: 7 } } });
  });

  it("of a foreign shape do not hide the others", async () => {
    const document = await accept();
    const { leases } = await vision.lease(2);
    for (const lease of leases) {
      const result = lease.task === "visual_analysis" ? visual : { of: "another shape" };
      await vision.settle(lease, doneOutcome(result));
    }
    const { status, body } = await call("GET", `/api/documents/${document}/results`);
    expect([status, body.results]).toEqual([200, { visual_analysis: visual }]);
    await call("POST", `/api/documents/${document}/cancel`);
  });

  it("with a failure that another program named do not break the page", async () => {
    await activateGraph(db.sql, "foreign", [{ name: "a", attempts: 1 }]);
    const document = await accept("foreign");
    await db.sql`select complete_task(l.lease, false, p_code => 'THEIR_OWN_CODE', p_rounds_extra => 0)
      from get_next_processing_task(${vision.id}) l`;
    const { status, body } = await call("GET", `/api/documents/${document}`);
    expect(status).toBe(200);
    expect(body.pipeline.failure).toMatchObject({ code: "INTERNAL", detail: "THEIR_OWN_CODE" });
    expect((await call("GET", "/api/documents")).status).toBe(200);
  });
});

describe("a slide's picture", () => {
  it("comes in three sizes, made once from what the container sent", async () => {
    const document = await accept();
    const url = `/api/documents/${document}/pages/1.jpg`;
    const [lease, second] = (await vision.lease(2)).leases;
    expectProblem(await call("GET", url), "SLIDE_NOT_FOUND");
    const page = await sharp({
      create: { width: 1280, height: 720, channels: 3, background: "#336699" },
    })
      .jpeg()
      .toBuffer();
    const put = (n: number, payload: Buffer, type = "image/jpeg") =>
      vision.call("PUT", `/api/leases/${lease!.id}/pages/${n}`, {
        payload,
        headers: { "content-type": type },
      });
    expect((await put(1, page)).status).toBe(204);
    for (const [size, width] of [
      ["thumb", 160],
      ["view", 640],
      ["model", 1280],
    ] as const) {
      for (let times = 0; times < 2; times += 1) {
        const answer = await call("GET", `${url}?size=${size}`);
        expect(answer.headers["content-type"]).toBe("image/jpeg");
        expect((await sharp(answer.raw).metadata()).width).toBe(width);
      }
    }
    expect((await sharp((await call("GET", url)).raw).metadata()).width).toBe(640);
    expectProblem(await call("GET", `${url}?size=huge`), "BAD_REQUEST");
    expectProblem(await call("GET", url.replace("/1.jpg", "/0.jpg")), "BAD_REQUEST");
    expectProblem(await put(2, Buffer.from("not a picture")), "BAD_REQUEST");
    expectProblem(await put(2, page, "application/pdf"), "BAD_REQUEST");
    expectProblem(await put(11, page), "SLIDE_NOT_FOUND");
    for (const one of [lease, second]) await vision.settle(one!, { kind: "released" });
    await call("POST", `/api/documents/${document}/cancel`);
  });
});

describe("cancel and retry", () => {
  /** What is told of its slides, each state once. */
  const slideStates = async (document: string): Promise<string[]> => {
    const { body } = await call("GET", `/api/documents/${document}/slides`);
    return [...new Set<string>(body.slides.map(({ state }: { state: string }) => state))];
  };

  it("cancel once, and open again what was cancelled", async () => {
    const document = await accept();
    const cancelled = await call("POST", `/api/documents/${document}/cancel`);
    expect(cancelled.body.pipeline).toMatchObject({
      state: "cancelled",
      status: { type: "ended" },
    });
    expectProblem(await call("POST", `/api/documents/${document}/cancel`), "PIPELINE_FINISHED");
    expect(await slideStates(document)).toEqual(["not_read"]);
    const dry = await call("POST", `/api/documents/${document}/retry`, { body: { dryRun: true } });
    expect(dry.body).toMatchObject({ dryRun: true, kept: [] });
    expect(dry.body.redone).toHaveLength(6);
    expect((await call("GET", `/api/documents/${document}`)).body.pipeline.state).toBe("cancelled");
    expect((await call("POST", `/api/documents/${document}/retry`)).status).toBe(200);
    expect((await call("GET", `/api/documents/${document}`)).body.pipeline.state).toBe("active");
    expect(await slideStates(document)).toEqual(["waits"]);
    expectProblem(await call("POST", `/api/documents/${document}/retry`), "NOTHING_TO_RETRY");
    await call("POST", `/api/documents/${document}/cancel`);
  });

  it("open from a task or a layer what failed there, and what that rests on", async () => {
    const document = await accept();
    const { leases } = await vision.lease(2);
    for (const lease of leases) {
      const seen = lease.task === "visual_analysis";
      const failed = { kind: "failed", code: "RENDER_FAILED", detail: null } as const;
      await vision.settle(lease, seen ? failed : doneOutcome({ slides: [] }));
    }
    const retry = (body: object) => call("POST", `/api/documents/${document}/retry`, { body });
    const redone = async (from: string | number) =>
      (await retry({ from, dryRun: true })).body.redone;
    const resting = [
      "visual_analysis",
      "extractions_and_template",
      "specialized_clinical",
      "specialized_regulatory",
      "specialized_science",
    ];
    expect(await redone("visual_analysis")).toEqual(resting);
    expect(await redone(4)).toEqual(resting);
    expectProblem(await retry({ from: "slide_feedback" }), "NOTHING_TO_RETRY");
    expectProblem(await retry({ from: "no_such_task" }), "TASK_NOT_FOUND");
    expectProblem(await retry({ from: 9 }), "TASK_NOT_FOUND");
    expectProblem(await retry({ from: [] }), "BAD_REQUEST");
    expect((await retry({ from: 4 })).body).toMatchObject({
      kept: ["slide_feedback"],
      redone: resting,
    });
    expect((await vision.lease(2)).leases.map((lease) => lease.task)).toEqual(["visual_analysis"]);
    await call("POST", `/api/documents/${document}/cancel`);
  });

  it("fetch again a document whose file never came", async () => {
    const { id, document } = await submitSource(db.sql, "pitch-deck", "file:///nowhere/deck.pdf");
    const failure = { code: "DOCUMENT_UNAVAILABLE", detail: null } as const;
    await applyMoves(db.sql, [{ kind: "unfetchable", pipeline: id, failure }]);
    expect((await call("POST", `/api/documents/${document}/retry`)).status).toBe(200);
    const { body } = await call("GET", `/api/documents/${document}`);
    expect(body.pipeline).toMatchObject({ state: "fetching", failure: null });
    expect((await vision.lease(8)).leases).toEqual([]);
    await call("POST", `/api/documents/${document}/cancel`);
  });

  it("keep the finished, and open a new generation, where a slide was missing", async () => {
    await activateGraph(db.sql, "gappy", [
      { name: "see" },
      { name: "sum", after: "see" },
      { name: "alone" },
    ]);
    const { document } = await submit(db.sql, "gappy");
    const work = async (gaps: number[]) => {
      const epoch = await lastEpoch();
      const rows = await claimTasks(db.sql, vision.id, epoch, 8);
      for (const row of rows) {
        await db.sql`select complete_task(${`${row.epoch}-${row.id}`}, true, '{}')`;
        if (row.idx === 0 && gaps.length > 0) {
          await db.sql`update results set gaps = ${gaps} where idx = 0 and pipeline_id = (select max(id) from pipelines)`;
          await db.sql`update pipelines set gap_mask = 1 where id = (select max(id) from pipelines)`;
        }
      }
      return rows.length;
    };
    await work([3]);
    await work([]);
    const get = async () => (await call("GET", `/api/documents/${document}`)).body.pipeline;
    expect(await get()).toMatchObject({ state: "done_with_gaps", generation: 1 });
    const { body } = await call("POST", `/api/documents/${document}/retry`);
    expect(body).toMatchObject({ kept: ["alone"], redone: ["see", "sum"] });
    expect(await get()).toMatchObject({ state: "active", generation: 2 });
    while ((await work([])) > 0) {
      // until nothing is left
    }
    expect(await get()).toMatchObject({ state: "done", generation: 2, progress: { percent: 100 } });
  });
});

describe("the activity of a document", () => {
  it("is told newest first, and nothing of other documents", async () => {
    const { id, document } = await submit(db.sql, "pitch-deck");
    const { leases } = await vision.lease(1);
    await applyMoves(db.sql, [
      deadOf(parse(leases[0]!.id)),
      { kind: "cancel", pipeline: id, by: "test" },
    ]);
    const { body } = await call("GET", `/api/documents/${document}/events`);
    const types = body.events.map((event: { type: string }) => event.type);
    expect(types.at(-1)).toBe("document.accepted");
    expect(types).toContain("task.dead");
    expect(types[0]).toBe("pipeline.cancelled");
    const one = await call("GET", `/api/documents/${document}`);
    expect(one.body.pipeline.status.sentence).toBe(
      "Cancelled by test before anything was finished.",
    );
    expect(new Set(body.events.map((event: { document: string }) => event.document))).toEqual(
      new Set([document]),
    );
  });
});

const parse = (lease: string) => {
  const [epoch = 0, id = 0] = lease.split("-").map(Number);
  return { epoch, id };
};
