import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charge } from "./charge.ts";

const instants = fc.integer({ min: 0, max: 4_000_000_000_000 });
const lengths = fc.integer({ min: 0, max: 100 * 365 * 86_400_000 });
const prices = fc.integer({ min: 0, max: 10_000_000_000 });
const quanta = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 7_200_000 }));

/** By another way: whole hours apart from the rest, all in big numbers. */
function reference(lengthMs: number, price: number, quantumMs: number): bigint {
  const quantum = BigInt(Math.max(1, quantumMs));
  const paid = ((BigInt(lengthMs) + quantum - 1n) / quantum) * quantum;
  const hours = paid / 3_600_000n;
  const rest = (paid % 3_600_000n) * BigInt(price);
  const up = rest % 3_600_000n >= 1_800_000n ? 1n : 0n;
  return hours * BigInt(price) + rest / 3_600_000n + up;
}

describe("charge", () => {
  it("pays a started quantum whole", () => {
    const tenMinutes = { microUsdPerHour: 1_510_000, quantumMs: 600_000, fromMs: 1_000 };
    expect(charge({ ...tenMinutes, untilMs: 61_000 })).toEqual({
      runningMs: 60_000,
      paidMs: 600_000,
      roundingMs: 540_000,
      microUsd: 251_667,
    });
    expect(charge({ ...tenMinutes, untilMs: 601_000 }).roundingMs).toBe(0);
    expect(charge({ ...tenMinutes, untilMs: 601_001 }).paidMs).toBe(1_200_000);
  });

  it("rounds half a millionth up", () => {
    const half = { fromMs: 0, untilMs: 1_800_000, quantumMs: 0 };
    expect(charge({ ...half, microUsdPerHour: 1 }).microUsd).toBe(1);
    expect(charge({ ...half, untilMs: 1_799_999, microUsdPerHour: 1 }).microUsd).toBe(0);
  });

  it("charges nothing for what nobody charges, for no time, and for time that runs backwards", () => {
    const hour = { fromMs: 0, untilMs: 3_600_000, quantumMs: 600_000 };
    expect(charge({ ...hour, microUsdPerHour: null }).microUsd).toBe(0);
    const nothing = { runningMs: 0, paidMs: 0, roundingMs: 0, microUsd: 0 };
    expect(charge({ ...hour, untilMs: 0, microUsdPerHour: 500_000 })).toEqual(nothing);
    expect(charge({ ...hour, untilMs: -5, microUsdPerHour: 500_000 })).toEqual(nothing);
  });

  it("drops fractions of a millisecond", () => {
    const hour = { fromMs: 0.7, untilMs: 3_600_000.2, microUsdPerHour: 500_000, quantumMs: 0 };
    expect(charge(hour)).toMatchObject({ runningMs: 3_600_000, microUsd: 500_000 });
  });

  it("is what whole numbers of any size give", () => {
    fc.assert(
      fc.property(instants, lengths, prices, quanta, (fromMs, length, price, quantumMs) => {
        const untilMs = fromMs + length;
        const { microUsd } = charge({ fromMs, untilMs, microUsdPerHour: price, quantumMs });
        const exact = reference(length, price, quantumMs);
        fc.pre(exact <= BigInt(Number.MAX_SAFE_INTEGER));
        expect(BigInt(microUsd)).toBe(exact);
      }),
    );
  });

  it("pays whole quanta and never one too many", () => {
    fc.assert(
      fc.property(lengths, prices, quanta, (untilMs, microUsdPerHour, quantumMs) => {
        const { runningMs, paidMs, roundingMs, microUsd } = charge({
          fromMs: 0,
          untilMs,
          microUsdPerHour,
          quantumMs,
        });
        expect(paidMs - runningMs).toBe(roundingMs);
        expect(roundingMs).toBeGreaterThanOrEqual(0);
        expect(roundingMs).toBeLessThan(Math.max(1, quantumMs));
        expect(quantumMs === 0 ? 0 : paidMs % quantumMs).toBe(0);
        expect(microUsd).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("never falls when a stretch or its price grows", () => {
    fc.assert(
      fc.property(lengths, lengths, prices, prices, quanta, (length, more, price, dearer, q) => {
        const of = (untilMs: number, microUsdPerHour: number) =>
          charge({ fromMs: 0, untilMs, microUsdPerHour, quantumMs: q }).microUsd;
        expect(of(length + more, price + dearer)).toBeGreaterThanOrEqual(of(length, price));
      }),
    );
  });

  it("gives the whole when parts paid to the millisecond are added", () => {
    fc.assert(
      fc.property(instants, fc.array(lengths, { maxLength: 6 }), prices, (fromMs, parts, price) => {
        const of = (from: number, untilMs: number) =>
          charge({ fromMs: from, untilMs, microUsdPerHour: price, quantumMs: 0 });
        let atMs = fromMs;
        let paidMs = 0;
        let microUsd = 0n;
        for (const part of parts) {
          const paid = of(atMs, atMs + part);
          atMs += part;
          paidMs += paid.paidMs;
          microUsd += BigInt(paid.microUsd);
        }
        const whole = of(fromMs, atMs);
        fc.pre(whole.microUsd <= Number.MAX_SAFE_INTEGER);
        expect(paidMs).toBe(whole.paidMs);
        const apart = Number(microUsd - BigInt(whole.microUsd));
        expect(Math.abs(apart)).toBeLessThanOrEqual((parts.length + 1) / 2);
      }),
    );
  });
});
