import { expect, it } from "vitest";
import { createDrawingTurns } from "./drawing-turns.ts";

it("lets one go at a time, in order, past those who have left the line", () => {
  const turns = createDrawingTurns();
  const went: number[] = [];
  const leave = [1, 2, 3, 4].map((n) => turns.take(() => went.push(n)));
  expect(went).toEqual([1]);
  leave[1]?.();
  leave[0]?.();
  expect(went).toEqual([1, 3]);
  leave[0]?.();
  leave[2]?.();
  leave[3]?.();
  expect(went).toEqual([1, 3, 4]);
  turns.take(() => went.push(5));
  expect(went).toEqual([1, 3, 4, 5]);
});
