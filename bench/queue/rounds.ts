import { loadavg } from "node:os";
import { type Contestant, labelOf } from "./contestant.ts";
import { type Disk, median } from "./disk.ts";
import { type Measurement, measure } from "./measure.ts";
import type { BenchServer } from "./server.ts";

export interface Plan {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** Pipelines of each run; null: as many as take `runSeconds` at the rate of the warm-up. */
  readonly pipelines: number | null;
  readonly runSeconds: number;
  /** Whether hops are measured at half the rate reached. */
  readonly hops: boolean;
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly contestant: Contestant;
  /** That count: one a round. */
  readonly runs: readonly Measurement[];
  /** At half the median rate of `runs`; null where left out. */
  readonly paced: Measurement | null;
  /** What went wrong in runs that are therefore missing. */
  readonly failures: readonly string[];
  /** Runs left out because the disk or the benchmark itself was held back. */
  readonly thrownAway: number;
}

const firstPipelines = 300;
const repeatsMax = 2;
const pauseMsMax = 1000;

/** What is known of a contestant so far. */
class Entry {
  readonly contestant: Contestant;
  readonly runs: Measurement[] = [];
  readonly failures: string[] = [];
  pipelines: number;
  paced: Measurement | null = null;
  thrownAway = 0;

  constructor(contestant: Contestant, pipelines: number) {
    this.contestant = contestant;
    this.pipelines = pipelines;
  }
}

/** Finds the size of each one's runs, then lets all run once a round. */
export async function runRounds(
  server: BenchServer,
  disk: Disk,
  plan: Plan,
): Promise<readonly Outcome[]> {
  const entries = plan.contestants.map(
    (one) => new Entry(one, one.pipelines ?? plan.pipelines ?? firstPipelines),
  );
  const bench: Bench = { server, disk, say: plan.say };
  plan.say("Warm-up");
  for (const entry of entries.filter((one) => hasFreeSize(one, plan))) {
    const seen = await runUnthrottled(bench, entry);
    if (seen !== null) entry.pipelines = sizeAfter(seen, plan);
  }
  for (let round = 1; round <= plan.rounds; round += 1) {
    const restedUs = await disk.rested();
    plan.say(`Round ${round} of ${plan.rounds}: fdatasync ${restedUs} us, load ${load()}`);
    for (const entry of entries) {
      const seen = await runUnthrottled(bench, entry);
      if (seen === null) continue;
      entry.runs.push(seen);
      // A warm-up on a busy machine told too little.
      if (hasFreeSize(entry, plan))
        entry.pipelines = Math.max(entry.pipelines, sizeAfter(seen, plan));
    }
    plan.say(`  fdatasync ${await disk.probeUs()} us after, load ${load()}`);
  }
  if (plan.hops) for (const entry of entries) await measureHops(bench, entry, plan.runSeconds);
  return entries;
}

/** Processes that want a core, this benchmark's among them: others distort what is measured. */
const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

interface Bench {
  readonly server: BenchServer;
  readonly disk: Disk;
  readonly say: (line: string) => void;
}

const hasFreeSize = ({ contestant }: Entry, plan: Plan): boolean =>
  contestant.pipelines === undefined && plan.pipelines === null;

const sizeAfter = (seen: Measurement, { runSeconds }: Plan): number =>
  Math.max(50, Math.round((seen.pipelinesPerSecond * runSeconds) / 50) * 50);

/** A run during which disk or process were held back tells of them; it is thrown away and repeated. */
async function runUnthrottled(bench: Bench, entry: Entry): Promise<Measurement | null> {
  for (let repeat = 0; repeat <= repeatsMax; repeat += 1) {
    await bench.disk.rested();
    const seen = await attempt(bench, entry, entry.pipelines);
    if (seen === null) return null;
    const slowerUs = Math.max(seen.probeUsBefore, seen.probeUsAfter);
    const isHeld = seen.longestPauseMs > pauseMsMax;
    if (!isHeld && !bench.disk.isThrottled(slowerUs)) return seen;
    bench.say(
      isHeld
        ? `    thrown away: nothing ran for ${Math.round(seen.longestPauseMs)} ms`
        : `    thrown away: fdatasync took ${slowerUs} us`,
    );
    entry.thrownAway += 1;
  }
  return null;
}

/** At half the median rate, so that a hop is the way through the system and not a queue. */
async function measureHops(bench: Bench, entry: Entry, runSeconds: number): Promise<void> {
  if (entry.runs.length === 0 || entry.contestant.pipelines !== undefined) return;
  const rate = median(entry.runs.map((run) => run.pipelinesPerSecond)) / 2;
  await bench.disk.rested();
  entry.paced = await attempt(bench, entry, Math.max(10, Math.round(rate * runSeconds)), rate);
}

async function attempt(
  { server, disk, say }: Bench,
  { contestant, failures }: Entry,
  pipelines: number,
  rate: number | null = null,
): Promise<Measurement | null> {
  const label = labelOf(contestant);
  try {
    const seen = await measure(server, disk, contestant, pipelines, rate);
    const pace = rate === null ? "" : " at half its rate";
    const perSecond = Number(seen.pipelinesPerSecond.toPrecision(3));
    const probes = `fdatasync ${seen.probeUsBefore} us before, ${seen.probeUsAfter} us after`;
    say(
      `  ${label}: ${pipelines} pipelines${pace} in ${seen.seconds.toFixed(1)} s, ${perSecond}/s; ${probes}`,
    );
    return seen;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    failures.push(message);
    say(`  ${label} failed. ${message}`);
    return null;
  }
}
