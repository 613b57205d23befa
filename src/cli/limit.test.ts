import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startLimit } from "./limit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("raises WAIT_TIMEOUT when the time is over", () => {
  const { signal } = startLimit(new AbortController().signal, "10m");
  vi.advanceTimersByTime(599_999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ code: "WAIT_TIMEOUT" });
});

it("hands on an earlier signal, and leaves no timer", () => {
  const controller = new AbortController();
  const limit = startLimit(controller.signal, "10m");
  controller.abort("stop");
  expect(limit.signal.reason).toBe("stop");
  limit.clear();
  expect(vi.getTimerCount()).toBe(0);
  expect(startLimit(controller.signal, undefined).signal).toBe(controller.signal);
});

it.each(["10", "soon", "0s", "-1s", "100d", ""])("refuses the duration %j", (text) => {
  expect(() => startLimit(new AbortController().signal, text)).toThrow("--timeout");
});
