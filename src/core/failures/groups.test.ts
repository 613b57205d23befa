import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Acknowledgement,
  type FailureFact,
  groupFailures,
  newestPacks,
  type Standing,
  trendOf,
} from "./groups.ts";

const fact = (over: Partial<FailureFact> = {}): FailureFact => ({
  ...{ kind: "attempt", atMs: 1000, stage: "visual_analysis", code: "MODEL_ERROR" },
  ...{ detail: "slide 7 failed", document: "d_1", pipeline: "p_1", slide: null },
  ...{ engine: "ollama a", pack: "deck", packVersion: 2, standing: "open", next: null },
  ...over,
});
const stateOf = (facts: FailureFact[], said?: Omit<Acknowledgement, "fingerprint">) => {
  const [group] = groupFailures(facts, new Map());
  const fingerprint = group?.fingerprint ?? "";
  const known = said === undefined ? [] : [[fingerprint, { fingerprint, ...said }] as const];
  return groupFailures(facts, new Map(known))[0]?.state;
};
const acknowledged = {
  kind: "acknowledged",
  atMs: 2000,
  untilPack: null,
  engines: [],
  packs: [],
} as const;
const muted = {
  kind: "muted",
  atMs: 500,
  untilPack: 7,
  engines: ["ollama a"],
  packs: ["deck@2", "invoice@7"],
} as const;

it.each<[string, string | undefined, string | undefined]>([
  ["open", stateOf([fact(), fact({ standing: "recovered" })]), "open"],
  ["tried again by itself", stateOf([fact({ standing: "healing" })]), "healing"],
  [
    "done after all",
    stateOf([fact({ standing: "ended" }), fact({ standing: "recovered" })]),
    "recovered",
  ],
  ["known", stateOf([fact()], acknowledged), "acknowledged"],
  ["known, and come again", stateOf([fact(), fact({ atMs: 2001 })], acknowledged), "open"],
  ["muted", stateOf([fact()], muted), "acknowledged"],
  ["muted, of a newer pack", stateOf([fact({ packVersion: 3 })], muted), "open"],
  ["muted, of another pack", stateOf([fact({ pack: "memo", packVersion: 1 })], muted), "open"],
  ["muted before packs were told", stateOf([fact()], { ...muted, packs: [] }), "acknowledged"],
  ["muted, of another model", stateOf([fact({ engine: "ollama b" })], muted), "open"],
  ["opened again", stateOf([fact()], { ...muted, kind: "reopened" }), "open"],
])("is %s", (_title, state, expected) => {
  expect(state).toBe(expected);
});

it("names the newest version of each pack", () => {
  const packs = [fact(), fact({ packVersion: 4 }), fact({ pack: "memo" }), fact({ pack: null })];
  expect(newestPacks(packs)).toEqual(["deck@4", "memo@2"]);
});

it("counts what a next try came to", () => {
  const facts = [fact({ next: "done" }), fact({ next: "failed" }), fact()];
  expect(groupFailures(facts, new Map())[0]).toMatchObject({ retried: 2, helped: 1 });
});

it("loses no failure and puts those that need somebody first", () => {
  const standings: Standing[] = ["open", "healing", "recovered", "ended"];
  const facts = fc.array(
    fc.record({
      atMs: fc.nat(1000),
      stage: fc.constantFrom("a", "b"),
      detail: fc.constantFrom(null, "slide 1 x", "slide 2 x", "y"),
      standing: fc.constantFrom(...standings),
    }),
  );
  fc.assert(
    fc.property(facts, (given) => {
      const groups = groupFailures(given.map(fact), new Map());
      expect(groups.flatMap((group) => group.facts)).toHaveLength(given.length);
      const open = groups.map(({ state }) => state === "open");
      expect(open).toEqual(open.toSorted((a, b) => Number(b) - Number(a)));
      for (const { facts: own } of groups) {
        const times = own.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((a, b) => b - a));
      }
    }),
  );
});

it("counts each failure of the window in one step of the trend", () => {
  const hours = { nowMs: 7_200_000 + 5, stepMs: 3_600_000, steps: 2 };
  const at = (atMs: number) => ({ atMs });
  expect(trendOf([at(3_599_999), at(3_600_000), at(7_200_004), at(9_999_999)], hours)).toEqual([
    { fromMs: 3_600_000, count: 1 },
    { fromMs: 7_200_000, count: 2 },
  ]);
});
