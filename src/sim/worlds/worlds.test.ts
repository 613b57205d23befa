import { describe, expect, it } from "vitest";
import { hourOfWeekArrivals, poissonArrivals, recordedArrivals } from "./arrivals.ts";
import { streamOf } from "./chance.ts";
import { prdColdStarts, startsOf } from "./cold-starts.ts";
import { createWorld } from "./create-world.ts";
import { draw } from "./distribution.ts";
import { recordedColdStarts } from "./pinned-cold-starts.ts";
import { pinnedServiceTimes } from "./pinned-service-times.ts";

const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length;
const medianOf = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const times = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));

describe("chance by key", () => {
  it("gives the same stream for a key, whatever was asked before", () => {
    const stream = streamOf(5);
    const read = (key: number) => {
      stream.seek(key, 0);
      return [stream.next(), stream.normal(), stream.normal(), stream.next()];
    };
    const first = read(1);
    read(2);
    expect(read(1)).toEqual(first);
    expect(read(2)).not.toEqual(first);
    expect(streamOf(6).next()).not.toBe(streamOf(5).next());
  });

  it("is even between 0 and 1, and normal where it says so", () => {
    const stream = streamOf(1);
    const even = times(20_000, (key) => {
      stream.seek(key, 3);
      return stream.next();
    });
    expect(mean(even)).toBeCloseTo(0.5, 2);
    expect(mean(even.map((one) => one * one))).toBeCloseTo(1 / 3, 2);
    // Neighbours of a key, and places of a stream, have nothing to do with each other.
    const pairs = even.slice(1).map((one, at) => (one - 0.5) * ((even[at] ?? 0) - 0.5));
    expect(Math.abs(mean(pairs))).toBeLessThan(0.003);
    const normal = times(20_000, () => stream.normal());
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(mean(normal.map((one) => one * one))).toBeCloseTo(1, 1);
  });
});

describe("arrivals", () => {
  it("come at their rate, and the same each time", () => {
    const arrivals = poissonArrivals({ perHour: 30, count: 6000, seed: 2 });
    const all = [...arrivals];
    expect([...arrivals]).toEqual(all);
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect((all.at(-1) ?? 0) / 3_600_000 / 200).toBeCloseTo(1, 1);
  });

  it("follow the hours of the week", () => {
    const perHour = times(168, (hour) => (hour % 24 < 12 ? 20 : 0));
    const all = [...hourOfWeekArrivals({ perHour, count: 2000, seed: 1 })];
    expect(all.every((ms) => Math.floor(ms / 3_600_000) % 24 < 12)).toBe(true);
    expect(() => hourOfWeekArrivals({ perHour: [0, 0], count: 1, seed: 1 })).toThrow("no hour");
    expect(() => hourOfWeekArrivals({ perHour: times(169, () => 1), count: 1, seed: 1 })).toThrow(
      "a week has 168 hours",
    );
  });

  it("are read from a recording in seconds", () => {
    expect(recordedArrivals([0, 2.5, 1.2345])).toEqual([0, 1235, 2500]);
  });
});

describe("cold starts", () => {
  it("have the request's medians and caps", () => {
    const start = startsOf(prdColdStarts, 1);
    for (const [pool, median, most] of [
      ["vision", 105, 180],
      ["text", 150, 240],
    ] as const) {
      const seconds = times(5000, (at) => start(pool, 10_000 * at).tookMs / 1000);
      expect(medianOf(seconds) / median).toBeCloseTo(1, 1);
      expect(Math.max(...seconds)).toBe(most);
    }
  });

  it("are the same for starts within ten seconds, and for no others", () => {
    const start = startsOf(prdColdStarts, 1);
    expect(start("text", 40_000)).toEqual(start("text", 49_999));
    expect(start("text", 50_000)).not.toEqual(start("text", 49_999));
    expect(start("vision", 40_000)).not.toEqual(start("text", 40_000));
  });

  it("have two humps and a long tail where they are recorded", () => {
    const start = startsOf(recordedColdStarts, 1);
    const seconds = times(20_000, (at) => start("text", 10_000 * at).tookMs / 1000);
    expect(medianOf(seconds)).toBeGreaterThan(30);
    expect(medianOf(seconds)).toBeLessThan(45);
    const share = (most: number) => seconds.filter((one) => one <= most).length / seconds.length;
    expect(share(300)).toBeGreaterThan(0.93);
    expect(share(300)).toBeLessThan(0.97);
  });

  it("fail and are lost as often as they are told to", () => {
    const start = startsOf({ ...prdColdStarts, failing: 0.2, lostPerHour: 0.5 }, 1);
    const all = times(5000, (at) => start("text", 10_000 * at));
    const failed = all.filter(({ how }) => how === "failed");
    expect(failed.length / all.length).toBeCloseTo(0.2, 1);
    expect(failed.every(({ lostAfterMs }) => lostAfterMs === null)).toBe(true);
    const lives = all.flatMap(({ lostAfterMs }) => lostAfterMs ?? []);
    expect(mean(lives) / 7_200_000).toBeCloseTo(1, 1);
  });
});

describe("a distribution", () => {
  it("draws between measured values, never outside", () => {
    const stream = streamOf(1);
    const drawn = times(5000, () => draw({ kind: "quantiles", values: [1, 2, 10] }, stream));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(10);
    expect(medianOf(drawn)).toBeCloseTo(2, 0);
  });
});

describe("a world", () => {
  const world = createWorld({
    name: "test",
    arrivalsMs: poissonArrivals({ perHour: 10, count: 3000, seed: 1 }),
    service: pinnedServiceTimes,
    coldStarts: prdColdStarts,
    seed: 1,
  });

  it("has the pinned figures, in whole milliseconds", () => {
    const documents = [...world.documents()];
    const slides = documents.map(({ slideMs }) => slideMs.length);
    expect(medianOf(slides)).toBe(16);
    expect([Math.min(...slides), Math.max(...slides)]).toEqual([4, 80]);
    expect(medianOf(documents.flatMap(({ slideMs }) => slideMs)) / 3500).toBeCloseTo(1, 1);
    for (const { slideMs, taskMs } of documents) {
      const visualMs = slideMs.reduce((sum, ms) => sum + ms, 0);
      expect(taskMs[0]).toBe(visualMs);
      expect(Math.abs((taskMs[1] ?? 0) - 0.4 * visualMs)).toBeLessThanOrEqual(0.5);
      expect([...slideMs, ...taskMs].every((ms) => Number.isInteger(ms) && ms > 0)).toBe(true);
    }
  });

  it("has the same documents each time, whatever comes before them", () => {
    const all = [...world.documents()];
    expect([...world.documents()]).toEqual(all);
    const later = createWorld({
      name: "test",
      arrivalsMs: [0, 1, 2],
      service: pinnedServiceTimes,
      coldStarts: prdColdStarts,
      seed: 1,
    });
    const third = [...later.documents()][2];
    expect(third?.slideMs).toEqual(all[2]?.slideMs);
  });

  it("says which task the service times do not name", () => {
    const { slide_feedback: _, ...tasks } = pinnedServiceTimes.tasks;
    const broken = createWorld({
      name: "test",
      arrivalsMs: [0],
      service: { ...pinnedServiceTimes, tasks },
      coldStarts: prdColdStarts,
      seed: 1,
    });
    expect(() => [...broken.documents()]).toThrow("no service time is given for slide_feedback");
  });
});
