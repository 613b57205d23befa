import { expect, it } from "vitest";
import { sumOf } from "./bulk.ts";

it.each<[string, [number | null, number | null][], ReturnType<typeof sumOf>]>([
  ["nothing", [], { known: 0, all: 0, seconds: 0, microUsd: 0 }],
  [
    "those with an estimate",
    [
      [60, 20_000],
      [null, null],
      [30, 10_000],
    ],
    { known: 2, all: 3, seconds: 90, microUsd: 30_000 },
  ],
  [
    "no money where one has no price",
    [
      [60, 20_000],
      [30, null],
    ],
    { known: 2, all: 2, seconds: 90, microUsd: null },
  ],
])("adds up %s", (_, plans, sum) => {
  expect(sumOf(plans.map(([seconds, microUsd]) => ({ seconds, microUsd })))).toEqual(sum);
});
