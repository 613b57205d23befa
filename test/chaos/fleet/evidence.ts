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
  /** Replicas that the provider still shows at the end. */
  readonly left: readonly string[];
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
