import { streamOf } from "./chance.ts";

/** Seconds from the first arrival, as recordings have them, in whole milliseconds. */
export const recordedArrivals = (seconds: readonly number[]): readonly number[] =>
  seconds.map((second) => Math.round(1000 * second)).toSorted((a, b) => a - b);

const hourMs = 3_600_000;
const weekHours = 168;

/** So many documents, independent of each other. Made one by one, and the same each time it is gone through. */
export function poissonArrivals(of: {
  readonly perHour: number;
  readonly count: number;
  readonly seed: number;
}): Iterable<number> {
  return hourOfWeekArrivals({ ...of, perHour: [of.perHour] });
}

/** Documents of so many an hour over this time, as many as are expected, and always the same. */
export const madeUpArrivals = (perHour: number, lengthMs: number): number[] => [
  ...poissonArrivals({ perHour, count: Math.round((perHour * lengthMs) / hourMs), seed: 1 }),
];

/**
 * As above, with a rate for each hour of the week (168 of them, the first begins at 0), or a shorter
 * list that repeats. By thinning (Lewis and Shedler, 1979). Throws Error where no rate is above 0.
 */
export function hourOfWeekArrivals({
  perHour,
  count,
  seed,
}: {
  readonly perHour: readonly number[];
  readonly count: number;
  readonly seed: number;
}): Iterable<number> {
  const most = Math.max(0, ...perHour);
  if (!(most > 0)) throw new Error("no hour has any arrivals");
  if (perHour.length > weekHours) throw new Error(`a week has ${weekHours} hours`);
  return {
    *[Symbol.iterator]() {
      const stream = streamOf(seed);
      stream.seek(1, 0);
      let atMs = 0;
      for (let made = 0; made < count; ) {
        atMs += (-hourMs * Math.log(stream.next())) / most;
        const rate = perHour[Math.floor(atMs / hourMs) % perHour.length] ?? 0;
        if (stream.next() * most >= rate) continue;
        made += 1;
        yield Math.round(atMs);
      }
    },
  };
}
