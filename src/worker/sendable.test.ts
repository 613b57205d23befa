import { expect, it } from "vitest";
import type { Outcome } from "../contract/worker-protocol.ts";
import { sendable } from "./sendable.ts";

const doneWith = (result: Record<string, unknown>): Outcome => ({
  kind: "done",
  result,
  gaps: [],
  applicable: true,
  reason: null,
  engine: { name: "ollama", model: "tiny" },
});

it("passes on what can be written, and the end of a lost lease", () => {
  const outcome = doneWith({ slides: [] });
  expect(sendable(outcome)).toBe(outcome);
  expect(sendable(null)).toBeNull();
});

it.each([
  ["nested without end", () => Array.from({ length: 100_000 }).reduce((inner) => [inner], [])],
  [
    "in a circle",
    () => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      return circle;
    },
  ],
])("makes a failure of its own task out of a result %s", (_how, value) => {
  const outcome = sendable(doneWith({ value: value() }));
  expect(outcome).toMatchObject({ kind: "failed", code: "MODEL_OUTPUT_INVALID" });
  expect(() => JSON.stringify(outcome)).not.toThrow();
});
