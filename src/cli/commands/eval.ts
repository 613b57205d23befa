import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type EvaluationRun, figuresOf, microUsdPerDeck } from "../../core/evaluation/run.ts";
import { AppError } from "../../errors/app-error.ts";
import { deckRunOf } from "../../eval/deck-run.ts";
import { type EvaluationSet, readSet } from "../../eval/read-set.ts";
import { runSet } from "../../eval/run-set.ts";
import type { Context } from "../context.ts";
import { countOption } from "../count-option.ts";
import {
  type Candidate,
  type CandidateOptions,
  candidatesOf,
  loadReaders,
} from "../eval/candidates.ts";
import { exitCodes } from "../exit-codes.ts";
import { evaluationText, type PricedRun } from "../report/eval.ts";
import { pricesOf } from "../study/prices.ts";

export interface EvalOptions extends CandidateOptions {
  readonly decks: string;
  readonly jobs: string;
  readonly only?: string | undefined;
  readonly gpu?: string | undefined;
  readonly prices: string;
  readonly spot?: boolean | undefined;
  readonly save?: string | undefined;
}

const jobsMax = 16;

/** Reads decks whose truth is known with one or several engines, models and packs, and tells how well each did. */
export async function evaluate(context: Context, options: EvalOptions): Promise<number> {
  const { output } = context;
  const jobs = countOption("jobs", options.jobs, jobsMax);
  const set = only(await readSet(resolve(context.cwd, options.decks)), options.only);
  const candidates = await candidatesOf(context, options);
  const runs: EvaluationRun[] = [];
  for (const candidate of candidates) runs.push(await measure(context, set, candidate, jobs));
  const priced = runs.map((run) => ({ run, microUsdPerDeck: costOf(run, options) }));
  if (options.save !== undefined) {
    await writeFile(
      resolve(context.cwd, options.save),
      `${JSON.stringify({ v: 1, runs }, null, 1)}\n`,
    );
  }
  if (output.json) output.object("evaluation", { runs: priced.map(jsonOf) });
  else output.data(evaluationText(priced, output.style));
  return exitCodes.ok;
}

function only(set: EvaluationSet, words: string | undefined): EvaluationSet {
  if (words === undefined) return set;
  const wanted = words.split(",");
  const decks = set.decks.filter(({ file }) => wanted.some((word) => file.includes(word)));
  if (decks.length === 0) throw new AppError("USAGE", `--only: no deck is called like ${words}`);
  return { ...set, decks };
}

async function measure(
  context: Context,
  set: EvaluationSet,
  candidate: Candidate,
  jobs: number,
): Promise<EvaluationRun> {
  const { output, clock, interrupt } = context;
  const { label, engine, models, pack } = candidate;
  const startedMs = clock.nowMs();
  const { readers, close } = await loadReaders(
    context,
    candidate,
    Math.min(jobs, set.decks.length),
  );
  let ended = 0;
  try {
    const readings = await runSet(set, {
      ...{ pack, readers, clock, signal: interrupt.signal },
      onDeck: ({ file }, { pages, seconds }) => {
        ended += 1;
        const took = (seconds.vision + seconds.text).toFixed(1);
        output.say(
          `${label}: ${ended} of ${set.decks.length}  ${file}  ${pages} slides  ${took} s`,
        );
      },
    });
    const wall = (clock.nowMs() - startedMs) / 1000;
    output.say(`${label}: ${set.decks.length} decks in ${wall.toFixed(0)} s`);
    const decks = set.decks.flatMap((truth, at) => {
      const reading = readings[at];
      return reading === undefined ? [] : [deckRunOf(truth, reading)];
    });
    const { name, version, contentHash } = pack;
    return { label, engine, models, pack: { name, version, contentHash }, decks };
  } finally {
    await close();
  }
}

/** Nothing unless a machine was named: the built-in engine needs none. */
function costOf(run: EvaluationRun, options: EvalOptions): number | null {
  if (options.gpu === undefined) return null;
  const { microUsdPerHour } = pricesOf(options);
  const { vision = 0, text = 0 } = microUsdPerHour;
  return microUsdPerDeck(run, { vision, text });
}

const jsonOf = ({ run, microUsdPerDeck: cost }: PricedRun) => ({
  ...run,
  figures: figuresOf(run),
  microUsdPerDeck: cost,
});
