import fc from "fast-check";
import { expect, it } from "vitest";
import { inputRows, unitOf } from "./inputs.ts";
import { type TaskStanding, taskSentence } from "./task.ts";

it("makes rows of what is nested, each with the unit its name ends in", () => {
  const inputs = { needSeconds: 95.1234, pools: [{ pool: "text", ready: 2 }], names: ["a", "b"] };
  expect(inputRows({ ...inputs, isPaused: false, last: null, other: {} })).toEqual([
    { name: "needSeconds", value: "95.123", unit: "s" },
    { name: "pools.1.pool", value: "text", unit: null },
    { name: "pools.1.ready", value: "2", unit: null },
    { name: "names", value: "a, b", unit: null },
    { name: "isPaused", value: "no", unit: null },
    { name: "last", value: "none", unit: null },
    { name: "other", value: "none", unit: null },
  ]);
  expect(unitOf("cost.microUsdPerHour")).toBe("micro-USD");
});

it("loses no figure", () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const leaves = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 1;
    const items: unknown[] = Object.values(value);
    if (items.length === 0) return 1;
    const isList = Array.isArray(value) && items.every((item) => typeof item !== "object");
    return isList ? 1 : items.reduce((sum: number, item) => sum + leaves(item), 0);
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json, { minKeys: 1 }), (inputs) => {
      expect(inputRows(inputs)).toHaveLength(leaves({ x: inputs }));
    }),
  );
});

const task = (over: Partial<TaskStanding>): TaskStanding => ({
  ...{ state: "ready", done: null, total: null, attempt: 1, container: null, waitsFor: [] },
  ...{ failureTitle: null, retryInSeconds: null, waiting: null, reason: null, gaps: [] },
  ...over,
});
const failureTitle = "The model took too long.";

it.each([
  [task({ waiting: "Waiting behind 3 tasks." }), "Waiting behind 3 tasks."],
  [task({ state: "blocked", waitsFor: ["a", "b"] }), "Waits for a and b."],
  [
    task({ state: "leased", container: "vision-1", done: 14, total: 22, attempt: 2 }),
    "Runs on vision-1, 14 of 22, attempt 2.",
  ],
  [
    task({ state: "delayed", failureTitle, attempt: 2, retryInSeconds: 7.2 }),
    "Failed: The model took too long; attempt 2 starts in 8 s.",
  ],
  [
    task({ state: "dead", failureTitle, attempt: 3 }),
    "Given up after attempt 3: The model took too long.",
  ],
  [task({ state: "done", gaps: [7] }), "Done, but for slide 7."],
  [
    task({ state: "done", reason: "No clinical content" }),
    "It does not apply: No clinical content.",
  ],
  [task({ state: "skipped", waitsFor: ["a"] }), "Skipped, since a did not succeed."],
])("says why a task stands where it stands", (given, sentence) => {
  expect(taskSentence(given)).toBe(sentence);
});
