import { applyPatch } from "diff";
import { expect, it } from "vitest";
import { patchOf } from "./pack-patch.ts";

const numbers = { from: 1, to: 2 };

it("shows what differs with three lines around it", () => {
  const old = ["a", "b", "c", "d", "e", ""].join("\n");
  const patch = patchOf("x.md", [old, old.replace("c", "C")], numbers);
  expect(patch).toBe(
    "--- x.md\tversion 1\n+++ x.md\tversion 2\n@@ -1,5 +1,5 @@\n a\n b\n-c\n+C\n d\n e\n",
  );
});

it("tells texts without a line in common whole, at once, so that a patch of them still fits", () => {
  const text = (word: string) =>
    Array.from({ length: 20_000 }, (_, at) => `${word} ${at}\n`).join("");
  const pair = [text("one"), text("other")] as const;
  const began = performance.now();
  const patch = patchOf("x.md", pair, numbers);
  // Without a bound: minutes, in which nobody else is served.
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(patch).toContain("@@ -1,20000 +1,20000 @@\n-one 0\n");
  expect(applyPatch(pair[0], patch)).toBe(pair[1]);
});
