import { access, constants, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { describePolicies } from "../../core/autoscaler/policies/registry.ts";
import { AppError } from "../../errors/app-error.ts";
import { runSimulations } from "../../services/simulations/pool.ts";
import { reportPage } from "../../sim/report/page.ts";
import type { StudyRun } from "../../sim/study/job.ts";
import { reportData } from "../../sim/study/report.ts";
import { judgedOf, typicalDay, warmUpShare } from "../../sim/study/spans.ts";
import { type PolicySummary, summaryOf } from "../../sim/study/summary.ts";
import { type Sweep, sweepsOf } from "../../sim/study/sweep.ts";
import type { Context } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { policiesText } from "../report/policies.ts";
import { studyText } from "../report/study.ts";
import { policiesOf } from "../study/policies.ts";
import { createStudyProgress } from "../study/progress.ts";
import { jobOf, readSetting, type Setting, type StudyOptions } from "../study/setting.ts";
import { settingFacts } from "../study/words.ts";

export interface SimulateOptions extends Omit<StudyOptions, "trace"> {
  readonly trace?: string | undefined;
  readonly policies?: boolean | undefined;
  readonly policy: string;
  readonly seeds: string;
  /** The first of them. */
  readonly seed: string;
  readonly html?: string | undefined;
}

const seedsMax = 50;
const seedMax = 1_000_000;

/** Plays a trace under several policies, with the same chance for each, and tells what they cost and how long it took. */
export async function simulate(context: Context, options: SimulateOptions): Promise<number> {
  const { output } = context;
  if (options.policies === true) return listPolicies(context);
  const { trace } = options;
  if (trace === undefined) throw new AppError("USAGE", "Say which traffic: --trace.");
  const seeds = countOption("seeds", options.seeds, seedsMax);
  const firstSeed = countOption("seed", options.seed, seedMax);
  if (options.html !== undefined) await refuseUnwritable(resolve(context.cwd, options.html));
  const setting = await readSetting(context, { ...options, trace });
  const policies = policiesOf(options.policy, setting.base);
  const sweeps = options.html === undefined ? [] : sweepsOf(policies);
  const runs = await runAll(context, setting, { policies, seeds, firstSeed, sweeps });
  const summaries = policies.map((policy) => summary(setting, runs, policy));
  const facts = settingFacts(setting, seeds);
  if (options.html !== undefined) {
    const path = resolve(context.cwd, options.html);
    const page = pageOf(setting, { runs, policies, firstSeed, summaries, sweeps, facts });
    await writeFile(path, page).catch((error) => refuseFile(path, error));
    output.say(`The report is in ${path}`);
  }
  if (output.json) output.object("simulation", jsonOf(facts, summaries));
  else {
    const columns = output.stdoutIsTty ? output.size().columns : null;
    output.data(
      [
        ...facts.map(([name, value]) => `${name.padEnd(14)}${value}`),
        "",
        studyText(summaries, output.style, columns),
        "",
        output.style.colors.dim(
          `The first ${warmUpShare * 100} % of the time do not count. ON TIME: a text container was ready when it was needed; 30 S: its work began`,
        ),
        output.style.colors.dim(
          "within 30 s of that; FEASIBLE: on time among those where a start at upload would have been, with its 95 % interval.",
        ),
      ].join("\n"),
    );
  }
  return exitCodes.ok;
}

/** Found out before minutes of work, not after. */
const refuseUnwritable = (path: string): Promise<void> =>
  access(dirname(path), constants.W_OK).catch((error) => refuseFile(path, error));

function refuseFile(path: string, error: NodeJS.ErrnoException): never {
  throw new AppError("USAGE", `--html: ${path} cannot be written (${error.code ?? error})`);
}

function listPolicies({ output }: Context): number {
  const policies = describePolicies();
  if (output.json) output.object("policies", { policies });
  else output.data(policiesText(policies, output.style));
  return exitCodes.ok;
}

interface Wanted {
  readonly policies: readonly string[];
  readonly seeds: number;
  readonly firstSeed: number;
  readonly sweeps: readonly Sweep[];
}

/** Policies with every seed; what is only on a curve with the first one. */
async function runAll(
  context: Context,
  setting: Setting,
  { policies, seeds, firstSeed, sweeps }: Wanted,
): Promise<StudyRun[]> {
  const { arrivalsMs } = setting.traffic;
  const window = sweeps.length === 0 ? null : typicalDay(arrivalsMs, judgedOf(arrivalsMs));
  const table = policies.flatMap((policy) =>
    Array.from({ length: seeds }, (_, at) => ({
      ...jobOf(setting, policy, firstSeed + at),
      window: at === 0 ? window : null,
    })),
  );
  const more = new Set(sweeps.flatMap(({ points }) => points.map(({ policy }) => policy)));
  for (const policy of policies) more.delete(policy);
  const curves = [...more].map((policy) => jobOf(setting, policy, firstSeed));
  const progress = createStudyProgress(context, "Simulating");
  try {
    return await runSimulations([...table, ...curves], {
      signal: context.interrupt.signal,
      onDone: progress.done,
    });
  } finally {
    progress.end();
  }
}

const summary = (setting: Setting, runs: readonly StudyRun[], policy: string): PolicySummary =>
  summaryOf(
    runs.filter((run) => run.policy === policy),
    [setting.prices],
    0,
  );

interface Simulated extends Omit<Wanted, "seeds"> {
  readonly runs: readonly StudyRun[];
  readonly summaries: readonly PolicySummary[];
  readonly facts: readonly (readonly [string, string])[];
}

function pageOf(
  setting: Setting,
  { runs, policies, firstSeed, summaries, sweeps, facts }: Simulated,
): string {
  const { arrivalsMs, name } = setting.traffic;
  const window = typicalDay(arrivalsMs, judgedOf(arrivalsMs));
  const first = policies.flatMap(
    (policy) => runs.find((run) => run.policy === policy && run.seed === firstSeed) ?? [],
  );
  const firstOnly = runs.filter((run) => run.seed === firstSeed);
  return reportPage(
    reportData({
      title: `Scaling policies on ${name}`,
      ...{ facts, summaries, first, window, arrivalsMs },
      why: "Of the whole days, the one whose number of uploads is the median.",
      sweeps: sweeps.map((sweep) => ({
        sweep,
        summaries: sweep.points.map(({ policy }) => summary(setting, firstOnly, policy)),
      })),
    }),
  );
}

function jsonOf(
  facts: readonly (readonly [string, string])[],
  summaries: readonly PolicySummary[],
) {
  return {
    setting: Object.fromEntries(facts),
    policies: summaries.map(({ policy, seeds, figures, usdPerDocument, p95Ms }) => ({
      ...{ policy, seeds, ...figures },
      intervals: { usdPerDocument, completionP95Ms: p95Ms },
    })),
  };
}
