import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { EventView } from "../api/types.ts";
import { createBatcher, paintMs } from "./batcher.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("draws nothing into what is no list of pages, and goes on", () => {
  const client = new QueryClient();
  const others = [{ documents: [] }, [], null, "x"];
  others.forEach((other, at) => {
    client.setQueryData(["documents", at], other);
  });
  const batch = createBatcher(client, () => false);
  const event = { id: 1, type: "task.progress", document: "d_1", pipeline: "p_1", task: "a" };
  batch.add({ ...event, at: "2026-10-01T10:00:00Z", data: { fraction: 0.5 } } as EventView);
  expect(() => vi.advanceTimersByTime(paintMs)).not.toThrow();
  expect(others.map((_, at) => client.getQueryData(["documents", at]))).toEqual(others);
  batch.close();
  client.clear();
});
