import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { abortable, pause, within } from "./signals.ts";

describe("within", () => {
  it("leaves no listener on its parent when the work has ended", async () => {
    const parent = new AbortController();
    const limit = { parent: parent.signal, ms: 60_000, late: () => new Error("late") };
    expect(await within(limit, async () => "done")).toBe("done");
    await expect(within(limit, () => Promise.reject(new Error("broken")))).rejects.toThrow(
      "broken",
    );
    expect(getEventListeners(parent.signal, "abort")).toEqual([]);
  });

  it("ends hung work with the reason of its deadline, and raises the work's signal", async () => {
    const parent = new AbortController();
    let inner: AbortSignal | undefined;
    const late = new Error("late");
    const hung = within({ parent: parent.signal, ms: 5, late: () => late }, (signal) => {
      inner = signal;
      return new Promise(() => undefined);
    });
    await expect(hung).rejects.toBe(late);
    expect(inner?.reason).toBe(late);
  });

  it("ends with the parent's reason, also when that was raised before", async () => {
    const reason = new Error("stop");
    const limit = { parent: AbortSignal.abort(reason), ms: 60_000, late: () => new Error("late") };
    await expect(within(limit, () => new Promise(() => undefined))).rejects.toBe(reason);
  });
});

describe("abortable", () => {
  it("swallows what the work does after it was given up", async () => {
    const controller = new AbortController();
    let fail = (_: Error): void => undefined;
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const waiting = abortable(work, controller.signal);
    controller.abort(new Error("given up"));
    await expect(waiting).rejects.toThrow("given up");
    fail(new Error("too late to matter"));
  });
});

describe("pause", () => {
  it("ends quietly when the signal is raised", async () => {
    const controller = new AbortController();
    const waiting = pause(60_000, controller.signal);
    controller.abort();
    await waiting;
  });
});
