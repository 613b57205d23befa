import { afterEach, expect, it, vi } from "vitest";
import { noteServerDate, serverNowMs, toServerMs } from "./now.ts";

afterEach(() => {
  vi.useRealTimers();
  noteServerDate(new Date().toUTCString());
});

it.each([-600_000, 0, 600_000])(
  "counts ages by one clock, however wrong this one is (%i)",
  (wrongMs) => {
    vi.useFakeTimers({ now: Date.parse("2026-03-05T12:00:00Z") + wrongMs });
    noteServerDate("Thu, 05 Mar 2026 12:00:00 GMT");
    const updatedAt = Date.now();
    vi.advanceTimersByTime(7_000);
    expect(serverNowMs() - toServerMs(updatedAt)).toBe(7_000);
    expect(new Date(serverNowMs()).toISOString()).toBe("2026-03-05T12:00:07.000Z");
  },
);
