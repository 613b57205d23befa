import { percentile } from "../../core/pipeline/estimate.ts";
import type { Recording } from "./recording.ts";

/** What is compared of a run, real or simulated. Durations are milliseconds. */
export interface Played {
  /** Of each document, from its acceptance to its end. */
  readonly completionMs: readonly number[];
  /** Of each replica, from its request to its end, by pool. */
  readonly lives: readonly { readonly pool: string; readonly ms: number }[];
}

export const playedOf = ({ documents, replicas }: Recording): Played => ({
  completionMs: documents.map(({ arrivalMs, endMs }) => endMs - arrivalMs),
  lives: replicas.map(({ pool, requestedMs, endMs }) => ({ pool, ms: endMs - requestedMs })),
});

export interface Row {
  /** `completion p50`, `replica-seconds of text`, ... */
  readonly what: string;
  readonly realSeconds: number;
  readonly simulatedSeconds: number;
  /** Of the simulated figure from the real one, as a share of the real one. */
  readonly off: number;
  readonly isWithin: boolean;
}

export interface Comparison {
  readonly rows: readonly Row[];
  readonly isWithin: boolean;
}

/**
 * Completion p50 and p95 (nearest rank) and the replica-seconds of each pool side by side. A figure is
 * within the limit when it is off by at most that share of the real one. Throws RangeError where no
 * document was played.
 */
export function compareRuns(real: Played, simulated: Played, limit: number): Comparison {
  const pools = [
    ...new Set([...real.lives, ...simulated.lives].map(({ pool }) => pool)),
  ].toSorted();
  const completion = (share: number): Row =>
    rowOf(
      `completion p${100 * share}`,
      quantile(real.completionMs, share),
      quantile(simulated.completionMs, share),
      limit,
    );
  const machines = pools.map((pool) =>
    rowOf(`replica-seconds of ${pool}`, lifeMs(real, pool), lifeMs(simulated, pool), limit),
  );
  const rows = [completion(0.5), completion(0.95), ...machines];
  return { rows, isWithin: rows.every((row) => row.isWithin) };
}

function quantile(values: readonly number[], share: number): number {
  const found = percentile(values, share);
  if (found === null) throw new RangeError("no document was played");
  return found;
}

const lifeMs = ({ lives }: Played, pool: string): number =>
  lives.reduce((sum, life) => (life.pool === pool ? sum + life.ms : sum), 0);

function rowOf(what: string, realMs: number, simulatedMs: number, limit: number): Row {
  // What there was none of must not be there in the simulation either.
  const off = realMs === simulatedMs ? 0 : (simulatedMs - realMs) / realMs;
  return {
    what,
    realSeconds: realMs / 1000,
    simulatedSeconds: simulatedMs / 1000,
    off,
    isWithin: Math.abs(off) <= limit,
  };
}
