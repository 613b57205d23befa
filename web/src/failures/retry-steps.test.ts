import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openInSteps, type Run } from "./retry-steps.ts";
import type { GroupRetryAnswer } from "./types.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const answer = (opened: number, left: number): GroupRetryAnswer =>
  ({
    documents: Array.from({ length: opened }, (_, n) => `d_${n}`),
    left,
    stepSeconds: 15,
  }) as unknown as GroupRetryAnswer;
/** What the page takes for a server that does not answer: asking again may help. */
const outage = new Error("no answer");

/** Begins a retry of seven documents. */
function begin(ask: () => Promise<GroupRetryAnswer>) {
  const told: Run[] = [];
  const ending = new AbortController();
  const ended = openInSteps(answer(5, 2), ask, ending.signal, (run) => told.push(run));
  return { told, ended, stop: () => ending.abort() };
}

describe("the steps of a group's retry", () => {
  it("count against what was to be opened when they began", async () => {
    const ask = vi.fn().mockResolvedValueOnce(answer(5, 2)).mockResolvedValueOnce(answer(2, 0));
    const { told, ended } = begin(ask);
    await vi.advanceTimersByTimeAsync(15_000);
    await ended;
    expect(told).toEqual([
      { opened: 0, total: 7, isOver: false, error: null },
      { opened: 5, total: 7, isOver: false, error: null },
      { opened: 7, total: 7, isOver: true, error: null },
    ]);
  });

  it("go on after a server that was away, and say so when it stays away", async () => {
    const ask = vi.fn().mockRejectedValueOnce(outage).mockResolvedValueOnce(answer(7, 0));
    const first = begin(ask);
    await vi.advanceTimersByTimeAsync(10_000);
    await first.ended;
    expect(first.told.at(-1)).toMatchObject({ opened: 7, isOver: true, error: null });

    const second = begin(() => Promise.reject(outage));
    await vi.advanceTimersByTimeAsync(60_000);
    await second.ended;
    expect(second.told.at(-1)).toMatchObject({ opened: 0, isOver: true, error: outage });
  });

  it("end when the dialog is closed, also during an outage, and ask nothing more", async () => {
    const ask = vi.fn().mockRejectedValueOnce(outage).mockResolvedValue(answer(5, 2));
    const { told, ended, stop } = begin(ask);
    await vi.advanceTimersByTimeAsync(1_000);
    stop();
    await ended;
    expect(ask).toHaveBeenCalledTimes(1);
    expect(told).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("end when the dialog is closed while a step is under way", async () => {
    let stop: () => void = () => {};
    const ask = vi.fn(async () => {
      stop();
      return answer(5, 2);
    });
    const run = begin(() => Promise.resolve().then(ask));
    stop = run.stop;
    await run.ended;
    expect(ask).toHaveBeenCalledTimes(1);
    expect(run.told.at(-1)).toMatchObject({ opened: 5, isOver: false });
    expect(vi.getTimerCount()).toBe(0);
  });
});
