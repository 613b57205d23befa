import type { Contestant, RunResult } from "./contestant.ts";
import type { BenchServer, Counters } from "./server.ts";

/** One run of one contestant, counted from outside. */
export interface Measurement extends RunResult {
  readonly pipelines: number;
  readonly pipelinesPerSecond: number;
  /** Transactions a pipeline, also those that only read. */
  readonly commitsPerPipeline: number;
  /** Transactions a pipeline that wrote: each waits for the disk. */
  readonly writesPerPipeline: number;
  readonly walBytesPerPipeline: number;
  /** Sessions when the measured part began. */
  readonly connections: number;
}

export function measure(
  server: BenchServer,
  contestant: Contestant,
  pipelines: number,
  pipelinesPerSecond: number | null = null,
): Promise<Measurement> {
  return server.withDatabase(async ({ url, counters, clientsGone }) => {
    let before: Counters | null = null;
    let after: Counters | null = null;
    const result = await contestant.run({
      ...{ url, pipelines, pipelinesPerSecond },
      started: async () => {
        before = await counters();
      },
      finished: async () => {
        after = await counters();
      },
    });
    await clientsGone();
    const { commits } = await counters();
    return summary(result, pipelines, before, after, commits);
  });
}

function summary(
  result: RunResult,
  pipelines: number,
  before: Counters | null,
  after: Counters | null,
  commits: number,
): Measurement {
  if (before === null || after === null) throw new Error("The run did not say when it began.");
  return {
    ...result,
    pipelines,
    pipelinesPerSecond: pipelines / result.seconds,
    commitsPerPipeline: (commits - before.commits) / pipelines,
    writesPerPipeline: (after.writes - before.writes) / pipelines,
    walBytesPerPipeline: (after.walBytes - before.walBytes) / pipelines,
    connections: before.connections,
  };
}
