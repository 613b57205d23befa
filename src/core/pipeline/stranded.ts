/** A class of tasks, with whether anybody who could do them is there now. */
export interface ClassSupply {
  readonly pool: string;
  readonly features: readonly string[];
  /** A live container that takes new work serves it. */
  readonly served: boolean;
}

/** What this installation could start. */
export interface Startable {
  /** By pool; a pool that is not named is never started. */
  readonly maxReplicas: Readonly<Record<string, number>>;
  /** What its containers can do. */
  readonly features: Readonly<Record<string, readonly string[]>>;
}

/** Why a ready task of this class would wait for ever; null: it would not. */
export function strandedReason(supply: ClassSupply, startable: Startable): string | null {
  if (supply.served) return null;
  const { pool } = supply;
  const max = startable.maxReplicas[pool];
  if (max === undefined) {
    return `No live container serves it, and no pool ${pool} is configured that one could be started in.`;
  }
  if (max < 1) return `No live container serves it, and the ${pool} pool may have none.`;
  const offered = startable.features[pool] ?? [];
  const missing = supply.features.filter((feature) => !offered.includes(feature));
  if (missing.length === 0) return null;
  return `No live container serves it, and none that could be started offers ${missing.join(", ")}.`;
}
