import { describe, expect, it } from "vitest";
import { manualClock } from "../lib/clock.ts";
import { createLeaseFloor, lagMs, lookMs } from "./lease-floor.ts";

describe("the floor of leases", () => {
  it("is where the lowest one was, a while ago", () => {
    const clock = manualClock(1);
    const floor = createLeaseFloor(clock);
    expect(floor.next()).toBe(0);
    floor.note(10);
    clock.advance(lagMs - 1);
    floor.note(20);
    expect(floor.next()).toBe(0);
    clock.advance(1);
    floor.note(30);
    expect(floor.next()).toBe(10);
    clock.advance(lagMs);
    floor.note(null);
    expect(floor.next()).toBe(10);
    floor.note(40);
    expect(floor.next()).toBe(30);
  });

  it("is left out now and then", () => {
    const clock = manualClock(1);
    const floor = createLeaseFloor(clock);
    floor.next();
    floor.note(10);
    clock.advance(lagMs);
    floor.note(10);
    clock.advance(lookMs - lagMs - 1);
    expect(floor.next()).toBe(10);
    clock.advance(1);
    expect(floor.next()).toBe(0);
    // What was found below counts from then on.
    floor.note(5);
    clock.advance(lagMs);
    floor.note(5);
    expect(floor.next()).toBe(5);
  });
});
