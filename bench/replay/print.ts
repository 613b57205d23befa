import type { Comparison } from "../../src/sim/replay/compare.ts";
import type { Recording } from "../../src/sim/replay/recording.ts";
import type { Simulated } from "./play.ts";

/** What stands beside the verdict, to see where a difference comes from. */
export interface Details {
  /** Starts of each pool. */
  readonly starts: Readonly<Record<string, { readonly real: number; readonly simulated: number }>>;
  /** Simulated less real completion of a document, in seconds. */
  readonly documentOff: { readonly median: number; readonly least: number; readonly most: number };
}

export function detailsOf({ documents, replicas }: Recording, simulated: Simulated): Details {
  const count = (lives: readonly { readonly pool: string }[], pool: string): number =>
    lives.filter((life) => life.pool === pool).length;
  const pools = [...new Set([...replicas, ...simulated.lives].map(({ pool }) => pool))].toSorted();
  const off = simulated.outcomes
    .map(({ id, endMs, arrivalMs }) => {
      const real = documents[id];
      return real === undefined ? 0 : (endMs - arrivalMs - (real.endMs - real.arrivalMs)) / 1000;
    })
    .toSorted((a, b) => a - b);
  return {
    starts: Object.fromEntries(
      pools.map((pool) => [
        pool,
        { real: count(replicas, pool), simulated: count(simulated.lives, pool) },
      ]),
    ),
    documentOff: {
      median: off[Math.floor(off.length / 2)] ?? 0,
      least: off[0] ?? 0,
      most: off.at(-1) ?? 0,
    },
  };
}

export function table({ rows, isWithin }: Comparison, details: Details, limit: number): string {
  const lines = rows.map((row) => {
    const seconds = [row.realSeconds, row.simulatedSeconds].map((one) =>
      one.toFixed(2).padStart(11),
    );
    const off = `${(100 * row.off).toFixed(1)} %`.padStart(10);
    return `${row.what.padEnd(28)}${seconds.join("")}${off}  ${row.isWithin ? "PASS" : "MISS"}`;
  });
  const starts = Object.entries(details.starts)
    .map(([pool, { real, simulated }]) => `${pool} ${real} and ${simulated}`)
    .join(", ");
  const { median, least, most } = details.documentOff;
  const [middle, low, high] = [median, least, most].map((one) => one.toFixed(2));
  return [
    `${"seconds".padEnd(28)}${"real".padStart(11)}${"simulated".padStart(11)}${"off".padStart(10)}`,
    ...lines,
    `Starts, real and simulated: ${starts}.`,
    `A document's completion, simulated less real: ${middle} s in the middle, from ${low} s to ${high} s.`,
    `${isWithin ? "PASS" : "MISS"}: the limit is ${100 * limit} % for each figure.`,
  ].join("\n");
}
