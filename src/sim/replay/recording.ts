/**
 * What a real installation did, as its database tells it: enough to play it again. Plain JSON; instants
 * are milliseconds from the first arrival, and of the database's clock.
 */
export interface Recording {
  /** In order of arrival. */
  readonly documents: readonly RecordedDocument[];
  readonly replicas: readonly RecordedReplica[];
}

export interface RecordedDocument {
  /** Its acceptance: from here on its tasks are in the queue. */
  readonly arrivalMs: number;
  readonly endMs: number;
  /** When each slide of `visual_analysis` was done, ascending. */
  readonly slidesDoneMs: readonly number[];
  /** By name: when a container got the task that led to its result, and when the result was stored. */
  readonly tasks: Readonly<Record<string, RecordedTask>>;
}

export interface RecordedTask {
  /** Who did it. */
  readonly container: string;
  readonly leasedMs: number;
  readonly doneMs: number;
}

/** One life of a replica. */
export interface RecordedReplica {
  readonly pool: string;
  /** null: none ever came. */
  readonly container: string | null;
  readonly requestedMs: number;
  /** null: it never was. */
  readonly readyMs: number | null;
  /** When it was told to stop; null: it ended by itself. */
  readonly stoppedMs: number | null;
  readonly endMs: number;
}
