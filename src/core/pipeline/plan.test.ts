import { describe, expect, it } from "vitest";
import type { Duration } from "./estimate.ts";
import { type PlanFacts, type PoolFacts, planOf } from "./plan.ts";

const of = (p50Seconds: number, n = 10): Duration => ({
  p50Seconds,
  p90Seconds: 2 * p50Seconds,
  n,
});
const pool = (name: string, given: Partial<PoolFacts> = {}): PoolFacts => ({
  pool: name,
  state: "warm",
  start: of(60),
  sinceSeconds: 0,
  price: 3_600_000,
  ...given,
});
const facts = (given: Partial<PlanFacts> = {}): PlanFacts => ({
  pages: 22,
  tasks: [
    { pool: "vision", after: [], duration: of(100) },
    { pool: "vision", after: [], duration: of(40) },
    { pool: "text", after: [0], duration: of(30) },
  ],
  pools: [pool("vision"), pool("text")],
  prewarms: true,
  ahead: 0,
  ...given,
});

describe("planOf", () => {
  it("adds up the longest way, and what busy containers cost", () => {
    const plan = planOf(facts());
    expect(plan.time).toEqual({ p50Seconds: 130, p90Seconds: 260, n: 10 });
    expect(plan.work).toEqual(plan.time);
    // 100 s of vision and 30 s of text at a dollar for 1,000 s.
    expect(plan.cost).toEqual({ microUsd: 130_000, n: 10 });
    expect(plan.sentence).toBe(
      "22 slides - about 2 min 10 s - about $0.13 - vision is warm, text is warm",
    );
  });
  it("hides a start behind the work before it only where the policy starts early", () => {
    const cold = [pool("vision"), pool("text", { state: "cold" })];
    expect(planOf(facts({ pools: cold })).time?.p50Seconds).toBe(130);
    expect(planOf(facts({ pools: cold })).sentence).toContain("text will be pre-warmed");
    const late = planOf(facts({ pools: cold, prewarms: false }));
    expect(late.time?.p50Seconds).toBe(190);
    expect(late.sentence).toContain("text starts when it is needed");
    const long = [pool("vision"), pool("text", { state: "cold", start: of(120) })];
    expect(planOf(facts({ pools: long })).time?.p50Seconds).toBe(150);
  });
  it("counts what is left of a start that is under way", () => {
    const starting = [pool("vision", { state: "starting", sinceSeconds: 45 }), pool("text")];
    expect(planOf(facts({ pools: starting })).time?.p50Seconds).toBe(145);
  });
  it("says nothing it does not know", () => {
    const young = facts({ tasks: [{ pool: "vision", after: [], duration: of(100, 2) }] });
    expect(planOf(young)).toMatchObject({ time: null, work: null, cost: null });
    expect(planOf(young).sentence).toContain("no time estimate yet - no cost estimate yet");
    const firstStart = [pool("vision", { state: "cold", start: null }), pool("text")];
    const plan = planOf(facts({ pools: firstStart }));
    expect(plan.time).toBeNull();
    expect(plan.sentence).toContain("about 2 min 10 s of work, no estimate for the start yet");
    for (const price of ["unpriced", undefined] as const) {
      expect(planOf(facts({ pools: [pool("vision", { price }), pool("text")] })).cost).toBeNull();
    }
    expect(planOf(facts({ pools: [pool("vision", { state: "paused" })] })).time).toBeNull();
    const unseen = planOf(facts({ pages: null }));
    expect(unseen).toMatchObject({ time: null, work: null, cost: null });
    expect(unseen.sentence).toContain("slides not counted yet");
  });
  it("costs nothing where nobody charges", () => {
    const own = [pool("vision", { price: null }), pool("text", { price: null })];
    expect(planOf(facts({ pools: own })).cost).toEqual({ microUsd: 0, n: 10 });
  });
});
