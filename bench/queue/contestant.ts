/** One way to run pipelines on PostgreSQL: a system, how it is set up, how much it does at once. */
export interface Contestant {
  readonly name: string;
  /** `default` as documented, `best` as its own documents and public calls allow. */
  readonly config: string;
  /** Tasks it takes and ends together at most. */
  readonly batch: number;
  /** One sentence for the reader of the table. */
  readonly note: string;
  /** Pipelines of a run where waiting decides, not work: by polling every few seconds, say. */
  readonly pipelines?: number;
  /** One run in a fresh, empty database. Rejects when not every pipeline was done whole and in order. */
  run(run: Run): Promise<RunResult>;
}

export interface Run {
  readonly url: string;
  readonly pipelines: number;
  /** Arrivals a second; null: all as fast as they can be submitted. */
  readonly pipelinesPerSecond: number | null;
  /**
   * Awaited when schema, workers and warm-up are done and all sessions have reported their commits
   * (`pg_stat_force_next_flush`), before the first measured submission.
   */
  started(): Promise<void>;
  /** Awaited when the last result is durable, before anything is verified. Clients may still be there. */
  finished(): Promise<void>;
}

/** What a contestant tells of its own run; its clients are disconnected by then. */
export interface RunResult {
  /** First submission to last durable result. */
  readonly seconds: number;
  /** Median of some pipelines, each alone in an idle system: submission to durable finish. */
  readonly lonePipelineMs: number;
  /** End of the last handler a task waits for to the start of its own; null where not measured. */
  readonly hopMs: Percentiles | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export const labelOf = ({ name, config, batch }: Contestant): string =>
  `${name} ${config} ${batch}`;
