import { type Random, seededRandom } from "../../lib/random.ts";

/** A figure and the range that holds it. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapSettings {
  /** How often the blocks are drawn anew. */
  readonly resamples: number;
  /** Share of draws between `low` and `high`: 0.95. */
  readonly level: number;
  readonly seed: number;
}

export const bootstrapDefaults: BootstrapSettings = { resamples: 1000, level: 0.95, seed: 1 };

/**
 * The percentile interval of a figure by drawing whole blocks of time with replacement (Efron 1979 for
 * the percentiles, Carlstein 1986 for blocks that do not overlap): neighbours depend on each other, blocks
 * hardly do. For a paired difference, a block holds what BOTH policies did in it, and the statistic
 * is the difference. Draws whose statistic is not finite are drawn again, up to as many times as there are draws.
 * Pure: the same seed gives the same interval. Throws RangeError without blocks.
 */
export function blockBootstrap<T>(
  blocks: readonly T[],
  statistic: (drawn: readonly T[]) => number,
  { resamples, level, seed }: BootstrapSettings = bootstrapDefaults,
): Interval {
  if (blocks.length === 0) throw new RangeError("an interval needs at least one block");
  const random = seededRandom(seed);
  const told: number[] = [];
  for (let draw = 0; draw < 2 * resamples && told.length < resamples; draw += 1) {
    const value = statistic(drawFrom(blocks, random));
    if (Number.isFinite(value)) told.push(value);
  }
  told.sort((a, b) => a - b);
  const at = (share: number): number =>
    told[Math.min(told.length - 1, Math.max(0, Math.ceil(share * told.length) - 1))] ?? Number.NaN;
  const tail = (1 - level) / 2;
  return { estimate: statistic(blocks), low: at(tail), high: at(1 - tail) };
}

function drawFrom<T>(blocks: readonly T[], random: Random): readonly T[] {
  return blocks.map((block) => blocks[Math.floor(random.next() * blocks.length)] ?? block);
}
