/** What the harness saw from outside. The checker gets it as JSON, beside the database. */
export interface Evidence {
  /** Pipelines that a submitter was told are accepted. */
  readonly acknowledged: readonly string[];
  /** Bounds of each pool, as the control plane was told. */
  readonly pools: Readonly<Record<string, PoolBounds>>;
  /** What was done to a container's process, or to something it stood on. */
  readonly hits: readonly Hit[];
  /** How many slots of a pool the provider showed at work, whenever it was asked. */
  readonly sightings: readonly Sighting[];
  /** The progress that a reader of the API saw, in order; a pipeline once for each change. */
  readonly shown: readonly Shown[];
  /** Replicas that the provider still runs or charges for at the end. */
  readonly left: readonly string[];
  /** null: nobody charges. */
  readonly rented: Rented | null;
}

/** What the provider has in its books. */
export interface Rented {
  readonly bill: readonly BilledReplica[];
  /** When no call of the product was answered. */
  readonly blind: readonly Interval[];
}

/** Milliseconds of this machine's clock. */
export interface Interval {
  readonly fromMs: number;
  /** null: it goes on. */
  readonly toMs: number | null;
}

/** A replica from its start to its end, as it is charged. */
export interface BilledReplica extends Interval {
  readonly name: string;
  /** The provider's own name. */
  readonly ref: string;
}

export interface PoolBounds {
  readonly min: number;
  readonly max: number;
}

export interface Hit {
  readonly fault: string;
  readonly pid: number;
  /** Milliseconds of this machine's clock, which is the database's too. */
  readonly atMs: number;
}

export interface Sighting {
  readonly atMs: number;
  readonly pool: string;
  readonly count: number;
}

export interface Shown {
  readonly pipeline: string;
  readonly generation: number;
  readonly percent: number;
}

/** One invariant, and each case in which it did not hold. */
export interface Verdict {
  readonly invariant: string;
  /** How many cases were looked at. */
  readonly looked: number;
  readonly broken: readonly string[];
}
