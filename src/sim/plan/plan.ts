import type { ScalingSettings } from "../../core/autoscaler/settings.ts";
import type { StudyJob, StudyRun } from "../study/job.ts";
import { judgedOf } from "../study/spans.ts";
import { type PolicySummary, summaryOf } from "../study/summary.ts";
import type { ColdStarts } from "../worlds/cold-starts.ts";
import type { ServiceTimes } from "../worlds/service-times.ts";
import { atLeast, type Verdict } from "./goals.ts";
import { type Candidate, candidateBase, type Offer } from "./offer.ts";
import { coarse, finer } from "./search.ts";
import { sped } from "./sped.ts";

export interface PlanInput {
  readonly arrivalsMs: readonly number[];
  readonly service: ServiceTimes;
  readonly coldStarts: ColdStarts;
  readonly scaling: ScalingSettings;
  readonly offers: readonly Offer[];
  /** The promise: this share of documents (0..1) within so many milliseconds. */
  readonly withinMs: number;
  readonly share: number;
  /** Simulations of each of the last few, each with other chance. */
  readonly seeds: number;
}

/** A candidate, and how it went. */
export interface Option extends Candidate {
  readonly summary: PolicySummary;
  /** Whether it keeps the promise. */
  readonly keeps: Verdict;
}

/** Simulates; in this process, on threads or in a browser's worker. Answers in the order of the jobs. */
export type RunAll = (jobs: readonly StudyJob[]) => Promise<readonly StudyRun[]>;

/** How many candidates of an offer are looked at more closely, and how many to the end. */
const closer = 2;
const toTheEnd = 2;

/**
 * The cheapest way of each offer to keep the promise, or the one that comes nearest to it. First a coarse grid
 * with one seed, then what lies around the best of it, then the best of all with every seed. All
 * candidates meet the same chance, so that they differ by what they are alone.
 */
export async function bestOf(input: PlanInput, runAll: RunAll): Promise<Option[]> {
  const first = await tryAll(
    input,
    input.offers.flatMap((offer) => coarse(offer, input.scaling)),
    1,
    runAll,
  );
  const around = input.offers.flatMap((offer) =>
    ranked(first, offer, input.share)
      .slice(0, closer)
      .flatMap((one) => finer(one)),
  );
  const known = new Set(first.map(keyOf));
  const fresh = [...new Map(around.map((one) => [keyOf(one), one])).values()];
  const second = await tryAll(
    input,
    fresh.filter((one) => !known.has(keyOf(one))),
    1,
    runAll,
  );
  const finalists = input.offers.flatMap((offer) =>
    ranked([...first, ...second], offer, input.share).slice(0, toTheEnd),
  );
  const last = input.seeds === 1 ? finalists : await tryAll(input, finalists, input.seeds, runAll);
  return input.offers.flatMap((offer) => ranked(last, offer, input.share).slice(0, 1));
}

/** The cheapest that keeps the promise surely; else probably; undefined: none does. */
export function recommended(options: readonly Option[]): Option | undefined {
  const cheapest = (verdict: Verdict): Option | undefined =>
    options.filter(({ keeps }) => keeps === verdict).toSorted(byCost)[0];
  return cheapest("yes") ?? cheapest("likely");
}

async function tryAll(
  input: PlanInput,
  candidates: readonly Candidate[],
  seeds: number,
  runAll: RunAll,
): Promise<Option[]> {
  const jobs = candidates.flatMap((candidate) =>
    Array.from({ length: seeds }, (_, at) => jobOf(input, candidate, at + 1)),
  );
  const runs = await runAll(jobs);
  return candidates.map((candidate, at) => {
    const own = runs.slice(at * seeds, (at + 1) * seeds);
    const summary = summaryOf(own, [candidate.offer.prices], 0);
    return { ...candidate, summary, keeps: atLeast(summary.within, input.share) };
  });
}

function jobOf(input: PlanInput, candidate: Candidate, seed: number): StudyJob {
  const { arrivalsMs, service, coldStarts, scaling, withinMs } = input;
  const { offer, policy } = candidate;
  return {
    ...{ policy, arrivalsMs, seed, withinMs, window: null },
    base: candidateBase(candidate, scaling),
    service: sped(service, offer.speed),
    coldStarts: { ...coldStarts, lostPerHour: coldStarts.lostPerHour + offer.lostPerHour },
    priceLists: [offer.prices],
    judged: judgedOf(arrivalsMs),
  };
}

const keyOf = ({ offer, policy, caps }: Candidate): string =>
  JSON.stringify([offer.prices.name, offer.name, policy, caps]);

/** Of one offer: those that keep the promise by their estimate, cheapest first; then by how near they come. */
function ranked(options: readonly Option[], offer: Offer, share: number): Option[] {
  const own = options.filter((option) => option.offer === offer);
  const keeps = own.filter(({ summary }) => summary.within.estimate >= share).toSorted(byCost);
  const misses = own.filter(({ summary }) => !(summary.within.estimate >= share));
  const near = misses.toSorted((a, b) => b.summary.within.estimate - a.summary.within.estimate);
  return [...keeps, ...near];
}

const byCost = (a: Option, b: Option): number => costOf(a) - costOf(b);
const costOf = ({ summary }: Option): number =>
  summary.figures.usdPerDocument ?? Number.POSITIVE_INFINITY;
