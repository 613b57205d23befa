import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gate } from "../../test/support/worker-parts.ts";
import type { ProgressBody } from "../contract/worker-protocol.ts";
import { progressReporter } from "./progress.ts";

const at = (done: number, total = 10): ProgressBody => ({ fraction: done / total, done, total });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** `arrived`: when a report that was sent is answered. */
function reporter(arrived = Promise.resolve()) {
  const sent: (number | null)[] = [];
  const send = ({ done }: ProgressBody): Promise<void> => {
    sent.push(done);
    return arrived;
  };
  return { sent, ...progressReporter({ everyMs: 250, send }) };
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
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual([9, 10]);
  await close();
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

it("keeps nothing in line behind a slow report: the result does not wait for more than that one", async () => {
  const arrived = gate();
  const { sent, report, close } = reporter(arrived.opened);
  for (const done of [1, 2, 10]) {
    report(at(done));
    await vi.advanceTimersByTimeAsync(1000);
  }
  const closed = close();
  arrived.open();
  await closed;
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

it("sends the latest report as soon as a slow one is back", async () => {
  const arrived = gate();
  const { sent, report, close } = reporter(arrived.opened);
  for (const done of [1, 2, 3]) {
    report(at(done));
    await vi.advanceTimersByTimeAsync(1000);
  }
  arrived.open();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual([1, 3]);
  await close();
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
  await vi.advanceTimersByTimeAsync(0);
  expect(seen).toEqual([1, 10]);
  await close();
});
