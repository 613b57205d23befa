import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import { policyNamed } from "../../core/autoscaler/policies/registry.ts";
import { createJudge, type PriceList } from "../judge/judge.ts";
import type { Tally } from "../judge/tally.ts";
import type { DocumentOutcome, ReplicaLife } from "../model.ts";
import { waitBin, waitEdgesMs } from "../report/data.ts";
import { simulate } from "../simulate.ts";
import { pitchDeckStage } from "../stages.ts";
import type { ColdStarts } from "../worlds/cold-starts.ts";
import { createWorld } from "../worlds/create-world.ts";
import type { ServiceTimes } from "../worlds/service-times.ts";

/** One simulation, as plain data: it can be sent to a thread, a browser's worker or another machine. */
export interface StudyJob {
  /** As `policyNamed` takes it. */
  readonly policy: string;
  readonly base: PolicyBase;
  /** Ascending, from the start of the simulation. */
  readonly arrivalsMs: readonly number[];
  readonly service: ServiceTimes;
  readonly coldStarts: ColdStarts;
  readonly seed: number;
  readonly priceLists: readonly PriceList[];
  readonly judged: Judged;
  /** Documents that end within this after their upload are counted. */
  readonly withinMs: number;
  /** Lives of replicas that touch it are kept; null: none are. */
  readonly window: Span | null;
}

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The stretch that counts, cut into blocks of the same length. */
export interface Judged extends Span {
  readonly blocks: number;
}

export interface StudyRun {
  readonly policy: string;
  readonly seed: number;
  readonly judged: Judged;
  /** By block of the judged stretch. They add up by `sumOf`. */
  readonly blocks: readonly Tally[];
  /** By block, how many of its documents ended within the time that was asked for. */
  readonly within: readonly number[];
  /** Documents of the judged stretch by how long they waited, by `waitEdgesMs`. */
  readonly waits: { readonly text: readonly number[]; readonly all: readonly number[] };
  readonly lives: readonly ReplicaLife[];
}

/**
 * Runs one simulation to its end. The same job gives the same run. Throws Error where the policy's text is
 * not understood, and where a policy lets documents wait for ever.
 * @param onDocument told of each document that has ended, while the simulation goes on
 */
export function runStudy(job: StudyJob, onDocument?: () => void): StudyRun {
  const { base, judged, window } = job;
  const named = policyNamed(job.policy, base);
  if ("problem" in named) throw new Error(named.problem);
  const judge = createJudge({ priceLists: job.priceLists, ...judged });
  const lives: ReplicaLife[] = [];
  const waits = { text: emptyBins(), all: emptyBins() };
  const within = new Array<number>(judged.blocks).fill(0);
  simulate({
    world: createWorld({
      name: job.policy,
      arrivalsMs: job.arrivalsMs,
      service: job.service,
      coldStarts: job.coldStarts,
      seed: job.seed,
    }),
    stage: pitchDeckStage(base.scaling, base.topology),
    policy: named.policy,
    observer: {
      onDocument(outcome) {
        judge.observer.onDocument(outcome);
        onDocument?.();
        if (outcome.arrivalMs < judged.fromMs || outcome.arrivalMs >= judged.untilMs) return;
        countWaits(waits, outcome);
        if (outcome.endMs - outcome.arrivalMs > job.withinMs) return;
        const block = blockOf(outcome.arrivalMs, judged);
        within[block] = (within[block] ?? 0) + 1;
      },
      onReplica(life) {
        judge.observer.onReplica(life);
        if (window === null) return;
        if (life.endMs > window.fromMs && life.requestedMs < window.untilMs) lives.push(life);
      },
    },
  });
  return { policy: job.policy, seed: job.seed, judged, blocks: judge.blocks, within, waits, lives };
}

const emptyBins = (): number[] => new Array<number>(waitEdgesMs.length + 1).fill(0);

/** The same cut as the judge's. */
const blockOf = (ms: number, { fromMs, untilMs, blocks }: Judged): number =>
  Math.floor(((ms - fromMs) * blocks) / (untilMs - fromMs));

function countWaits(waits: { text: number[]; all: number[] }, outcome: DocumentOutcome): void {
  const { arrivalMs, endMs, criticalPathMs, textNeededMs, textStartMs } = outcome;
  add(waits.text, Math.max(0, textStartMs - textNeededMs));
  add(waits.all, Math.max(0, endMs - arrivalMs - criticalPathMs));
}

function add(bins: number[], ms: number): void {
  const bin = waitBin(ms);
  bins[bin] = (bins[bin] ?? 0) + 1;
}
