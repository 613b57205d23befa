import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ProgressBody } from "../contract/worker-protocol.ts";
import { progressReporter } from "./progress.ts";

const at = (done: number, total = 10): ProgressBody => ({ fraction: done / total, done, total });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function reporter() {
  const sent: (number | null)[] = [];
  const made = progressReporter({ everyMs: 250, send: async ({ done }) => void sent.push(done) });
  return { sent, ...made };
}

it("sends the first report at once and then the latest one of each pause", async () => {
  const { sent, report } = reporter();
  for (const done of [1, 2, 3]) report(at(done));
  await vi.advanceTimersByTimeAsync(249);
  expect(sent).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([1, 3]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([1, 3]);
});

it("never holds back the report that all is done", async () => {
  const { sent, report, close } = reporter();
  report(at(9));
  report(at(10));
  await close();
  expect(sent).toEqual([9, 10]);
});

it("sends nothing after it was closed and leaves no timer", async () => {
  const { sent, report, close } = reporter();
  report(at(1));
  report(at(2));
  await close();
  report(at(3));
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

it("goes on after a report that could not be sent", async () => {
  const seen: number[] = [];
  const { report, close } = progressReporter({
    everyMs: 250,
    send: async ({ done }) => {
      seen.push(done ?? 0);
      if (done === 1) throw new Error("no answer");
    },
  });
  report(at(1));
  report(at(10));
  await close();
  expect(seen).toEqual([1, 10]);
});
