import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../lib/random.ts";
import {
  emptyStarts,
  failureShare,
  learnStart,
  type StartsState,
  sampleStarts,
  startMeanMs,
  startQuantileMs,
  stuckAfterMs,
} from "./cold-start.ts";
import { normalQuantile } from "./normal.ts";

const maxMs = 180_000;
const none = emptyStarts(maxMs);

type Start = Parameters<typeof learnStart>[1];
const ready = (tookMs: number, offMs: number | null = null): Start => ({
  how: "ready",
  tookMs,
  offMs,
});
const stopped = (tookMs: number): Start => ({ how: "stopped", tookMs, offMs: null });
const knowing = (starts: readonly Start[], state: StartsState = none): StartsState =>
  starts.reduce(learnStart, state);
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

function draws(state: StartsState, elapsedMs: number, size = 128, seed = 7): Float64Array {
  const out = new Float64Array(size);
  sampleStarts(state, elapsedMs, null, seededRandom(seed), out);
  return out;
}
const quantile = (values: Float64Array, share: number): number =>
  values.toSorted()[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

const starts = fc.array(
  fc.record({
    how: fc.constantFrom("ready" as const, "failed" as const, "stopped" as const),
    tookMs: fc.integer({ min: 0, max: 400_000 }),
    offMs: fc.option(fc.integer({ min: 0, max: 5_000_000 })),
  }),
  { maxLength: 150 },
);

describe("what is believed of starts before any was seen", () => {
  it("is a log-normal around 0.6 of the longest start allowed, cut off at 1.25 of it", () => {
    // The cut takes the upper 1.8 % away.
    expect(startQuantileMs(none, 0.5, null)).toBeCloseTo(107_151, -1);
    expect(startQuantileMs(none, 0.9, null)).toBeCloseTo(164_500, -3);
    expect(startQuantileMs(none, 1, null)).toBeCloseTo(1.25 * maxMs, -2);
    expect(stuckAfterMs(none)).toBeGreaterThan(maxMs);
    expect(failureShare(none)).toBeCloseTo(1 / 21);
  });

  it("is drawn the same each time: golden values of seed 7", () => {
    expect([...draws(none, 0)].slice(0, 4).map(Math.round)).toEqual([
      137_770, 98_837, 128_098, 145_531,
    ]);
    expect([...draws(none, 100_000)].slice(0, 4).map(Math.round)).toEqual([
      55_553, 22_990, 47_077, 62_476,
    ]);
  });

  it("scales with the longest start allowed", () => {
    for (const share of [0.1, 0.5, 0.9]) {
      expect(startQuantileMs(emptyStarts(2 * maxMs), share, null)).toBeCloseTo(
        2 * startQuantileMs(none, share, null),
      );
    }
    expect(startMeanMs(emptyStarts(2 * maxMs), null)).toBeCloseTo(2 * startMeanMs(none, null));
  });
});

describe("learning from starts", () => {
  it("takes the longer of estimate and prior until five were seen", () => {
    for (const count of [1, 4]) {
      const quick = knowing(times(count, () => ready(3_000)));
      expect(startQuantileMs(quick, 0.5, null)).toBeCloseTo(startQuantileMs(none, 0.5, null), -2);
      const slow = knowing(times(count, () => ready(220_000)));
      expect(startQuantileMs(slow, 0.9, null)).toBeGreaterThan(startQuantileMs(none, 0.9, null));
    }
    expect(startQuantileMs(knowing(times(5, () => ready(3_000))), 0.3, null)).toBe(3_000);
  });

  it("comes to the quantiles that the starts have, also where they are of two kinds", () => {
    const random = seededRandom(3);
    const one = () =>
      random.next() < 0.35 ? 2_800 : 35_000 * Math.exp(0.29 * normalQuantile(random.next()));
    const averages = [0.2, 0.5, 0.9].map((share) => {
      let state = none;
      let sum = 0;
      for (let i = 0; i < 2_100; i += 1) {
        state = learnStart(state, ready(one()));
        if (i >= 100) sum += startQuantileMs(state, share, null) / 2_000;
      }
      return sum;
    });
    const actual = Float64Array.from(times(100_000, one));
    expect(averages[0]).toBeCloseTo(quantile(actual, 0.2), -4);
    expect(averages[1] ?? 0).toBeGreaterThan(0.8 * quantile(actual, 0.5));
    expect(averages[1] ?? 0).toBeLessThan(1.1 * quantile(actual, 0.5));
    expect(averages[2] ?? 0).toBeGreaterThan(0.95 * quantile(actual, 0.9));
    expect(averages[2] ?? 0).toBeLessThan(1.35 * quantile(actual, 0.9));
  });

  it("keeps starts soon after a stop apart from those of a machine long gone", () => {
    const state = knowing([
      ...times(20, () => ready(5_000, 29 * 60_000)),
      ...times(20, () => ready(90_000, 31 * 60_000)),
      ...times(20, () => ready(90_000)),
    ]);
    expect(startQuantileMs(state, 0.5, 60_000)).toBe(5_000);
    expect(startQuantileMs(state, 0.5, 60 * 60_000)).toBe(90_000);
    expect(startQuantileMs(state, 0.5, null)).toBe(90_000);
    expect(stuckAfterMs(state)).toBeGreaterThanOrEqual(startQuantileMs(state, 0.99, null));
  });

  it("takes a kind of which nothing was seen for something between the other kind and the prior", () => {
    const state = knowing(times(20, () => ready(20_000, 60_000)));
    const medianMs = startQuantileMs(state, 0.5, null);
    expect(medianMs).toBeGreaterThan(20_000);
    expect(medianMs).toBeLessThan(startQuantileMs(none, 0.5, null));
    expect(startQuantileMs(state, 0.9, null)).toBeGreaterThan(100_000);
    const more = knowing(
      times(60, () => ready(150_000)),
      state,
    );
    expect(startQuantileMs(more, 0.2, null)).toBe(150_000);
    expect(startQuantileMs(more, 0.5, 60_000)).toBe(20_000);
  });

  it("takes a start that was taken back for one that lasts longer", () => {
    const seen = times(20, (i) => ready(60_000 + 1_000 * i));
    const withStops = knowing([...seen, ...times(10, () => stopped(70_500))]);
    const without = knowing(seen);
    expect(startMeanMs(withStops, null)).toBeGreaterThan(startMeanMs(without, null));
    const below = (state: StartsState) =>
      draws(state, 0, 20_000).filter((ms) => ms <= 70_000).length;
    // What ended before is as likely as ever: only the mass above moves.
    expect(below(withStops) / below(without)).toBeGreaterThan(0.6);
    const early = knowing([...seen, ...times(10, () => stopped(100))]);
    expect(startMeanMs(early, null) / startMeanMs(without, null)).toBeCloseTo(1, 1);
  });

  it("forgets: the last hundred starts count, the newest most", () => {
    const state = knowing([
      ...times(500, () => ready(160_000)),
      ...times(100, () => ready(30_000)),
    ]);
    expect(startQuantileMs(state, 0.5, null)).toBe(30_000);
    expect(startQuantileMs(state, 0.8, null)).toBe(30_000);
    expect(JSON.stringify(state).length).toBeLessThan(1_100);
  });

  it("counts failures, and nothing else, for how often starts fail", () => {
    const failed: Start = { how: "failed", tookMs: 170_000, offMs: null };
    const state = knowing([failed]);
    expect(failureShare(state)).toBeCloseTo(2 / 22);
    expect(startQuantileMs(state, 0.5, null)).toBeCloseTo(startQuantileMs(none, 0.5, null), -2);
    expect(failureShare(knowing([stopped(1_000)]))).toBe(failureShare(none));
    const mixed = knowing(times(3_000, (i) => (i % 10 === 0 ? failed : ready(60_000))));
    expect(failureShare(mixed)).toBeGreaterThan(0.05);
    expect(failureShare(mixed)).toBeLessThan(0.15);
  });

  it("learns nothing from figures that are none", () => {
    expect(learnStart(none, ready(Number.NaN))).toBe(none);
    expect(learnStart(none, ready(-1))).toBe(none);
    expect(learnStart(none, ready(Number.POSITIVE_INFINITY))).toBe(none);
  });

  it("is the same after the state was stored and read", () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 0, max: 300_000 }), (all, elapsedMs) => {
        const state = knowing(all);
        const read = JSON.parse(JSON.stringify(state)) as StartsState;
        expect(draws(read, elapsedMs, 32)).toEqual(draws(state, elapsedMs, 32));
        expect(learnStart(read, ready(5_000))).toEqual(learnStart(state, ready(5_000)));
      }),
    );
  });
});

