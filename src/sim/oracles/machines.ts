import type { World } from "../model.ts";

/** What an oracle knows about the containers of each pool. */
export interface Machines {
  readonly pools: readonly string[];
  /** Tasks that a replica works on at once. */
  readonly slots: Readonly<Record<string, number>>;
  /** What a millisecond of a replica costs, by pool, in any one currency. */
  readonly costPerMs: Readonly<Record<string, number>>;
  /** From the request at that moment to `ready`; infinite where that start would fail. */
  coldMs(pool: string, atMs: number): number;
  /** Starts within the same piece of this length take equally long. */
  readonly gridMs: number;
}

/** Worlds decide about a start by the ten seconds that it falls in. */
const worldGridMs = 10_000;

/** Cold starts as they are in a world: the ones that a simulation of it meets. */
export function coldStartsOf(world: World): Pick<Machines, "coldMs" | "gridMs"> {
  return {
    gridMs: worldGridMs,
    coldMs: (pool, atMs) => {
      const { how, tookMs } = world.start(pool, atMs);
      return how === "ready" ? tookMs : Number.POSITIVE_INFINITY;
    },
  };
}

/** Every start of a pool takes equally long. */
export const constantColdStarts = (
  byPool: Readonly<Record<string, number>>,
): Pick<Machines, "coldMs" | "gridMs"> => ({
  gridMs: Number.POSITIVE_INFINITY,
  coldMs: (pool) => byPool[pool] ?? 0,
});

/**
 * The least that a start can be paid for which bridges a gap that ends at `neededMs`: the cold start itself,
 * or, for an earlier one, the time from it to the end of the gap less what can be worked off in it
 * (`spareMs`). Starts as late as `latestMs` are looked at. 0 is the start of the simulation.
 */
export function cheapestStartMs(
  machines: Machines,
  pool: string,
  neededMs: number,
  { spareMs, latestMs }: { readonly spareMs: number; readonly latestMs: number },
): number {
  const { gridMs } = machines;
  if (gridMs === Number.POSITIVE_INFINITY) return machines.coldMs(pool, neededMs);
  let best = Number.POSITIVE_INFINITY;
  for (let slot = Math.floor(latestMs / gridMs); ; slot -= 1) {
    // The latest moment of this piece: nothing that begins in it is closer to the end of the gap.
    const aheadMs = neededMs - (slot + 1) * gridMs - spareMs;
    if (aheadMs >= best || (slot < 0 && best < Number.POSITIVE_INFINITY)) return best;
    if (slot < 0 && neededMs - slot * gridMs > 1e9) return best;
    best = Math.min(best, Math.max(machines.coldMs(pool, slot * gridMs), aheadMs));
  }
}
