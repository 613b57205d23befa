import { expect, it } from "vitest";
import { costWords, type ListedFigures } from "./cost-words.ts";

const plain: ListedFigures = {
  ...{ charging: "charged", microUsd: 31_000, containerSeconds: 62, complete: true },
  estimatedMicroUsd: 0,
  expected: null,
};

it.each<[string, Partial<ListedFigures>, boolean, string, string]>([
  ["is final", {}, false, "$0.03", ""],
  ["is less than can be shown", { microUsd: 3 }, false, "under $0.0001", ""],
  ["still has a container that served it", { complete: false }, false, "$0.03", "so far"],
  [
    ...(["is worked on", { complete: false, expected: { microUsd: 44_000 } }] as const),
    ...([true, "$0.03", "so far, about $0.04 in all"] as const),
  ],
  [
    ...([
      "costs more than was expected",
      { complete: false, expected: { microUsd: 9_000 } },
    ] as const),
    ...([true, "$0.03", "so far"] as const),
  ],
  ["is billed in part", { estimatedMicroUsd: 12_000 }, false, "$0.03", "$0.01 of it estimated"],
  ["no provider charges for yet", { estimatedMicroUsd: 31_000 }, false, "$0.03", "estimated"],
  ["has containers without a price", { charging: "part" }, false, "$0.03", "part has no price"],
  [
    "has none with a price",
    { charging: "unpriced", microUsd: null },
    false,
    "62 s",
    "price not known",
  ],
  ["is nobody's bill", { charging: "free", microUsd: null }, false, "62 s", "nobody charges"],
  [
    ...(["was known already", { charging: "none", microUsd: null }] as const),
    ...([false, "none", "no container"] as const),
  ],
  ["waits", { charging: "none", microUsd: null }, true, "no estimate", ""],
  [
    ...(["waits, as others did", { charging: "none", expected: { microUsd: 40_000 } }] as const),
    ...([true, "about $0.04", "expected"] as const),
  ],
  [
    ...(["waits where nobody charges", { charging: "none", expected: { microUsd: 0 } }] as const),
    ...([true, "none", "nobody charges"] as const),
  ],
])("of a document that %s", (_, given, isOpen, amount, note) => {
  const words = costWords({ ...plain, ...given }, isOpen, (seconds) => `${seconds} s`);
  expect(words).toEqual({ amount, note });
});
