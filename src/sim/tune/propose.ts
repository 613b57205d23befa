import { withChanged } from "../../core/autoscaler/changed-settings.ts";
import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import { blockBootstrap } from "../judge/bootstrap.ts";
import { type Figures, figuresOf } from "../judge/figures.ts";
import type { PriceList } from "../judge/judge.ts";
import { sumOf, type Tally } from "../judge/tally.ts";
import type { RunAll } from "../plan/plan.ts";
import type { StudyJob, StudyRun } from "../study/job.ts";
import type { ColdStarts } from "../worlds/cold-starts.ts";
import type { ServiceTimes } from "../worlds/service-times.ts";
import { type Choice, candidatesFor, finerChoices } from "./candidates.ts";

/** Fewer documents say nothing: chance decides then. */
const documentsMin = 50;

export interface TuneInput {
  /** Milliseconds from the first. */
  readonly arrivalsMs: readonly number[];
  readonly service: ServiceTimes;
  readonly coldStarts: ColdStarts;
  /** As configured: no proposal goes beyond its bounds. */
  readonly base: PolicyBase;
  readonly current: Choice;
  readonly objectives: Objectives;
}

export interface Objectives {
  /** 95 % of documents must end within this. */
  readonly p95Ms: number;
  /** Share of the feasible documents that must find a text replica ready, 0..1. */
  readonly onTime: number;
}

/** A figure now and as foretold; the difference with the range that holds 95 % of it. */
export interface Change {
  readonly before: number;
  readonly after: number;
  readonly low: number;
  readonly high: number;
}

export interface Predicted {
  readonly usdPerDocument: Change;
  readonly p95Ms: Change;
  /** Among feasible documents, 0..1. */
  readonly onTime: Change;
  /** Documents the figures come from, of one simulation. */
  readonly documents: number;
}

export type Proposal =
  | { readonly kind: "too-little"; readonly documents: number; readonly needed: number }
  /** Nothing that was tried is surely better. */
  | {
      readonly kind: "keep";
      readonly current: Choice;
      readonly nearest: (Choice & { readonly predicted: Predicted }) | null;
    }
  | ({ readonly kind: "propose"; readonly predicted: Predicted } & Choice)
  /** It would be better, and would break an objective: sentences say which. */
  | ({
      readonly kind: "refused";
      readonly predicted: Predicted;
      readonly breaks: readonly string[];
    } & Choice);

const blocks = 40;
/** The first twentieth does not count, the rest of the first half chooses, the second half tells. */
const chooseFrom = 2;
const tellFrom = 20;
const seeds = 2;
/** What waiting is worth when candidates are compared, in text replicas. */
const waitPrice = 4;

/**
 * Looks for settings that would have served this history better. They are chosen on its first half, and what is
 * foretold of them comes from the second, where all met the same chance. Money and waiting count together; what
 * breaks an objective is not chosen where anything keeps it, and never proposed.
 */
export async function propose(input: TuneInput, runAll: RunAll): Promise<Proposal> {
  const documents = input.arrivalsMs.length;
  if (documents < documentsMin) return { kind: "too-little", documents, needed: documentsMin };
  const first = await tryAll(input, [input.current, ...candidatesFor(input.base)], runAll);
  const [leader] = ranked(input, first);
  const more = leader === undefined ? [] : finerChoices(leader.choice, input.base);
  const known = new Set(first.map(({ choice }) => keyOf(choice)));
  const second = await tryAll(
    input,
    more.filter((choice) => !known.has(keyOf(choice))),
    runAll,
  );
  const [best] = ranked(input, [...first, ...second]);
  const [now] = first;
  if (best === undefined || now === undefined) throw new Error("nothing was tried");
  return judge(input, now, best);
}

interface Tried {
  readonly choice: Choice;
  /** A block holds what all seeds did in it. */
  readonly blocks: readonly Tally[];
}

function judge(input: TuneInput, now: Tried, best: Tried): Proposal {
  const { current, objectives, base } = input;
  if (keyOf(best.choice) === keyOf(current)) return { kind: "keep", current, nearest: null };
  const predicted = predict(input, now, best);
  const worth = difference(now, best, (tally) => jOf(tally, base));
  if (!(worth.high < 0)) {
    return { kind: "keep", current, nearest: { ...best.choice, predicted } };
  }
  const breaks = broken(predicted, objectives);
  return breaks.length > 0
    ? { kind: "refused", ...best.choice, predicted, breaks }
    : { kind: "propose", ...best.choice, predicted };
}

