import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  advance,
  bitOf,
  compileGraph,
  emptyMasks,
  type Graph,
  type Masks,
  type TaskShape,
} from "./graph.ts";

const task = (name: string, after: TaskShape["after"] = null): TaskShape => ({
  name,
  layer: 1,
  weight: 1,
  pool: "vision",
  after,
});

/** Any graph without a circle, its tasks in any order. */
const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.tuple(
      fc.tuple(
        ...Array.from({ length: size }, (_, index) =>
          fc.subarray(Array.from({ length: index }, (_unused, before) => before)),
        ),
      ),
      fc.shuffledSubarray(
        Array.from({ length: size }, (_, index) => index),
        { minLength: size, maxLength: size },
      ),
    ),
  )
  .map(([needs, order]) =>
    compileGraph(order.map((n) => task(`t${n}`, needs[n]?.map((before) => `t${before}`) ?? []))),
  );

describe("compileGraph", () => {
  it("takes no dependency, one, or several, in any order of tasks", () => {
    const graph = compileGraph([task("c", ["a", "b"]), task("b", "a"), task("a")]);
    expect(graph.needs).toEqual([0b110n, 0b100n, 0n]);
    expect(graph.full).toBe(0b111n);
    expect(graph.names).toEqual(["c", "b", "a"]);
  });

  it.each([
    ["nothing", [], "at least one task"],
    ["an unknown task", [task("a", "b")], "a waits for b, which is not a task"],
    ["a task that waits for itself", [task("a", "a")], "in a circle"],
    ["a circle", [task("x"), task("a", "b"), task("b", ["a", "x"])], "in a circle"],
    ["two tasks of one name", [task("a"), task("a")], "the same name"],
    ["64 tasks", Array.from({ length: 64 }, (_, n) => task(`t${n}`)), "at most 63 tasks"],
  ])("refuses %s", (_title, tasks, message) => {
    expect(() => compileGraph(tasks)).toThrow(message);
  });

  it("takes 63 tasks, whose masks fit a signed 64-bit number", () => {
    const graph = compileGraph(Array.from({ length: 63 }, (_, n) => task(`t${n}`)));
    expect(graph.full).toBe(2n ** 63n - 1n);
  });

  it("lets every task of a graph without a circle be done at some time", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(run(graph, () => "done").end).toBe("done");
      }),
    );
  });
});

type Outcome = "done" | "gaps" | "dead";

/** Plays a pipeline to its end; at each step one of the started tasks ends. */
function run(graph: Graph, outcomeOf: (index: number) => Outcome, pick = () => 0) {
  let { masks, ready, end } = advance(graph, emptyMasks);
  const running = [...ready];
  const started: number[] = [...ready];
  const doneBefore = new Map<number, bigint>(ready.map((index) => [index, masks.done]));
  const seen: Masks[] = [masks];
  while (end === null && running.length > 0) {
    const index = running.splice(pick() % running.length, 1)[0] ?? 0;
    const outcome = outcomeOf(index);
    const bit = bitOf(index);
    masks = {
      ...masks,
      done: outcome === "dead" ? masks.done : masks.done | bit,
      dead: outcome === "dead" ? masks.dead | bit : masks.dead,
      gaps: outcome === "gaps" ? masks.gaps | bit : masks.gaps,
    };
    ({ masks, ready, end } = advance(graph, masks));
    seen.push(masks);
    for (const fresh of ready) doneBefore.set(fresh, masks.done);
    started.push(...ready);
    running.push(...ready);
  }
  return { masks, end, started, running, doneBefore, seen };
}

const outcomes = fc.infiniteStream(fc.constantFrom<Outcome>("done", "done", "gaps", "dead"));
const picks = fc.infiniteStream(fc.nat());
const next = <T>(stream: Stream<T>): T => {
  const { value } = stream.next();
  return value as T;
};
type Stream<T> = { next(): { value: T | undefined } };

describe("advance", () => {
  it("frees no task before all it needs is done", () => {
    fc.assert(
      fc.property(graphs, outcomes, picks, (graph, ends, choose) => {
        const { doneBefore } = run(
          graph,
          () => next(ends),
          () => next(choose),
        );
        for (const [index, done] of doneBefore) expect((graph.needs[index] ?? 0n) & ~done).toBe(0n);
      }),
    );
  });

  it("starts each task at most once and ends every task in exactly one way", () => {
    fc.assert(
      fc.property(graphs, outcomes, picks, (graph, ends, choose) => {
        const { masks, end, started, running } = run(
          graph,
          () => next(ends),
          () => next(choose),
        );
        expect(end).not.toBeNull();
        expect(running).toEqual([]);
        expect(new Set(started).size).toBe(started.length);
        expect(masks.done | masks.dead | masks.skipped).toBe(graph.full);
        expect(masks.done & masks.dead).toBe(0n);
        expect(masks.done & masks.skipped).toBe(0n);
        expect(masks.dead & masks.skipped).toBe(0n);
        // What was started was not skipped, and the other way round.
        expect(masks.queued).toBe(masks.done | masks.dead);
      }),
    );
  });

  it("skips exactly the tasks that stand on a dead one", () => {
    fc.assert(
      fc.property(graphs, outcomes, picks, (graph, ends, choose) => {
        const { masks } = run(
          graph,
          () => next(ends),
          () => next(choose),
        );
        for (const [index, need] of graph.needs.entries()) {
          const hopeless = (need & (masks.dead | masks.skipped)) !== 0n;
          expect((masks.skipped & bitOf(index)) !== 0n).toBe(hopeless);
        }
      }),
    );
  });

  it("ends done only when all is done without gaps, and failed only when nothing is", () => {
    fc.assert(
      fc.property(graphs, outcomes, picks, (graph, ends, choose) => {
        const { masks, end } = run(
          graph,
          () => next(ends),
          () => next(choose),
        );
        expect(end === "done").toBe(masks.done === graph.full && masks.gaps === 0n);
        expect(end === "failed").toBe(masks.done === 0n);
      }),
    );
  });

  it("never takes back what was queued, done, dead or skipped, and is done after one call", () => {
    fc.assert(
      fc.property(graphs, outcomes, picks, (graph, ends, choose) => {
        const { seen } = run(
          graph,
          () => next(ends),
          () => next(choose),
        );
        for (const [at, masks] of seen.entries()) {
          const again = advance(graph, masks);
          expect(again.masks).toEqual(masks);
          expect(again.ready).toEqual([]);
          const before = seen[at - 1] ?? emptyMasks;
          for (const name of ["queued", "done", "dead", "skipped", "gaps"] as const) {
            expect(before[name] & ~masks[name]).toBe(0n);
          }
        }
      }),
    );
  });
});
