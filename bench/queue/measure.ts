import type { Contestant, RunResult } from "./contestant.ts";
import type { Disk } from "./disk.ts";
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
  /** fdatasync just before and just after the measured part. */
  readonly probeUsBefore: number;
  readonly probeUsAfter: number;
  /** The longest this process had to wait for its turn: machine or process were held in between. */
  readonly longestPauseMs: number;
}

export function measure(
  server: BenchServer,
  disk: Disk,
  contestant: Contestant,
  pipelines: number,
  pipelinesPerSecond: number | null = null,
): Promise<Measurement> {
  return server.withDatabase(async ({ url, counters, clientsGone }) => {
    let before: Edge | null = null;
    let after: Edge | null = null;
    const pauses = watchPauses();
    const run = contestant.run({
      ...{ url, pipelines, pipelinesPerSecond },
      started: async () => {
        before = { probeUs: await disk.probeUs(), counters: await counters() };
      },
      finished: async () => {
        after = { counters: await counters(), probeUs: await disk.probeUs() };
      },
    });
    const result = await run.finally(pauses.end);
    await clientsGone();
    const { commits } = await counters();
    const { longestMs } = pauses;
    return { ...summary(result, pipelines, before, after, commits), longestPauseMs: longestMs() };
  });
}

/** Where the measured part begins or ends. */
interface Edge {
  readonly probeUs: number;
  readonly counters: Counters;
}

function summary(
  result: RunResult,
  pipelines: number,
  before: Edge | null,
  after: Edge | null,
  commits: number,
): Omit<Measurement, "longestPauseMs"> {
  if (before === null || after === null) throw new Error("The run did not say when it began.");
  return {
    ...result,
    pipelines,
    pipelinesPerSecond: pipelines / result.seconds,
    commitsPerPipeline: (commits - before.counters.commits) / pipelines,
    writesPerPipeline: (after.counters.writes - before.counters.writes) / pipelines,
    walBytesPerPipeline: (after.counters.walBytes - before.counters.walBytes) / pipelines,
    connections: before.counters.connections,
    probeUsBefore: before.probeUs,
    probeUsAfter: after.probeUs,
  };
}

const tickMs = 100;

function watchPauses() {
  let longestMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs - tickMs);
    lastMs = nowMs;
  }, tickMs);
  return { longestMs: () => longestMs, end: () => clearInterval(timer) };
}
