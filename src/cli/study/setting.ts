import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import type { Topology } from "../../core/autoscaler/topology.ts";
import { AppError } from "../../errors/app-error.ts";
import type { PriceList } from "../../sim/judge/judge.ts";
import type { StudyJob } from "../../sim/study/job.ts";
import { judgedOf } from "../../sim/study/spans.ts";
import { type ColdStarts, prdColdStarts } from "../../sim/worlds/cold-starts.ts";
import { recordedColdStarts } from "../../sim/worlds/pinned-cold-starts.ts";
import type { ServiceTimes } from "../../sim/worlds/service-times.ts";
import { type Context, configOf } from "../context.ts";
import { type PriceOptions, pricesOf } from "./prices.ts";
import { readServiceTimes } from "./service-times.ts";
import { readTraffic, type Traffic } from "./traffic.ts";

export interface StudyOptions extends PriceOptions {
  readonly trace: string;
  readonly topology?: string | undefined;
  readonly coldStarts: string;
  readonly serviceTimes?: string | undefined;
}

/** What all simulations of one call have in common. */
export interface Setting {
  readonly traffic: Traffic;
  readonly base: PolicyBase;
  readonly prices: PriceList;
  readonly service: ServiceTimes;
  readonly coldStarts: ColdStarts;
}

/** Reads everything that is named, and refuses what is wrong with it before anything is simulated. */
export async function readSetting(context: Context, options: StudyOptions): Promise<Setting> {
  const { topology } = options;
  if (topology !== undefined && topology !== "split" && topology !== "shared") {
    throw new AppError("USAGE", `--topology must be split or shared, not "${topology}"`);
  }
  const coldStarts = coldStartsOf(options.coldStarts);
  const prices = pricesOf(options);
  const config = await configOf(context);
  const base = baseOf(config.scaling, topology ?? config.fleet.topology, prices);
  const service = await readServiceTimes(context, options.serviceTimes);
  return { traffic: await readTraffic(context, options.trace), base, prices, service, coldStarts };
}

/** What policies are made from here. A simulated start is one stretch, so phases have no deadlines of their own. */
function baseOf(
  { vision, text, ...scaling }: PolicyBase["scaling"],
  topology: Topology,
  { microUsdPerHour, quantumMs }: PriceList,
): PolicyBase {
  const whole = ({ phaseDeadlines: _, ...pool }: PolicyBase["scaling"]["vision"]) => pool;
  const pools = { vision: whole(vision), text: whole(text) };
  return { scaling: { ...scaling, ...pools }, topology, microUsdPerHour, quantumMs };
}

function coldStartsOf(name: string): ColdStarts {
  const known = [prdColdStarts, recordedColdStarts];
  const found = known.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = known.map((one) => one.name).join(" or ");
  throw new AppError("USAGE", `--cold-starts must be ${names}, not "${name}"`);
}

/** The request's promise: 95 % of documents within 15 minutes. */
const withinMs = 900_000;

/** A simulation of one policy with one seed in this setting. */
export function jobOf(setting: Setting, policy: string, seed: number): StudyJob {
  const { traffic, base, prices, service, coldStarts } = setting;
  const { arrivalsMs } = traffic;
  const judged = judgedOf(arrivalsMs);
  const common = { arrivalsMs, service, coldStarts, judged, withinMs, window: null };
  return { ...common, policy, base, seed, priceLists: [prices] };
}
