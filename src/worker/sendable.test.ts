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

it("makes a failure of its own task out of a result in a circle", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const code = "MODEL_OUTPUT_INVALID";
  expect(sendable(doneWith({ circle }))).toMatchObject({ kind: "failed", code });
});

it("gives what can be written, however deep the result: newer versions of Node write what older ones cannot", () => {
  const deep = Array.from({ length: 100_000 }).reduce((inner) => [inner], []);
  const outcome = sendable(doneWith({ deep }));
  expect(() => JSON.stringify(outcome)).not.toThrow();
});
