import { describe, expect, it } from "vitest";
import type { Happening, ToldRun } from "../../db/scaling-facts.ts";
import { factsOf, textStarts } from "./facts.ts";

const at = (ms: number): Date => new Date(ms);
const happening = (own: Partial<Happening>): Happening => ({
  ...{ at: at(1000), type: "task.done", pipeline: "p_1", pipelineId: 1, task: null, pool: null },
  ...{ isVisual: false, data: {}, pages: 9, run: null },
  ...own,
});
const run: ToldRun = {
  ...{ requestedAtMs: 10_000, isOurs: true, readyAtMs: null, endedBeforeMs: null, worked: false },
};
const ofRun = (type: string, own: Partial<ToldRun> = {}, atMs = 50_000): Happening =>
  happening({
    ...{ type, pipeline: null, pipelineId: null, at: at(atMs), run: { ...run, ...own } },
    data: { pool: "text", replica: "text-2", phase: "ready" },
  });
const factsIn = (...all: Happening[]) => factsOf(all, textStarts(all), 0);

describe("what a policy learns of documents", () => {
  it("is told in order of time, and never of a time before what it was told already", () => {
    const all = [
      happening({ type: "document.accepted", at: at(3000) }),
      happening({ type: "pipeline.finished", at: at(1000), pipeline: "p_2" }),
    ];
    expect(factsOf(all, [], 0).map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ["pipeline-ended", 1000],
      ["uploaded", 3000],
    ]);
    expect(factsOf(all, [], 2000).map(({ atMs }) => atMs)).toEqual([2000, 3000]);
  });

  it("comes anew when a document is opened again", () => {
    expect(factsIn(happening({ type: "pipeline.rerun" }))).toEqual([
      { kind: "uploaded", atMs: 1000, pipeline: "p_1", slides: 9 },
    ]);
  });

  it("is one start of text work, though several tasks began at once or later", () => {
    const lease = (ms: number, attempt = 1) =>
      happening({ type: "task.leased", pool: "text", at: at(ms), data: { attempt } });
    expect(factsIn(lease(2000), lease(2000), lease(4000), lease(1000, 2))).toEqual([
      { kind: "text-started", atMs: 2000, pipeline: "p_1" },
    ]);
    expect(factsOf([lease(2000)], [], 0)).toEqual([]);
  });

  it("is no slide of another task, nor one whose time nobody took", () => {
    const slide = (isVisual: boolean, seconds: unknown) =>
      happening({ type: "slide.done", isVisual, data: { seconds } });
    expect(factsIn(slide(false, 2), slide(true, null), slide(true, 2))).toEqual([
      { kind: "slide-done", atMs: 1000, pipeline: "p_1", tookMs: 2000 },
    ]);
  });

  it("is nothing that is about neither documents nor replicas", () => {
    expect(factsIn(happening({ type: "pipeline.quarantined" }), happening({ type: "x" }))).toEqual(
      [],
    );
  });
});

describe("what a policy learns of replicas", () => {
  const start = { kind: "start-ended", pool: "text", replica: "text-2" };

  it("is how long a start took, and how long its name had been off", () => {
    const ready = ofRun("container.phase", { readyAtMs: 49_995, endedBeforeMs: 4_000 });
    expect(factsIn(ready)).toEqual([
      { ...start, atMs: 50_000, how: "ready", tookMs: 39_995, offMs: 6_000 },
    ]);
  });

  it("is no second boot in the same run", () => {
    expect(factsIn(ofRun("container.phase", { readyAtMs: 30_000 }))).toEqual([]);
    expect(factsIn(ofRun("container.phase"))).toEqual([]);
  });

  it.each([
    ["replica.failed", "failed"],
    ["replica.stopped", "stopped"],
  ])("of %s before it was ready is a start that %s", (type, how) => {
    expect(factsIn(ofRun(type))).toEqual([
      { ...start, atMs: 50_000, how, tookMs: 40_000, offMs: null },
    ]);
  });

  it("of an end after that is whether it ever worked", () => {
    const ended = ofRun("replica.stopped", { readyAtMs: 30_000, worked: true });
    expect(factsIn(ended)).toEqual([
      { ...start, kind: "replica-ended", atMs: 50_000, how: "stopped", worked: true },
    ]);
  });

  it("is no start that ended with its control plane, but the end of a replica that did", () => {
    const ended = (readyAtMs: number | null) => {
      const one = ofRun("replica.stopped", { readyAtMs });
      return { ...one, data: { ...one.data, restarted: true } };
    };
    expect(factsIn(ended(null))).toEqual([]);
    expect(factsIn(ended(20_000))).toMatchObject([{ kind: "replica-ended", how: "stopped" }]);
  });

  it("is no start of one that was found running", () => {
    const found = { isOurs: false };
    expect(factsIn(ofRun("replica.failed", found))).toEqual([]);
    expect(factsIn(ofRun("container.phase", { ...found, readyAtMs: 50_000 }))).toEqual([]);
    expect(factsIn(ofRun("replica.failed", { ...found, readyAtMs: 20_000 }))).toHaveLength(1);
  });
});
