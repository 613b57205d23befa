import { describe, expect, it } from "vitest";
import { runStudy } from "../../../src/sim/study/job.ts";
import { nothingKnown } from "./known.ts";
import { commandOf, planOf, standing, startWarnings } from "./plan.ts";
import { whatIfSearch } from "./search.ts";
import { replayWords } from "./words.ts";

describe("the address of What-if", () => {
  it("is read as far as it makes sense", () => {
    expect(
      whatIfSearch({
        ...{ decks: "12", days: 0, seed: 1.5, runs: 3, traffic: "dreamt", slides: "" },
        a: { policy: "always-on", keepVision: 60, maxText: 0, nonsense: 1 },
        b: "nothing",
      }),
    ).toEqual({ decks: 12, runs: 3, a: { policy: "always-on", keepVision: 60 } });
  });
});

describe("a plan of What-if", () => {
  it("plays the same traffic with the same seeds in both settings", () => {
    const plan = planOf(nothingKnown, { days: 2, seed: 5, runs: 2, b: { keepText: 30 } });
    if ("problem" in plan) throw new Error(plan.problem);
    expect(plan.documents).toBe(48);
    expect(plan.a.jobs.map(({ seed }) => seed)).toEqual([5, 6]);
    expect(plan.b.jobs.map(({ arrivalsMs }) => arrivalsMs)).toEqual(
      plan.a.jobs.map(({ arrivalsMs }) => arrivalsMs),
    );
    expect([plan.a.policy, plan.b.policy]).toEqual(["reference", "just-in-time"]);
    expect(plan.b.setting.base.scaling.text.scaleDownDelayMs).toBe(30_000);
    let ended = 0;
    for (const job of plan.a.jobs.slice(0, 1)) runStudy(job, () => (ended += 1));
    expect(ended).toBe(48);
  });

  it("plays the last days back, and says what another setting would have done to them", () => {
    const dayMs = 86_400_000;
    const known = {
      ...nothingKnown,
      ...{ arrivalsMs: [0, 5, 8, 9].map((day) => day * dayMs), since: "2026-10-01T00:00:00Z" },
      readAtMs: Date.parse("2026-10-11T00:00:00Z"),
    };
    const played = (search: object) => {
      const plan = planOf(known, { traffic: "recorded", ...search });
      return "problem" in plan ? plan.problem : [plan.playedDays, plan.a.jobs[0]?.arrivalsMs];
    };
    expect(played({})).toEqual([30, known.arrivalsMs]);
    expect(played({ days: 7 })).toEqual([7, [0, 3 * dayMs, 4 * dayMs]]);
    expect(played({ days: 1 })).toMatch(/Fewer than two .* last day:/);
    const interval = (estimate: number, half: number) => ({
      ...{ estimate, low: estimate - half, high: estimate + half },
    });
    const sure = { usdPerMonth: interval(-9.125, 1), p95Ms: interval(11_000, 500) };
    const difference = { ...sure, usdPerDocument: interval(0, 0) };
    expect(replayWords(7, 168, difference)).toMatch(
      /^Played back over the last 7 days, .* B would have saved \$2\.10 and added 11 s at p95\.$/,
    );
    expect(replayWords(7, 168, { ...difference, usdPerMonth: interval(1, 5) })).toMatch(
      /cost about the same/,
    );
  });

  it("says what cannot be simulated", () => {
    const problem = (search: Parameters<typeof planOf>[1]) => {
      const plan = planOf(nothingKnown, search);
      return "problem" in plan ? plan.problem : null;
    };
    expect(problem({ traffic: "recorded" })).toMatch(/Fewer than two uploads/);
    expect(problem({ decks: 0.5, days: 1 })).toMatch(/less than two decks/);
    expect(problem({ decks: 5000, days: 365, runs: 20 })).toMatch(/at most 300,000/);
    expect(problem({ b: { policy: "fortune-teller" } })).toMatch(/^B: There is no policy/);
  });

  it("warns of starts that take longer than the configuration waits for them", () => {
    const plan = planOf(nothingKnown, { days: 2, b: { coldText: 300 } });
    if ("problem" in plan) throw new Error(plan.problem);
    expect(startWarnings(plan)).toEqual([
      expect.stringMatching(/^B: a start of text takes 300 s, longer than the 240 s/),
    ]);
    // As a fresh checkout has it: a minute for the whole, and on top what machines and models may take.
    const { setting } = nothingKnown;
    const { vision, text } = setting.base.scaling;
    const phaseDeadlines = { provisioning: 600_000 };
    const short = { startupTimeoutMs: 60_000, phaseDeadlines };
    const pools = { vision: { ...vision, ...short }, text: { ...text, ...short } };
    const base = { ...setting.base, scaling: { ...setting.base.scaling, ...pools } };
    const fresh = planOf({ ...nothingKnown, setting: { ...setting, base } }, { days: 2 });
    expect("problem" in fresh ? fresh : startWarnings(fresh)).toEqual([]);
  });

  it("tells what stands while nothing is changed, and the command that does the same", () => {
    expect(standing(nothingKnown.setting)).toMatchObject({
      ...{ keepVision: 300, keepText: 600, maxVision: 2, maxText: 3 },
      ...{ coldVision: 105, coldText: 150, usdVision: 0.5, usdText: 0.8 },
    });
    const search = { decks: 12, days: 5, runs: 2, seed: 3, a: { keepText: 30, usdVision: 1.2 } };
    expect(commandOf("a", search, nothingKnown)).toBe(
      "pilotlight simulate --trace poisson:0.5/h,5d --policy reference --seeds 2 --seed 3 --keep-warm text=30s --usd-per-hour vision=1.2",
    );
    expect(commandOf("b", {}, { ...nothingKnown, isOwn: true })).toMatch(/--learned$/);
    // Addresses are made by others too, and the line is for pasting.
    const evil = { a: { policy: "x; echo 'it' | sh" } };
    expect(commandOf("a", evil, nothingKnown)).toContain(`--policy 'x; echo '\\''it'\\'' | sh'`);
  });
});