describe("quantiles of starts", () => {
  it("never fall as the share grows, and lie between 0 and what can be", () => {
    fc.assert(
      fc.property(starts, (all) => {
        const state = knowing(all);
        let last = 0;
        for (let share = 0; share <= 1; share += 0.01) {
          const ms = startQuantileMs(state, share, null);
          expect(ms).toBeGreaterThanOrEqual(last);
          last = ms;
        }
        expect(last).toBeLessThanOrEqual(Math.max(400_000, 1.25 * maxMs));
        expect(startMeanMs(state, null)).toBeLessThanOrEqual(last);
      }),
    );
  });

  it("are those of the draws", () => {
    const random = seededRandom(8);
    const state = knowing(
      times(60, () => ready(60_000 * Math.exp(0.3 * normalQuantile(random.next())))),
    );
    const many = draws(state, 0, 50_000);
    for (const share of [0.05, 0.25, 0.5, 0.75, 0.95]) {
      expect(quantile(many, share) / startQuantileMs(state, share, null)).toBeCloseTo(1, 1.5);
      expect(quantile(draws(state, 0), share) / quantile(many, share)).toBeCloseTo(1, 1);
    }
    expect(
      many.reduce((sum, ms) => sum + ms, 0) / many.length / startMeanMs(state, null),
    ).toBeCloseTo(1, 2);
  });
});

