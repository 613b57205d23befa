import { expect, it } from "vitest";
import { startOnShared } from "../support/stack.ts";
import { runIsolation } from "./isolation.ts";

it("gives each deck what it gives it alone, whoever else is read at the same time", async () => {
  const said: string[] = [];
  const report = await runIsolation({
    ...{ decks: 6, rounds: 2, seed: 1 },
    start: startOnShared,
    say: (sentence) => said.push(sentence),
  });
  expect(report.leaks, said.join("\n")).toEqual([]);
  expect(report.compared).toBe(12);
  // They really were at it together.
  expect(report.together).toBeGreaterThan(2);
}, 600_000);
