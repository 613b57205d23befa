import { expect, it } from "vitest";
import type { Slo } from "../../../src/contract/slos.ts";
import {
  budgetWords,
  burnWords,
  goneWords,
  percentWords,
  standingOf,
  valueWords,
} from "./words.ts";

const given = (left: number, rate: number | null, goneInSeconds: number | null = null): Slo => {
  const burn = { rate, n: 30 };
  return {
    ...{ id: "done", promise: "", target: 0.9, state: "measured", why: null, source: "", n: 30 },
    ...{ good: 29, share: 0.97, few: false, values: null, days: [], worst: [] },
    ...{
      asOf: "2026-11-26T12:00:00Z",
      budget: { left, burn1h: burn, burn6h: burn, goneInSeconds },
    },
  };
};

it("tells how a promise stands", () => {
  const stands = [
    given(0.5, 0.4),
    given(0.5, 3),
    given(0, 3),
    { ...given(1, null), state: "no-data" as const },
  ];
  expect(stands.map(standingOf)).toEqual(["kept", "burning", "spent", "unknown"]);
});

it("tells a budget, its burn, and when it is gone", () => {
  expect([given(0.623, 1), given(0, 1), given(-0.4, 1)].map(budgetWords)).toEqual([
    ...["62 % left", "spent", "spent 1.4 times over"],
  ]);
  expect(budgetWords({ ...given(1, null), state: "no-data" })).toBe("unchanged");
  expect([burnWords({ rate: null, n: 0 }), burnWords({ rate: 1.24, n: 8 })]).toEqual([
    ...["no case", "1.2 (n = 8)"],
  ]);
  expect([given(0.5, 1, 5 * 86_400), given(0.5, 0), given(-1, 4)].map(goneWords)).toEqual([
    ...["in 5 days at the rate of the last 6 h", "not at this rate", "gone"],
  ]);
});

it("tells shares and values as finely as it matters", () => {
  expect([percentWords(0.99), percentWords(0.99345)]).toEqual(["99 %", "99.34 %"]);
  expect([
    valueWords(4.13, "seconds"),
    valueWords(110, "seconds"),
    valueWords(43_000, "microUsd"),
  ]).toEqual([...["4.1 s", "1 min 50 s", "$0.043"]]);
});
