import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reopened } from "../../../test/support/masks.ts";
import { advance, bitOf, compileGraph, type Graph, type Masks } from "./graph.ts";
import { type Reopenable, rerunMask, retryMask } from "./reopen.ts";

const graphOf = (after: readonly (readonly number[])[]): Graph =>
  compileGraph(
    after.map((needs, index) => ({
      name: `t${index}`,
      layer: 1,
      weight: 1,
      pool: "vision",
      after: needs.map((before) => `t${before}`),
    })),
  );

const graphs = fc
  .integer({ min: 1, max: 10 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.subarray(Array.from({ length: index }, (_unused, before) => before)),
      ),
    ),
  )
  .map(graphOf);

type Outcome = "done" | "gaps" | "dead" | "under way";

/** A pipeline in the middle of its life or at its end, as `advance` makes it; perhaps cancelled there. */
const lives = fc
  .tuple(
    graphs,
    fc.array(fc.constantFrom<Outcome>("done", "done", "gaps", "dead", "under way"), {
      minLength: 10,
      maxLength: 10,
    }),
    fc.boolean(),
  )
  .map(([graph, outcomes, isCancelled]) => {
    let masks: Masks = { queued: 0n, done: 0n, dead: 0n, skipped: 0n, gaps: 0n };
    let end: unknown = null;
    for (let running: number[] = []; ; ) {
      const next = advance(graph, masks);
      ({ masks, end } = next);
      running = [...running, ...next.ready];
      const index = running.find((task) => outcomes[task] !== "under way");
      if (index === undefined) break;
      running = running.filter((task) => task !== index);
      const bit = bitOf(index);
      const isDead = outcomes[index] === "dead";
      masks = {
        ...masks,
        done: isDead ? masks.done : masks.done | bit,
        dead: isDead ? masks.dead | bit : masks.dead,
        gaps: outcomes[index] === "gaps" ? masks.gaps | bit : masks.gaps,
      };
    }
    return { graph, pipeline: { masks, hasEnded: end !== null || isCancelled } };
  });
const chosen = fc.option(fc.bigInt({ min: 1n, max: 2n ** 10n - 1n }), { nil: null });

const ended = ({ done, dead, skipped }: Masks): bigint => done | dead | skipped;
const bits = (graph: Graph, mask: bigint): number[] =>
  [...graph.needs.keys()].filter((index) => (mask & bitOf(index)) !== 0n);

/** What has to hold of any set of tasks that is opened together. */
function holdsTogether(graph: Graph, { masks, hasEnded }: Reopenable, mask: bigint): void {
  expect(mask & ~graph.full).toBe(0n);
  for (const index of bits(graph, mask)) {
    // Nothing that stands on it keeps a result of what is gone.
    expect((graph.dependents[index] ?? 0n) & ~mask).toBe(0n);
  }
  const open = reopened(masks, mask);
  const { masks: next, ready, end } = advance(graph, open);
  // Every task of the mask can be done again: it starts, or waits for one that can.
  expect(next.skipped & mask).toBe(0n);
  expect(end).toBeNull();
  const isLeftBehind = hasEnded ? graph.full & ~(next.queued | ended(next)) : 0n;
  expect(bits(graph, isLeftBehind).every((index) => hasOpenNeed(graph, next, index))).toBe(true);
  if (hasEnded) expect(ready.length).toBeGreaterThan(0);
}

const hasOpenNeed = (graph: Graph, masks: Masks, index: number): boolean =>
  ((graph.needs[index] ?? 0n) & ~masks.done) !== 0n;

describe("retryMask", () => {
  it("opens what is bad and asked for, with what stands on it, and can go on from there", () => {
    fc.assert(
      fc.property(lives, chosen, ({ graph, pipeline }, from) => {
        const mask = retryMask(graph, pipeline, from);
        const { masks, hasEnded } = pipeline;
        const bad = masks.dead | masks.skipped | (hasEnded ? graph.full & ~masks.done : 0n);
        const wanted = (bad | (hasEnded ? masks.gaps : 0n)) & (from ?? graph.full);
        expect(wanted & ~mask).toBe(0n);
        expect(mask === 0n).toBe(wanted === 0n);
        if (mask !== 0n) holdsTogether(graph, pipeline, mask);
      }),
    );
  });

  it("keeps finished work, unless it has gaps or stands on something that has", () => {
    fc.assert(
      fc.property(lives, chosen, ({ graph, pipeline }, from) => {
        const kept = retryMask(graph, pipeline, from) & pipeline.masks.done;
        const onGaps = bits(graph, pipeline.masks.gaps).reduce(
          (mask, index) => mask | bitOf(index) | (graph.dependents[index] ?? 0n),
          0n,
        );
        expect(kept & ~onGaps).toBe(0n);
      }),
    );
  });

  it("finds nothing in a pipeline that is done without gaps", () => {
    const graph = graphOf([[], [0]]);
    const masks = { queued: 3n, done: 3n, dead: 0n, skipped: 0n, gaps: 0n };
    expect(retryMask(graph, { masks, hasEnded: true }, null)).toBe(0n);
  });
});

describe("rerunMask", () => {
  it("opens all that is asked for with what stands on it, finished or not", () => {
    fc.assert(
      fc.property(lives, chosen, ({ graph, pipeline }, from) => {
        const { mask, busy } = rerunMask(graph, pipeline, from);
        if (mask === 0n) {
          // Only where nothing of it has ended while the rest goes on.
          const asked = graph.full & (from ?? graph.full);
          expect(asked & (pipeline.hasEnded ? graph.full : ended(pipeline.masks))).toBe(0n);
          return;
        }
        expect((from ?? graph.full) & graph.full & ~mask).toBe(0n);
        if (busy === 0n) holdsTogether(graph, pipeline, mask);
      }),
    );
  });

  it("is in the way of exactly the tasks of its own that wait or run", () => {
    fc.assert(
      fc.property(lives, chosen, ({ graph, pipeline }, from) => {
        const { mask, busy } = rerunMask(graph, pipeline, from);
        const { masks, hasEnded } = pipeline;
        const inQueue = hasEnded ? 0n : masks.queued & ~ended(masks);
        expect(busy).toBe(mask & inQueue);
      }),
    );
  });

  it("opens the whole of an ended pipeline, and is refused for the whole of a running one", () => {
    fc.assert(
      fc.property(lives, ({ graph, pipeline }) => {
        const { mask, busy } = rerunMask(graph, pipeline, null);
        if (pipeline.hasEnded) expect({ mask, busy }).toEqual({ mask: graph.full, busy: 0n });
        else expect(mask === 0n || busy !== 0n).toBe(true);
      }),
    );
  });

  it("does one branch again while another one runs", () => {
    // 0 <- 1, and 2 beside them.
    const graph = graphOf([[], [0], []]);
    const masks = { queued: 7n, done: 3n, dead: 0n, skipped: 0n, gaps: 0n };
    const pipeline = { masks, hasEnded: false };
    expect(rerunMask(graph, pipeline, 1n)).toEqual({ mask: 3n, busy: 0n });
    expect(rerunMask(graph, pipeline, 2n)).toEqual({ mask: 2n, busy: 0n });
    expect(rerunMask(graph, pipeline, 4n)).toEqual({ mask: 0n, busy: 0n });
    expect(rerunMask(graph, pipeline, 5n)).toEqual({ mask: 7n, busy: 4n });
  });
});