function broken({ p95Ms, onTime }: Predicted, objectives: Objectives): string[] {
  const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const was = (isBroken: boolean): string => (isBroken ? " (it is broken now, too)" : "");
  const late = `95 % of documents would end within ${minutes(p95Ms.after)}, not ${minutes(objectives.p95Ms)}`;
  const unready = `text would be ready in time for ${percent(onTime.after)} of the documents it could be ready for, not ${percent(objectives.onTime)}`;
  return [
    ...(p95Ms.after > objectives.p95Ms ? [late + was(p95Ms.before > objectives.p95Ms)] : []),
    ...(onTime.after < objectives.onTime ? [unready + was(onTime.before < objectives.onTime)] : []),
  ];
}

async function tryAll(
  input: TuneInput,
  choices: readonly Choice[],
  runAll: RunAll,
): Promise<Tried[]> {
  const jobs = choices.flatMap((choice) =>
    Array.from({ length: seeds }, (_, at) => jobOf(input, choice, at + 1)),
  );
  const runs = await runAll(jobs);
  return choices.map((choice, at) => ({
    choice,
    blocks: together(runs.slice(at * seeds, (at + 1) * seeds)),
  }));
}

function together(runs: readonly StudyRun[]): Tally[] {
  const [first] = runs;
  return (first?.blocks ?? []).map((_, at) => sumOf(runs.flatMap((run) => run.blocks[at] ?? [])));
}

function jobOf(input: TuneInput, choice: Choice, seed: number): StudyJob {
  const { arrivalsMs, service, coldStarts, base, objectives } = input;
  const untilMs = (arrivalsMs.at(-1) ?? 0) + 1;
  return {
    ...{ arrivalsMs, service, coldStarts, seed, policy: choice.policy, window: null },
    base: { ...base, scaling: withChanged(base.scaling, choice.settings) },
    priceLists: [listOf(base)],
    judged: { fromMs: arrivalsMs[0] ?? 0, untilMs, blocks },
    withinMs: objectives.p95Ms,
  };
}

const listOf = ({ microUsdPerHour, quantumMs }: PolicyBase): PriceList => ({
  ...{ name: "own", microUsdPerHour, quantumMs },
});

/** By the first half: what keeps the objectives there before what does not, and of those the best. */
function ranked({ base, objectives }: TuneInput, tried: readonly Tried[]): Tried[] {
  const scored = tried.map((one) => {
    const tally = sumOf(one.blocks.slice(chooseFrom, tellFrom));
    const { completionP95Ms, onTimeFeasible } = figuresOf(tally, [listOf(base)], 0);
    const keeps =
      (completionP95Ms ?? 0) <= objectives.p95Ms &&
      (onTimeFeasible.share ?? 1) >= objectives.onTime;
    return { one, keeps, j: jOf(tally, base) };
  });
  const order = scored.toSorted((a, b) => Number(b.keeps) - Number(a.keeps) || a.j - b.j);
  return order.map(({ one }) => one);
}

/** Money and waiting of a document, in US dollars. */
function jOf(tally: Tally, base: PolicyBase): number {
  const { usdWithWaiting } = figuresOf(tally, [listOf(base)], 0);
  return usdWithWaiting[String(waitPrice)] ?? Number.NaN;
}

function predict({ base }: TuneInput, now: Tried, best: Tried): Predicted {
  const told = (one: Tried): Figures => figuresOf(secondHalf(one), [listOf(base)], 0);
  const [before, after] = [told(now), told(best)];
  const change = (choose: (figures: Figures) => number | null): Change => ({
    before: choose(before) ?? Number.NaN,
    after: choose(after) ?? Number.NaN,
    ...difference(now, best, (tally) => choose(figuresOf(tally, [listOf(base)], 0)) ?? Number.NaN),
  });
  return {
    usdPerDocument: change(({ usdPerDocument }) => usdPerDocument),
    p95Ms: change(({ completionP95Ms }) => completionP95Ms),
    onTime: change(({ onTimeFeasible }) => onTimeFeasible.share),
    documents: Math.round(after.documents / seeds),
  };
}

const secondHalf = ({ blocks: all }: Tried): Tally => sumOf(all.slice(tellFrom));

/** Theirs less ours over the second half, by drawing pairs of blocks: both policies met the same hours. */
function difference(
  now: Tried,
  best: Tried,
  figure: (tally: Tally) => number,
): { readonly low: number; readonly high: number } {
  const pairs = best.blocks.slice(tellFrom).flatMap((after, at) => {
    const before = now.blocks[tellFrom + at];
    return before === undefined ? [] : [{ before, after }];
  });
  const { low, high } = blockBootstrap(
    pairs,
    (drawn) =>
      figure(sumOf(drawn.map(({ after }) => after))) -
      figure(sumOf(drawn.map(({ before }) => before))),
    { resamples: 300, level: 0.95, seed: 1 },
  );
  return { low, high };
}

const keyOf = ({ policy, settings }: Choice): string => JSON.stringify([policy, settings]);
