import { describe, expect, it } from "vitest";
import type { DocumentSummary, EventView, TaskProgress } from "../api/types.ts";
import { newerDocument, noteStale, nothingStale, patchDocument } from "./apply.ts";

const task = (name: string, weight: number, fraction: number): TaskProgress => ({
  task: name,
  layer: 1,
  weight,
  state: "leased",
  fraction,
  done: null,
  total: null,
  attempt: 1,
  round: 1,
  gaps: [],
  applicable: null,
  reason: null,
  failure: null,
  container: null,
  retryAt: null,
  seconds: null,
});

const document = {
  id: "d1",
  pipeline: {
    id: "p1",
    state: "active",
    status: { type: "running", name: "Running", sentence: "A; B." },
    progress: { seq: 3, percent: 20, waiting: null, tasks: [task("a", 40, 0.5), task("b", 60, 0)] },
  },
} as unknown as DocumentSummary;

const event = (part: Partial<EventView>): EventView => ({
  id: 4,
  at: "2026-10-01T10:00:00Z",
  type: "task.progress",
  document: "d1",
  pipeline: "p1",
  task: "a",
  data: { fraction: 0.75, done: 3, total: 4 },
  ...part,
});

describe("patchDocument", () => {
  it("draws progress by the tasks' weights at once", () => {
    const { progress } = patchDocument(document, event({})).pipeline;
    expect(progress.percent).toBe(30);
    expect(progress.tasks[0]).toMatchObject({ fraction: 0.75, done: 3, total: 4 });
    expect(progress).toMatchObject({ stage: "a", done: 3, total: 4 });
  });
  it("counts in the sentence what it counts beside the bar", () => {
    const sentenceOf = ({ pipeline }: DocumentSummary) => pipeline.status.sentence;
    expect(sentenceOf(patchDocument(document, event({})))).toBe("A, 3 of 4; B.");
    const waiting = {
      ...document.pipeline,
      status: { ...document.pipeline.status, type: "pending" },
    };
    const pending = { ...document, pipeline: waiting } as DocumentSummary;
    expect(sentenceOf(patchDocument(pending, event({})))).toBe("A; B.");
  });
  it("never shows 100, and never lowers a task", () => {
    const all = ["a", "b"].reduce(
      (doc, name) => patchDocument(doc, event({ task: name, data: { fraction: 1 } })),
      document,
    );
    expect(all.pipeline.progress.percent).toBe(99);
    const late = patchDocument(all, event({ data: { fraction: 0.2 } }));
    expect(late.pipeline.progress.tasks[0]?.fraction).toBe(1);
  });
  it("takes nothing that its answer knew already, as of an older generation", () => {
    expect(patchDocument(document, event({ id: 3 }))).toBe(document);
    expect(patchDocument(document, event({ id: 2, data: { fraction: 1 } }))).toBe(document);
  });
  it("leaves other pipelines and other events alone", () => {
    expect(patchDocument(document, event({ pipeline: "p2" }))).toBe(document);
    expect(patchDocument(document, event({ type: "task.done" }))).toBe(document);
  });
});

describe("newerDocument", () => {
  const at = (seq: number, generation: number, fraction: number, attempt = 1): DocumentSummary => ({
    ...document,
    pipeline: {
      ...document.pipeline,
      generation,
      progress: {
        ...document.pipeline.progress,
        seq,
        tasks: [{ ...task("a", 40, fraction), attempt }],
      },
    },
  });
  const fractionOf = ({ pipeline }: DocumentSummary) => pipeline.progress.tasks[0]?.fraction;

  it("keeps the newer of two answers that overtook each other", () => {
    const newer = at(5, 1, 0.5);
    expect(newerDocument(newer, at(4, 1, 0.4))).toBe(newer);
    expect(fractionOf(newerDocument(newer, at(6, 1, 0.6)))).toBe(0.6);
    const rerun = at(9, 2, 0);
    expect(newerDocument(rerun, at(10, 1, 0.9))).toBe(rerun);
    expect(newerDocument(newer, rerun)).toBe(rerun);
  });
  it("keeps what events drew since, but not over a new attempt", () => {
    expect(fractionOf(newerDocument(at(5, 1, 0.7), at(5, 1, 0.5)))).toBe(0.7);
    expect(fractionOf(newerDocument(at(5, 1, 0.7), at(6, 1, 0.1, 2)))).toBe(0.1);
  });
});

describe("noteStale", () => {
  it("asks for slides and results only where they changed", () => {
    const stale = nothingStale();
    noteStale(stale, event({ type: "slide.done" }));
    expect(stale.documents.get("d1")).toEqual({ slides: true, results: false });
    expect(stale.list).toBe(false);
    noteStale(stale, event({ type: "task.done" }));
    expect(stale.documents.get("d1")).toEqual({ slides: true, results: true });
    expect(stale.list).toBe(true);
  });
  it("leaves documents alone for what concerns the fleet", () => {
    const stale = nothingStale();
    noteStale(stale, event({ type: "decision.made", document: null }));
    expect(stale).toEqual({ list: false, fleet: true, documents: new Map() });
    for (const type of ["replica.trouble", "fleet.order", "leader.changed"]) {
      const one = nothingStale();
      noteStale(one, event({ type, document: null }));
      expect(one.fleet, type).toBe(true);
    }
  });
});
