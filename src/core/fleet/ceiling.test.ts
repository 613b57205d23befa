import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CeilingLimits, type CeilingReplica, withinCeiling } from "./ceiling.ts";

const one = (name: string, microUsdPerHour: CeilingReplica["microUsdPerHour"] = 1_500_000) => ({
  name,
  microUsdPerHour,
});
const limits: CeilingLimits = { replicasMax: 3, microUsdPerHourMax: 4_000_000 };

describe("withinCeiling", () => {
  it("lets starts through until the number is reached", () => {
    const starts = ["vision-2", "text-1", "text-2"].map((name) => one(name, null));
    expect(withinCeiling({ running: [one("vision-1")], starts, limits })).toEqual({
      allowed: ["vision-2", "text-1"],
      refused: [
        { name: "text-2", sentence: "text-2 not started: 3 replicas run, and 3 is the most" },
      ],
      surplus: [],
    });
  });

  it("refuses what would cost too much together, and goes on to a cheaper one", () => {
    const starts = [one("text-1", 3_000_000), one("text-2")];
    const { allowed, refused } = withinCeiling({ running: [one("vision-1")], starts, limits });
    expect(allowed).toEqual(["text-2"]);
    expect(refused[0]?.sentence).toBe(
      "text-1 not started: with its $3.00 the fleet would cost $4.50 an hour, and $4.00 is the most",
    );
  });

  it("names the newest as surplus and starts nothing while one is", () => {
    const running = [one("vision-1"), one("own-1", null), one("text-1"), one("own-2", null)];
    const verdict = withinCeiling({ running, starts: [one("text-2", null)], limits });
    expect(verdict.surplus).toEqual(["own-2"]);
    expect(verdict.allowed).toEqual([]);
    expect(verdict.refused[0]?.sentence).toBe("text-2 not started: own-2 must go first");
    const cheap = { replicasMax: 9, microUsdPerHourMax: 2_000_000 };
    expect(withinCeiling({ running, starts: [], limits: cheap }).surplus).toEqual(["text-1"]);
  });

  it("refuses a start without a price under a limit of cost, and not without one", () => {
    const unpriced = one("text-1", "unpriced");
    const { refused } = withinCeiling({ running: [], starts: [unpriced], limits });
    expect(refused[0]?.sentence).toBe(
      "text-1 not started: nobody says what it costs, and all together may cost $4.00 an hour",
    );
    const free = { replicasMax: 3, microUsdPerHourMax: null };
    const { allowed } = withinCeiling({ running: [], starts: [unpriced], limits: free });
    expect(allowed).toEqual(["text-1"]);
  });

  it("counts a running one without a price like the dearest, or like the whole limit", () => {
    const running = [one("vision-1"), one("text-1", "unpriced")];
    expect(withinCeiling({ running, starts: [one("text-2")], limits }).allowed).toEqual([]);
    expect(withinCeiling({ running, starts: [one("text-2", 1_000_000)], limits }).allowed).toEqual([
      "text-2",
    ]);
    const dark = [one("a-1", "unpriced"), one("a-2", "unpriced")];
    const verdict = withinCeiling({ running: dark, starts: [], limits });
    expect(verdict.surplus).toEqual(["a-2"]);
    const alone = withinCeiling({ running: dark.slice(0, 1), starts: [one("b", 1)], limits });
    expect([alone.surplus, alone.allowed]).toEqual([[], []]);
  });

  it("starts a name once", () => {
    const verdict = withinCeiling({ running: [], starts: [one("a-1"), one("a-1")], limits });
    expect([verdict.allowed, verdict.refused.length]).toEqual([["a-1"], 1]);
  });
});

const prices = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -5, max: 3_000_000 }) },
  fc.constantFrom(null, "unpriced" as const, Number.NaN, Number.POSITIVE_INFINITY),
);
const fleets = fc
  .record({
    running: fc.array(prices, { maxLength: 6 }),
    starts: fc.array(prices, { maxLength: 6 }),
    limits: fc.record({
      replicasMax: fc.integer({ min: 0, max: 6 }),
      microUsdPerHourMax: fc.option(fc.nat(8_000_000)),
    }),
  })
  .map(({ running, starts, ...rest }) => ({
    ...rest,
    running: running.map((price, at) => one(`r-${at}`, price)),
    starts: starts.map((price, at) => one(`s-${at}`, price)),
  }));

const isKnown = (price: CeilingReplica["microUsdPerHour"]): price is number =>
  typeof price === "number" && price >= 0 && price < Number.POSITIVE_INFINITY;
/** The least anybody must admit that these cost: what is known, and nothing for the rest. */
const known = (replicas: readonly CeilingReplica[]) =>
  replicas.reduce((sum, { microUsdPerHour: p }) => sum + (isKnown(p) ? p : 0), 0);

describe("withinCeiling, whatever comes in", () => {
  it("never lets what stays and what starts exceed a limit", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { allowed, refused, surplus } = withinCeiling(fleet);
        const { replicasMax, microUsdPerHourMax } = fleet.limits;
        const stays = fleet.running.filter(({ name }) => !surplus.includes(name));
        const after = [...stays, ...fleet.starts.filter(({ name }) => allowed.includes(name))];
        expect(after.length).toBeLessThanOrEqual(replicasMax);
        if (microUsdPerHourMax !== null) {
          expect(known(after)).toBeLessThanOrEqual(microUsdPerHourMax);
        }
        expect(allowed.length + refused.length).toBe(fleet.starts.length);
      }),
    );
  });

  it("never lets more run than now while the fleet is above a limit", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { allowed, surplus } = withinCeiling(fleet);
        if (surplus.length > 0) expect(allowed).toEqual([]);
      }),
    );
  });

  it("sends none away when all are within, and goes by age when not", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { surplus } = withinCeiling(fleet);
        const ages = surplus.map((name) => fleet.running.findIndex((r) => r.name === name));
        expect(ages).toEqual(ages.toSorted((a, b) => b - a));
        const { replicasMax, microUsdPerHourMax } = fleet.limits;
        const areKnown = fleet.running.every(
          ({ microUsdPerHour }) => microUsdPerHour === null || isKnown(microUsdPerHour),
        );
        const isWithin =
          fleet.running.length <= replicasMax &&
          (microUsdPerHourMax === null || (areKnown && known(fleet.running) <= microUsdPerHourMax));
        if (isWithin) expect(surplus).toEqual([]);
        expect(withinCeiling({ ...fleet, starts: [] }).surplus).toEqual(surplus);
      }),
    );
  });

  it("has nothing more to send away once the surplus is gone", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { surplus } = withinCeiling(fleet);
        const rest = fleet.running.filter(({ name }) => !surplus.includes(name));
        expect(withinCeiling({ ...fleet, running: rest }).surplus).toEqual([]);
      }),
    );
  });
});
