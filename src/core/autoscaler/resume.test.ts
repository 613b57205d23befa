import { describe, expect, it } from "vitest";
import type { Json, Policy, Question } from "./decision.ts";
import type { Fact } from "./facts.ts";
import { emptyMemory, type ScalerState } from "./memory.ts";
import { justInTimePolicy } from "./policies/just-in-time/policy.ts";
import { justInTimeDefaults } from "./policies/just-in-time/settings.ts";
import { recall, resumed } from "./resume.ts";
import { scalingDefaults, scalingOf } from "./settings.ts";

const facts = Array.from({ length: 1_201 }, (_, n): Fact => {
  return { kind: "pipeline-ended", atMs: 1000 * n, pipeline: `p_${n}` };
});

const counting = (asked: Question[]): Policy => ({
  name: "counting",
  pools: {},
  attention: { documents: false, facts: true, slides: false, milestones: [] },
  initial: 0,
  want(question, state) {
    asked.push(question);
    return { wants: {}, state: Number(state) + question.facts.length };
  },
});

describe("recalling the past", () => {
  it("tells each fact once, in order, at the time of the last one told, and asks about nothing", () => {
    const asked: Question[] = [];
    expect(recall(counting(asked), 5, facts)).toBe(5 + facts.length);
    expect(asked.flatMap((question) => question.facts)).toEqual(facts);
    for (const question of asked) {
      expect(question.nowMs).toBe(question.facts.at(-1)?.atMs);
      expect(question).toMatchObject({ pools: {}, documents: [] });
    }
  });

  it("lets the just-in-time policy learn from history alone, to a memory that can be stored", () => {
    const base = {
      topology: "split",
      microUsdPerHour: { vision: 5e5, text: 8e5 },
      quantumMs: 0,
    } as const;
    const policy = justInTimePolicy(
      { ...base, scaling: scalingOf(scalingDefaults) },
      justInTimeDefaults,
    );
    const history = Array.from({ length: 400 }, (_, n): Fact[] => {
      const [atMs, pipeline] = [3_600_000 * n, `p_${n}`];
      const start = { pool: "text", replica: "text-1", how: "ready", offMs: 3_000_000 } as const;
      return [
        { kind: "uploaded", atMs, pipeline, slides: 3 },
        { kind: "slide-done", atMs: atMs + 130_000, pipeline, tookMs: 4_000 },
        { kind: "text-needed", atMs: atMs + 150_000, pipeline },
        { ...start, kind: "start-ended", atMs: atMs + 240_000, tookMs: 90_000 },
        { kind: "text-started", atMs: atMs + 240_000, pipeline },
        { kind: "pipeline-ended", atMs: atMs + 300_000, pipeline },
      ];
    }).flat();
    const learned = recall(policy, policy.initial, history);
    expect(learned).not.toEqual(policy.initial);
    expect(JSON.parse(JSON.stringify(learned))).toEqual(learned);
  });

  it("changes nothing where nothing has happened", () => {
    const state: Json = { a: [1] };
    expect(recall(counting([]), state, [])).toBe(state);
  });
});

describe("a memory that is taken up again", () => {
  it("keeps what was learned, and waits for no command and no replica", () => {
    const pool = {
      ...emptyMemory,
      ...{ unneededSinceMs: 7, failures: 2, failedAtMs: 6, reason: "idle", wanted: 1 },
    };
    const before: ScalerState = {
      pools: {
        text: {
          ...pool,
          commands: [{ action: "start", replica: "text-2", atMs: 9 }],
          alive: ["text-1"],
        },
      },
      policy: { learned: true },
    };
    expect(resumed(before)).toEqual({ pools: { text: pool }, policy: { learned: true } });
  });
});
