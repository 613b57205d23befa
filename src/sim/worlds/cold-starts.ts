import type { SimStart } from "../model.ts";
import { hashOf, streamOf } from "./chance.ts";
import { type Distribution, draw } from "./distribution.ts";

/** How long replicas take to be ready, and how they fail. Plain JSON; durations are seconds. */
export interface ColdStarts {
  readonly name: string;
  /** A start takes the sum of what is drawn from each. By pool; another pool is like `text`. */
  readonly pools: Readonly<Record<string, readonly Distribution[]>>;
  /** Share of starts that fail, 0..1, at any moment of the time they would have taken. */
  readonly failing: number;
  /** Machines lost an hour, each by itself: crashes, or spot machines taken away. */
  readonly lostPerHour: number;
}

const upTo = (median: number, max: number): readonly Distribution[] => [
  { kind: "log-normal", median, lnSd: 0.35, min: 1, max },
];

/**
 * The request's: up to 180 s for vision and 240 s for text, with medians of 105 s and 150 s. A
 * container that holds both models takes as long as the slower.
 */
export const prdColdStarts: ColdStarts = {
  name: "prd",
  pools: { vision: upTo(105, 180), text: upTo(150, 240), shared: upTo(150, 240) },
  failing: 0,
  lostPerHour: 0,
};

/** Starts that fall into the same one of these meet the same chance. */
const sameChanceMs = 10_000;

export function startsOf(
  coldStarts: ColdStarts,
  seed: number,
): (pool: string, atMs: number) => SimStart {
  const stream = streamOf(seed);
  const keys = new Map<string, number>();
  return (pool, atMs) => {
    let key = keys.get(pool);
    if (key === undefined) {
      key = hashOf(pool);
      keys.set(pool, key);
    }
    stream.seek(key, Math.floor(atMs / sameChanceMs));
    const parts = coldStarts.pools[pool] ?? coldStarts.pools.text ?? [];
    let seconds = 0;
    for (const part of parts) seconds += draw(part, stream);
    const fails = stream.next() < coldStarts.failing;
    const share = fails ? stream.next() : 1;
    const lostAfterMs =
      coldStarts.lostPerHour > 0
        ? Math.max(1, Math.round((-3_600_000 * Math.log(stream.next())) / coldStarts.lostPerHour))
        : null;
    return {
      tookMs: Math.max(1, Math.round(1000 * seconds * share)),
      how: fails ? "failed" : "ready",
      lostAfterMs: fails ? null : lostAfterMs,
    };
  };
}