describe("a start that goes on", () => {
  it("is never ready in the past, and always at some time", () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 0, max: 3_000_000 }), (all, elapsedMs) => {
        for (const ms of draws(knowing(all), elapsedMs, 32)) {
          expect(Number.isFinite(ms) && ms >= 0).toBe(true);
        }
      }),
    );
  });

  it("has what the starts have that lasted at least as long", () => {
    const random = seededRandom(8);
    const state = knowing(
      times(100, () => ready(60_000 * Math.exp(0.3 * normalQuantile(random.next())))),
    );
    const whole = draws(state, 0, 50_000);
    for (const elapsedMs of [20_000, 60_000, 90_000]) {
      const longer = whole.filter((ms) => ms > elapsedMs).map((ms) => ms - elapsedMs);
      const left = draws(state, elapsedMs, 20_000);
      for (const share of [0.1, 0.5, 0.9]) {
        expect(quantile(left, share) / quantile(longer, share)).toBeCloseTo(1, 1);
      }
    }
  });

  it("that lasts longer than all before is still expected within minutes, later the longer it lasts", () => {
    const means = [230_000, 300_000, 600_000].map((elapsedMs) => {
      const out = draws(none, elapsedMs);
      return out.reduce((sum, ms) => sum + ms, 0) / out.length;
    });
    expect(means[0]).toBeLessThan(60_000);
    expect(means[0]).toBeGreaterThan(5_000);
    expect(means[2]).toBeGreaterThan(means[0] ?? 0);
    expect(means[2]).toBeLessThan(120_000);
  });
});
