import fc from "fast-check";
import { expect, it } from "vitest";
import type { PoolFacts } from "./plan.ts";
import { type ReopenedTask, reopenPlan } from "./reopen-plan.ts";

const took = (p50Seconds: number, n = 30) => ({ p50Seconds, p90Seconds: 2 * p50Seconds, n });
const task = (name: string, own: Partial<ReopenedTask> = {}): ReopenedTask => ({
  ...{ task: name, pool: "text", after: [], duration: took(60), isRedone: true },
  ...{ wasDone: false, slides: null },
  ...own,
});
const pool = (name: string, own: Partial<PoolFacts> = {}): PoolFacts => ({
  ...{ pool: name, state: "warm", start: took(64), sinceSeconds: 0, price: 720_000 },
  ...own,
});
const slides = { redone: [7], kept: 21 };
const vision = task("visual_analysis", { pool: "vision", duration: took(220), slides });
const deck = [
  vision,
  task("slide_feedback", { pool: "vision", isRedone: false, wasDone: true }),
  task("extractions_and_template", { after: [0] }),
  task("specialized_clinical", { after: [2] }),
  task("specialized_science", { after: [2] }),
];

it("says what runs, what stays, how long, how much, and who is cold", () => {
  const plan = reopenPlan({
    tasks: deck,
    pools: [pool("vision", { state: "cold" }), pool("text")],
    attempt: 2,
    isNew: true,
  });
  expect(plan).toMatchObject({ slides, seconds: 130, microUsd: 26_000, n: 30 });
  expect(plan.sentence).toBe(
    "Runs slide 7 in visual analysis and the 3 tasks after it. Keeps 21 finished slides and 1 finished task. About 2 min 10 s, about $0.03 (n=30). Vision is cold: +1 min 5 s. What there was stays in the history as attempt 1, superseded by attempt 2. The bar begins anew, at what is kept.",
  );
});

it("says that it does not know, from how many, and that nobody charges", () => {
  const unknown = reopenPlan({
    tasks: [task("paper", { duration: null })],
    pools: [pool("text", { state: "starting" })],
    attempt: 3,
    isNew: false,
  });
  expect(unknown).toMatchObject({ slides: null, seconds: null, microUsd: null, n: 0 });
  expect(unknown.sentence).toMatch(
    /^Runs paper\. Keeps nothing of what is finished\. No time estimate yet \(0 samples\)\. Text is starting\. /,
  );
  const free = { tasks: [task("paper", { duration: took(5, 4) })], attempt: 2, isNew: false };
  expect(reopenPlan({ ...free, pools: [pool("text", { price: null })] }).sentence).toContain(
    "About 5 s, nobody charges for it (few samples: 4).",
  );
  const unpriced = reopenPlan({ ...free, pools: [pool("text", { price: "unpriced" })] });
  expect(unpriced).toMatchObject({ seconds: 5, microUsd: null });
});

it("never takes longer the more slides stay", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), (pages, keep) => {
      const at = (kept: number) => {
        const redone = Array.from({ length: pages - kept }, (_, index) => index + 1);
        const tasks = [{ ...vision, slides: { redone, kept } }, ...deck.slice(1)];
        return reopenPlan({ tasks, pools: [], attempt: 2, isNew: false }).seconds ?? Number.NaN;
      };
      expect(at(Math.min(keep, pages))).toBeLessThanOrEqual(at(0));
    }),
  );
});
