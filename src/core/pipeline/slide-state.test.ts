import { expect, it } from "vitest";
import { type TaskState, taskMoves } from "./life-cycle.ts";
import { slideState, unreadWords } from "./slide-state.ts";

const bare = { hasReading: false, hasFailure: false, hasEnded: false };
const states = Object.keys(taskMoves) as TaskState[];

it("waits only while its task may still read it", () => {
  const waiting = states.filter((task) => slideState({ ...bare, task }) === "waits");
  expect(waiting).toEqual(["blocked", "ready", "leased", "delayed"]);
  for (const task of [...states, null]) {
    expect(slideState({ ...bare, task, hasEnded: true })).toBe("not_read");
  }
});

it("is what became of it, whatever its task does", () => {
  for (const task of [...states, null]) {
    for (const hasEnded of [true, false]) {
      expect(slideState({ ...bare, task, hasEnded, hasReading: true })).toBe("read");
      expect(slideState({ ...bare, task, hasEnded, hasFailure: true })).toBe("failed");
    }
  }
});

it("counts in words", () => {
  expect([0, 1, 28].map(unreadWords)).toEqual([
    "",
    "1 slide was not read; a retry reads it.",
    "28 slides were not read; a retry reads them.",
  ]);
});
