import { access, constants, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { compareRuns } from "../../core/evaluation/compare.ts";
import { judgeGoals } from "../../core/evaluation/goals.ts";
import { type EvaluationRun, figuresOf, microUsdPerDeck } from "../../core/evaluation/run.ts";
import { AppError } from "../../errors/app-error.ts";
import { deckRunOf } from "../../eval/deck-run.ts";
import { quotesText } from "../../eval/quotes.ts";
import type { Reading } from "../../eval/read-deck.ts";
import { type EvaluationSet, readSet } from "../../eval/read-set.ts";
import { evaluationPage } from "../../eval/report/page.ts";
import { reliabilitySection } from "../../eval/report/reliability.ts";
import { readRuns, runsText } from "../../eval/run-file.ts";
import { runSet } from "../../eval/run-set.ts";
import type { Context } from "../context.ts";
import { countOption } from "../count-option.ts";
import { calibrate, calibrationLines, calibrationText } from "../eval/calibration.ts";
import {
  type Candidate,
  type CandidateOptions,
  candidatesOf,
  loadReaders,
} from "../eval/candidates.ts";
import { goalsOf } from "../eval/goals.ts";
import { exitCodes } from "../exit-codes.ts";
import { evaluationText, type ToldRun } from "../report/eval.ts";
import { pricesOf } from "../study/prices.ts";
import { plural } from "../text.ts";

export interface EvalOptions extends CandidateOptions {
  readonly decks: string;
  readonly jobs: string;
  readonly only?: string | undefined;
  readonly goal?: string | undefined;
  readonly against?: string | undefined;
  readonly tolerance: string;
  readonly gpu?: string | undefined;
  readonly prices: string;
  readonly spot?: boolean | undefined;
  readonly save?: string | undefined;
  readonly quotes?: string | undefined;
  readonly calibrate?: string | undefined;
  readonly html?: string | undefined;
}

const jobsMax = 16;

/**
 * Reads decks whose truth is known with one or several engines, models and packs, and tells how well each
 * did. Ends with 3 when a run misses a goal or has regressed against the base.
 */
export async function evaluate(context: Context, options: EvalOptions): Promise<number> {
  const { output, cwd } = context;
  const jobs = countOption("jobs", options.jobs, jobsMax);
  const tolerance = toleranceOf(options.tolerance);
  const goals = await goalsOf(context, options.goal);
  const bases = options.against === undefined ? [] : await readRuns(resolve(cwd, options.against));
  const set = only(await readSet(resolve(cwd, options.decks)), options.only);
  const candidates = (await candidatesOf(context, options)).map((one) =>
    options.calibrate === undefined ? one : uncalibrated(one),
  );
  // Reading takes long: whatever would be refused in the end is refused before.
  await checkFolders(cwd, options);
  const baseOf = new Map(candidates.map((one) => [one, baseFor(one, bases)]));
  const told: ToldRun[] = [];
  for (const candidate of candidates) {
    const { run, readings } = await measure(context, set, candidate, jobs);
    if (options.quotes !== undefined && told.length === 0) {
      await writeTo(cwd, "quotes", options.quotes, quotesText(readings));
    }
    const base = baseOf.get(candidate);
    told.push({
      run,
      microUsdPerDeck: costOf(run, options),
      goals: judgeGoals(goals, figuresOf(run)),
      comparison: base === undefined ? null : compareRuns(base, run, tolerance),
    });
  }
  await writeFiles(context, set, told, options);
  if (output.json) output.object("evaluation", { runs: told.map(jsonOf) });
  else output.data(evaluationText(told, output.style));
  return told.every(isGood) ? exitCodes.ok : exitCodes.failed;
}

/** Curves are fitted to what the engine itself says. */
const uncalibrated = (candidate: Candidate): Candidate => ({
  ...candidate,
  pack: { ...candidate.pack, calibration: [] },
});

const isGood = ({ goals, comparison }: ToldRun): boolean =>
  goals.every(({ met }) => met !== false) && (comparison?.regressions ?? []).length === 0;

function toleranceOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new AppError("USAGE", "--tolerance must be a number of decks, such as 1");
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
): Promise<{ run: EvaluationRun; readings: { file: string; reading: Reading }[] }> {
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
    output.say(`${label}: ${plural(set.decks.length, "deck")} in ${wall.toFixed(0)} s`);
    const pairs = set.decks.flatMap((truth, at) => {
      const reading = readings[at];
      return reading === undefined ? [] : [{ truth, reading }];
    });
    const { name, version, contentHash } = pack;
    const decks = pairs.map(({ truth, reading }) => deckRunOf(truth, reading));
    return {
      run: { label, engine, models, pack: { name, version, contentHash }, decks },
      readings: pairs.map(({ truth: { file }, reading }) => ({ file, reading })),
    };
  } finally {
    await close();
  }
}

