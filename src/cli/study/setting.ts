import { AppError } from "../../errors/app-error.ts";
import type { StudyJob } from "../../sim/study/job.ts";
import type { TuneInput } from "../../sim/tune/propose.ts";
import { baseFor, settingOfHistory } from "../../sim/what-if/known.ts";
import { type SimSetting, studyJob, withChanges } from "../../sim/what-if/setting.ts";
import { type ColdStarts, prdColdStarts } from "../../sim/worlds/cold-starts.ts";
import { recordedColdStarts } from "../../sim/worlds/pinned-cold-starts.ts";
import { type Context, configOf, runningApi } from "../context.ts";
import { type ChangeOptions, changesOf } from "./changes.ts";
import { type PriceOptions, pricesOf } from "./prices.ts";
import { readServiceTimes } from "./service-times.ts";
import { readTraffic, type Traffic } from "./traffic.ts";

export interface StudyOptions extends PriceOptions, ChangeOptions {
  /** Work, starts, bounds and prices of the running installation instead of those of the options. */
  readonly learned?: boolean | undefined;
  readonly trace: string;
  readonly topology?: string | undefined;
  readonly coldStarts: string;
  readonly serviceTimes?: string | undefined;
}

/** What all simulations of one call have in common. */
export interface Setting extends SimSetting {
  readonly traffic: Traffic;
}

/** Reads everything that is named, and refuses what is wrong with it before anything is simulated. */
export async function readSetting(context: Context, options: StudyOptions): Promise<Setting> {
  const { topology } = options;
  if (topology !== undefined && topology !== "split" && topology !== "shared") {
    throw new AppError("USAGE", `--topology must be split or shared, not "${topology}"`);
  }
  const coldStarts = coldStartsOf(options.coldStarts);
  const prices = pricesOf(options);
  const changes = changesOf(options);
  if (options.learned === true) {
    const setting = withChanges(await learnedSetting(context), changes);
    return { traffic: await readTraffic(context, options.trace), ...setting };
  }
  const config = await configOf(context);
  const base = baseFor(config.scaling, topology ?? config.fleet.topology, prices);
  const service = await readServiceTimes(context, options.serviceTimes);
  const setting = withChanges({ base, prices, service, coldStarts }, changes);
  return { traffic: await readTraffic(context, options.trace), ...setting };
}

const learnedDays = 30;

/** Bounds, prices, work and starts as the running installation knows them. */
async function learnedSetting(context: Context): Promise<SimSetting> {
  const api = await runningApi(context);
  const { input } = await api.tuning.history(learnedDays, context.interrupt.signal);
  // The contract has checked the outline; what lies within goes to the simulator of the same program.
  return settingOfHistory(input as unknown as TuneInput);
}

function coldStartsOf(name: string): ColdStarts {
  const known = [prdColdStarts, recordedColdStarts];
  const found = known.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = known.map((one) => one.name).join(" or ");
  throw new AppError("USAGE", `--cold-starts must be ${names}, not "${name}"`);
}

/** A simulation of one policy with one seed in this setting. */
export const jobOf = ({ traffic, ...setting }: Setting, policy: string, seed: number): StudyJob =>
  studyJob(setting, { policy, arrivalsMs: traffic.arrivalsMs, seed });
