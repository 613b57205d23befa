import { describe, expect, it } from "vitest";
import { loop, type Service, startAll, stopAll } from "./service.ts";

const named = (name: string, log: string[], fail = false): Service => ({
  name,
  async start() {
    if (fail) throw new Error(`${name} cannot start`);
    log.push(`+${name}`);
  },
  async stop() {
    log.push(`-${name}`);
  },
});

describe("startAll and stopAll", () => {
  it("start in order and stop in reverse", async () => {
    const log: string[] = [];
    const services = [named("a", log), named("b", log)];
    await startAll(services);
    await stopAll(services);
    expect(log).toEqual(["+a", "+b", "-b", "-a"]);
  });

  it("stops what is up when a later one cannot start", async () => {
    const log: string[] = [];
    await expect(startAll([named("a", log), named("b", log, true)])).rejects.toThrow(
      "b cannot start",
    );
    expect(log).toEqual(["+a", "-a"]);
  });
});

/** A loop whose ticks are counted and can be waited for. */
function counted(everyMs: number, pauseMs?: number, fail = false) {
  let ticks = 0;
  let waiters: { at: number; resolve: () => void }[] = [];
  const errors: unknown[] = [];
  const service = loop({
    name: "counted",
    everyMs,
    ...(pauseMs === undefined ? {} : { pauseMs }),
    tick: async () => {
      ticks += 1;
      for (const waiter of waiters.filter((one) => one.at <= ticks)) waiter.resolve();
      waiters = waiters.filter((one) => one.at > ticks);
      if (fail) throw new Error("tick failed");
    },
    onError: (error) => errors.push(error),
  });
  const reach = (at: number): Promise<void> =>
    new Promise((resolve) => {
      if (ticks >= at) resolve();
      else waiters.push({ at, resolve });
    });
  return { service, reach, errors, ticks: () => ticks };
}

describe("loop", () => {
  it("ticks at once, again when woken, and no more after it was stopped", async () => {
    const one = counted(3_600_000);
    await one.service.start();
    await one.reach(1);
    one.service.wake();
    await one.reach(2);
    await one.service.stop();
    one.service.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(one.ticks()).toBe(2);
  });

  it("goes on after a tick that failed, and tells of it", async () => {
    const one = counted(1, undefined, true);
    await one.service.start();
    await one.reach(3);
    await one.service.stop();
    expect(one.errors.length).toBeGreaterThanOrEqual(2);
  });

  it("folds many wakes into one tick while it pauses", async () => {
    const one = counted(3_600_000, 50);
    await one.service.start();
    await one.reach(1);
    for (let i = 0; i < 20; i += 1) one.service.wake();
    await one.reach(2);
    expect(one.ticks()).toBe(2);
    await one.service.stop();
  });

  it("may be stopped twice, and before it was started", async () => {
    const one = counted(1000);
    await one.service.stop();
    await one.service.start();
    await one.service.stop();
    await one.service.stop();
  });
});
