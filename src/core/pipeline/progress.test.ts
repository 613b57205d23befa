import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PipelineState, pipelineMoves, type TaskState, taskMoves } from "./life-cycle.ts";
import { fractionOf, percentOf, stageOf, type TaskPart } from "./progress.ts";

const states = Object.keys(taskMoves) as TaskState[];
const pipelineStates = Object.keys(pipelineMoves) as PipelineState[];
const part: fc.Arbitrary<TaskPart> = fc.record({
  weight: fc.integer({ min: 0, max: 100 }),
  state: fc.constantFrom(...states),
  fraction: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("stageOf", () => {
  it("is the first task that runs, else the first that waits, else none", () => {
    const of = (...given: TaskState[]) => stageOf(given.map((state, at) => ({ state, at })))?.at;
    expect(of("done", "ready", "leased", "leased")).toBe(2);
    expect(of("done", "blocked", "ready")).toBe(2);
    expect(of("dead", "delayed", "blocked")).toBe(1);
    expect(of("done", "skipped", "cancelled", "dead")).toBeUndefined();
  });
});

describe("percentOf", () => {
  it("is the weighted share of the request, rounded down", () => {
    const weights = [20, 20, 30, 10, 10, 10];
    const parts = weights.map((weight, index): TaskPart => {
      return { weight, state: index === 0 ? "done" : "leased", fraction: index === 1 ? 0.5 : 0 };
    });
    expect(percentOf("active", parts)).toBe(30);
    expect(percentOf("active", [])).toBe(0);
  });

  it("never falls while a fraction grows or a task gets done", () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.nat(), part, (parts, at, more) => {
        const index = at % parts.length;
        const further = parts.map((entry, n) =>
          n === index ? { ...entry, fraction: Math.max(entry.fraction, more.fraction) } : entry,
        );
        const done = parts.map((entry, n) =>
          n === index ? { ...entry, state: "done" as const } : entry,
        );
        const now = percentOf("active", parts);
        expect(percentOf("active", further)).toBeGreaterThanOrEqual(now);
        expect(percentOf("active", done)).toBeGreaterThanOrEqual(now);
      }),
    );
  });

  it("is a whole number from 0 to 99, and 100 only once the pipeline has ended well", () => {
    fc.assert(
      fc.property(fc.constantFrom(...pipelineStates), fc.array(part), (state, parts) => {
        const percent = percentOf(state, parts);
        expect(Number.isInteger(percent)).toBe(true);
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent === 100).toBe(state === "done" || state === "done_with_gaps");
        expect(percent).toBeLessThanOrEqual(100);
      }),
    );
  });

  it("stays below 100 while every task is done but the pipeline is not closed", () => {
    expect(percentOf("active", [{ weight: 1, state: "done", fraction: 0 }])).toBe(99);
  });
});

describe("fractionOf", () => {
  it("counts a task whole only when it is done", () => {
    for (const state of states) {
      const fraction = fractionOf({ weight: 1, state, fraction: 1 });
      expect(fraction === 1).toBe(state === "done");
    }
  });
});