/** The saved run of the same engine and models, else the only one there is. */
function baseFor(candidate: Candidate, bases: readonly EvaluationRun[]): EvaluationRun | undefined {
  if (bases.length === 0) return undefined;
  const key = ({ engine, models, pack }: Candidate | EvaluationRun): string =>
    JSON.stringify([engine, models.vision, models.text, pack.name]);
  const same = bases.find((base) => key(base) === key(candidate));
  if (same !== undefined) return same;
  if (bases.length === 1) return bases[0];
  throw new AppError("USAGE", `--against: none of its runs is one of ${candidate.label}`);
}

/** Nothing unless a machine was named: the built-in engine needs none. */
function costOf(run: EvaluationRun, options: EvalOptions): number | null {
  if (options.gpu === undefined) return null;
  const { vision = 0, text = 0 } = pricesOf(options).microUsdPerHour;
  return microUsdPerDeck(run, { vision, text });
}

async function writeFiles(
  { cwd, output, clock }: Context,
  set: EvaluationSet,
  told: readonly ToldRun[],
  options: EvalOptions,
): Promise<void> {
  const runs = told.map(({ run }) => run);
  if (options.save !== undefined) await writeTo(cwd, "save", options.save, runsText(runs));
  const calibrations = runs.map(calibrate);
  if (options.calibrate !== undefined) {
    await writeTo(cwd, "calibrate", options.calibrate, calibrationText(calibrations));
    for (const one of calibrations) for (const line of calibrationLines(one)) output.say(line);
  }
  if (options.html === undefined) return;
  const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
  const slides = runs[0]?.decks.reduce((sum, { pages }) => sum + pages, 0) ?? 0;
  const page = evaluationPage({
    title: `Readings of ${set.decks.length} decks`,
    facts: [
      ["Decks", `${set.decks.length}, ${slides} slides`],
      ["Measured", day],
      ["Cost", options.gpu === undefined ? "not asked for" : `${options.prices}, ${options.gpu}`],
    ],
    runs: told,
    sections: [
      reliabilitySection(calibrations.map(({ run, ...one }) => ({ label: run.label, ...one }))),
    ],
  });
  await writeTo(cwd, "html", options.html, page);
  output.say(`The report is in ${resolve(cwd, options.html)}`);
}

const written = ["save", "quotes", "calibrate", "html"] as const;

async function checkFolders(cwd: string, options: EvalOptions): Promise<void> {
  for (const option of written) {
    const name = options[option];
    if (name === undefined) continue;
    const folder = dirname(resolve(cwd, name));
    await access(folder, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
      throw new AppError("USAGE", `--${option}: ${folder} cannot be written to (${error.code})`);
    });
  }
}

async function writeTo(cwd: string, option: string, name: string, text: string): Promise<void> {
  const path = resolve(cwd, name);
  await writeFile(path, text).catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `--${option}: ${path} cannot be written (${error.code ?? error})`);
  });
}

const jsonOf = ({ run, microUsdPerDeck: cost, goals, comparison }: ToldRun) => ({
  ...run,
  figures: figuresOf(run),
  microUsdPerDeck: cost,
  goals,
  comparison,
});
