import { type Contestant, labelOf } from "./contestant.ts";
import { probeDiskUs } from "./disk-probe.ts";
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
  readonly runs: readonly Measurement[];
  /** At half the median rate of `runs`; null where left out. */
  readonly paced: Measurement | null;
}

export interface Round {
  readonly probeUsBefore: number;
  readonly probeUsAfter: number;
  readonly isKept: boolean;
}

const warmUpPipelines = 300;
/** A disk so much slower than it was at its best is throttled. */
const slowestProbe = 3;
const repeatsMax = 2;

/** Runs everything: one warm-up each, then rounds in which every contestant runs once. */
export async function runRounds(
  server: BenchServer,
  plan: Plan,
): Promise<{ outcomes: readonly Outcome[]; rounds: readonly Round[] }> {
  const sizes = new Map<Contestant, number>();
  for (const contestant of plan.contestants) {
    sizes.set(contestant, await sizeOf(server, contestant, plan));
  }
  const runs = new Map<Contestant, Measurement[]>(plan.contestants.map((one) => [one, []]));
  const rounds: Round[] = [];
  let bestUs = Number.POSITIVE_INFINITY;
  let kept = 0;
  while (kept < plan.rounds && rounds.length < plan.rounds + repeatsMax) {
    const probeUsBefore = await probeDiskUs(server.dir);
    const seen = await runRound(server, plan, sizes);
    const probeUsAfter = await probeDiskUs(server.dir);
    bestUs = Math.min(bestUs, probeUsBefore, probeUsAfter);
    const isKept = Math.max(probeUsBefore, probeUsAfter) <= slowestProbe * bestUs;
    rounds.push({ probeUsBefore, probeUsAfter, isKept });
    plan.say(
      `round ${rounds.length}: fdatasync ${probeUsBefore} us before, ${probeUsAfter} us after${isKept ? "" : "; thrown away, the disk was throttled"}`,
    );
    if (!isKept) continue;
    kept += 1;
    for (const [contestant, measurement] of seen) runs.get(contestant)?.push(measurement);
  }
  const outcomes: Outcome[] = [];
  for (const [contestant, list] of runs) {
    outcomes.push({
      contestant,
      runs: list,
      paced: await runPaced(server, contestant, list, plan),
    });
  }
  return { outcomes, rounds };
}

async function sizeOf(server: BenchServer, contestant: Contestant, plan: Plan): Promise<number> {
  const pipelinesMin = contestant.pipelinesMin ?? 100;
  const first = Math.max(
    pipelinesMin,
    Math.min(warmUpPipelines, plan.pipelines ?? warmUpPipelines),
  );
  const { pipelinesPerSecond } = await measure(server, contestant, first);
  plan.say(`warm-up ${labelOf(contestant)}: ${Math.round(pipelinesPerSecond)} pipelines/s`);
  if (plan.pipelines !== null) return plan.pipelines;
  const size = Math.max(pipelinesMin, pipelinesPerSecond * plan.runSeconds);
  return Math.round(size / 50) * 50 || pipelinesMin;
}

async function runRound(
  server: BenchServer,
  plan: Plan,
  sizes: ReadonlyMap<Contestant, number>,
): Promise<Map<Contestant, Measurement>> {
  const seen = new Map<Contestant, Measurement>();
  for (const [contestant, pipelines] of sizes) {
    const measurement = await measure(server, contestant, pipelines);
    seen.set(contestant, measurement);
    const { pipelinesPerSecond, seconds } = measurement;
    plan.say(
      `  ${labelOf(contestant)}: ${pipelines} pipelines in ${seconds.toFixed(1)} s, ${Math.round(pipelinesPerSecond)}/s`,
    );
  }
  return seen;
}

async function runPaced(
  server: BenchServer,
  contestant: Contestant,
  runs: readonly Measurement[],
  plan: Plan,
): Promise<Measurement | null> {
  if (!plan.hops || runs.length === 0) return null;
  const rates = runs.map((run) => run.pipelinesPerSecond).toSorted((a, b) => a - b);
  const half = (rates[Math.floor(rates.length / 2)] ?? 0) / 2;
  const pipelines = Math.max(contestant.pipelinesMin ?? 1, Math.round(half * plan.runSeconds));
  return measure(server, contestant, pipelines, half);
}
