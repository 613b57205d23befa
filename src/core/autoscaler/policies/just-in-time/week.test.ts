import { describe, expect, it } from "vitest";
import { chanceAbove, emptyWeek, passTime, rateAt, type WeekState } from "./week.ts";

const hourMs = 3_600_000;
const weekMs = 168 * hourMs;
const idle = (state: WeekState, sinceMs: number, nowMs: number, isUpload = false) =>
  passTime(state, sinceMs, nowMs, isUpload);

describe("uploads by hour of the week", () => {
  const begun = passTime(emptyWeek, null, 0, false);

  it("count against the idle time in which they came", () => {
    // Idle from 0 on, which counts from two minutes; the upload comes after 30 min of hour 1.
    const state = idle(begun, 0, 1.5 * hourMs, true);
    expect(state.hours[0]).toBeCloseTo(1 - 120 / 3_600, 4);
    expect(state.hours[1]).toBeCloseTo(0.5, 6);
    expect([state.uploads[0], state.uploads[1]]).toEqual([0, 1]);
  });

  it("do not count within a burst, nor does the time of one", () => {
    const state = idle(begun, 10_000, 60_000, true);
    expect(state.uploads.every((many) => many === 0)).toBe(true);
    const busy = passTime(begun, null, 3 * hourMs, false);
    expect(busy.hours.every((many) => many === 0)).toBe(true);
  });

  it("do not depend on how often somebody asks", () => {
    let often = begun;
    for (let atMs = 0; atMs < 5 * hourMs; atMs += 7_000) often = idle(often, 1_000, atMs);
    expect(idle(often, 1_000, 5 * hourMs)).toEqual(idle(begun, 1_000, 5 * hourMs));
    const now = idle(begun, 1_000, 2 * hourMs + 5);
    expect(idle(now, 1_000, 2 * hourMs + 5)).toBe(now);
    expect(idle(now, 1_000, 2 * hourMs + 900_000)).toBe(now);
  });

  it("count less by a tenth each week", () => {
    const first = idle(begun, 0, hourMs / 2, true);
    const later = passTime(first, null, weekMs + hourMs / 2, false);
    expect(later.uploads[0]).toBeCloseTo(0.9, 6);
  });

  it("tell a busy hour from a quiet one after some weeks", () => {
    let state = begun;
    for (let week = 0; week < 8; week += 1) {
      for (let minute = 0; minute < 60; minute += 10) {
        const atMs = week * weekMs + 9 * hourMs + minute * 60_000;
        state = idle(state, atMs - 500_000, atMs, true);
      }
    }
    const busy = chanceAbove(rateAt(state, 8 * weekMs + 9 * hourMs), 3.8);
    const quiet = chanceAbove(rateAt(state, 8 * weekMs + 15 * hourMs), 3.8);
    expect(busy).toBeGreaterThan(0.6);
    expect(quiet).toBeLessThan(0.1);
  });
});

describe("the chance that a rate is above a bound", () => {
  it.each([
    // Gamma(1, 1) is the exponential distribution; Gamma(3, 1): e^-x (1 + x + x^2 / 2).
    [{ shape: 1, hours: 1 }, 1, Math.exp(-1)],
    [{ shape: 1, hours: 2 }, 1, Math.exp(-2)],
    [{ shape: 3, hours: 1 }, 2, Math.exp(-2) * 5],
    [{ shape: 3, hours: 2 }, 3, Math.exp(-6) * (1 + 6 + 18)],
  ])("of %o above %d is %d to a hundredth", (rate, perHour, chance) => {
    expect(Math.abs(chanceAbove(rate, perHour) - chance)).toBeLessThan(0.012);
  });
});
