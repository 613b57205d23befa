import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Drawable, type Drawn, draw, drawnStore, shownPercent } from "./progress.ts";

const states = ["fetching", "active", "done", "done_with_gaps", "failed", "cancelled"] as const;

const news = fc.record({
  generation: fc.integer({ min: 1, max: 3 }),
  state: fc.constantFrom(...states),
  progress: fc.record({
    percent: fc.integer({ min: 0, max: 100 }),
    tasks: fc.array(
      fc.record({
        task: fc.constantFrom("a", "b"),
        state: fc.constantFrom("leased" as const, "done" as const, "dead" as const),
        fraction: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 2 },
    ),
  }),
});

const steps = (list: readonly Drawable[]): Drawn[] => {
  const seen: Drawn[] = [];
  for (const item of list) seen.push(draw(seen.at(-1), item));
  return seen;
};

const one = (state: Drawable["state"], percent: number, generation = 1): Drawable => ({
  generation,
  state,
  progress: { percent, tasks: [] },
});

const isFinished = (state: Drawable["state"]): boolean =>
  state === "done" || state === "done_with_gaps";

describe("draw", () => {
  it("never falls within a generation, whatever the order of the news", () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 40 }), (list) => {
        const seen = steps(list);
        for (const [index, after] of seen.entries()) {
          const before = seen[index - 1];
          if (before === undefined) continue;
          expect(after.generation).toBeGreaterThanOrEqual(before.generation);
          if (after.generation > before.generation) continue;
          expect(after.mark).toBeGreaterThanOrEqual(before.mark);
          for (const [task, fraction] of Object.entries(before.fractions)) {
            expect(after.fractions[task]).toBeGreaterThanOrEqual(fraction);
          }
          expect(shownPercent(after)).toBeGreaterThanOrEqual(shownPercent(before));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("shows 100 only once news of the generation says that it is finished", () => {
    fc.assert(
      fc.property(fc.array(news, { minLength: 1, maxLength: 40 }), (list) => {
        const shown = steps(list).at(-1) as Drawn;
        if (shownPercent(shown) < 100) return;
        const ofGeneration = list.filter(({ generation }) => generation === shown.generation);
        expect(ofGeneration.some(({ state }) => isFinished(state))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("stops at 99 while a pipeline is active", () => {
    expect(shownPercent(draw(undefined, one("active", 100)))).toBe(99);
  });

  it("shows 100 once the pipeline is done", () => {
    expect(shownPercent(draw(draw(undefined, one("active", 99)), one("done", 100)))).toBe(100);
  });

  it("starts afresh with a new generation, and ignores late news of the old one", () => {
    const rerun = draw(draw(undefined, one("done", 100)), one("active", 5, 2));
    expect(shownPercent(rerun)).toBe(5);
    expect(draw(rerun, one("done", 100))).toBe(rerun);
  });

  it("does not take a late answer for a step back from done", () => {
    const done = draw(undefined, one("done", 100));
    expect(shownPercent(draw(done, one("active", 80)))).toBe(100);
  });
});

describe("drawnStore", () => {
  it("keeps pipelines apart and gives every reader the same mark", () => {
    const store = drawnStore();
    store.see("first", one("active", 60));
    expect(shownPercent(store.see("first", one("active", 40)))).toBe(60);
    expect(shownPercent(store.see("second", one("active", 10)))).toBe(10);
  });
});
