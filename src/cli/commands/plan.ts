import { parseDuration } from "../../core/autoscaler/duration.ts";
import { priceBooks } from "../../core/cost/price-books.ts";
import { AppError } from "../../errors/app-error.ts";
import { runSimulations } from "../../services/simulations/pool.ts";
import { goalsOf, hoursPerMonth, scaled } from "../../sim/plan/goals.ts";
import { bestOf, type Option, recommended } from "../../sim/plan/plan.ts";
import type { Context } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { planText, recommendedYaml } from "../report/plan.ts";
import { type OfferOptions, offersOf } from "../study/offers.ts";
import { createStudyProgress } from "../study/progress.ts";
import { readSetting } from "../study/setting.ts";
import { atRate, newest } from "../study/traffic.ts";
import { trafficWords } from "../study/words.ts";

export interface PlanOptions extends OfferOptions {
  readonly trace?: string | undefined;
  readonly perHour?: string | undefined;
  readonly within: string;
  readonly share: string;
  readonly prices: string;
  readonly coldStarts: string;
  readonly serviceTimes?: string | undefined;
  readonly seeds: string;
  readonly documents: string;
}

const seedsMax = 20;
const documentsMax = 100_000;

/**
 * Looks for the cheapest policy, bounds, machines and topology that keep a promise at given traffic, and for
 * which goals of the request each topology reaches. Ends with 9 when nothing keeps the promise.
 */
export async function plan(context: Context, options: PlanOptions): Promise<number> {
  const { output } = context;
  const promise = promiseOf(options);
  const seeds = countOption("seeds", options.seeds, seedsMax);
  const limit = countOption("documents", options.documents, documentsMax);
  if (!priceBooks.some(({ name }) => name === options.prices)) {
    const names = priceBooks.map(({ name }) => name).join(", ");
    throw new AppError("USAGE", `--prices must be one of ${names}, not "${options.prices}"`);
  }
  const offers = offersOf(options);
  const perHour = rateOf(options);
  const trace = options.trace ?? `poisson:${perHour ?? 1}/h`;
  const setting = await readSetting(context, { ...options, trace });
  const arrivalsMs = newest(
    perHour === null ? setting.traffic.arrivalsMs : atRate(setting.traffic.arrivalsMs, perHour),
    limit,
  );
  const progress = createStudyProgress(context, "Searching");
  const { scaling } = setting.base;
  const { service, coldStarts } = setting;
  const best = await bestOf(
    { arrivalsMs, service, coldStarts, scaling, offers, seeds, ...promise },
    (jobs) => runSimulations(jobs, { signal: context.interrupt.signal, onDone: progress.done }),
  ).finally(progress.end);
  const spanHours = ((arrivalsMs.at(-1) ?? 0) - (arrivalsMs[0] ?? 0)) / 3_600_000;
  const documentsPerMonth = ((arrivalsMs.length - 1) / spanHours) * hoursPerMonth;
  const chosen = recommended(best.filter(({ offer }) => offer.prices.name === options.prices));
  const seen = { best, chosen, documentsPerMonth, ...promise };
  const traffic = `${setting.traffic.name}: ${trafficWords(arrivalsMs)}`;
  if (output.json) output.object("plan", jsonOf(traffic, seen));
  else {
    const facts = { traffic, coldStarts: coldStarts.name, service: service.source };
    output.data(planText({ ...facts, ...seen, options }, output.style));
  }
  return chosen === undefined ? exitCodes.refused : exitCodes.ok;
}

function promiseOf({ within, share }: PlanOptions) {
  const withinMs = parseDuration(within);
  if (withinMs === null || withinMs <= 0) {
    throw new AppError("USAGE", `--within must be a duration such as 15m, not "${within}"`);
  }
  const value = Number(share);
  if (!/^0?\.\d+$/.test(share) || !(value > 0 && value < 1)) {
    throw new AppError("USAGE", `--share must lie between 0 and 1, such as 0.95, not "${share}"`);
  }
  return { withinMs, share: value };
}

function rateOf({ trace, perHour }: PlanOptions): number | null {
  if (perHour === undefined) {
    if (trace === undefined) throw new AppError("USAGE", "Give --trace, --per-hour or both.");
    return null;
  }
  const rate = Number(perHour);
  if (/^\d+(\.\d+)?$/.test(perHour) && rate > 0 && rate <= 10_000) return rate;
  throw new AppError("USAGE", `--per-hour must be documents an hour, not "${perHour}"`);
}

export interface Seen {
  readonly best: readonly Option[];
  readonly chosen: Option | undefined;
  readonly documentsPerMonth: number;
  readonly withinMs: number;
  readonly share: number;
}

function jsonOf(traffic: string, seen: Seen) {
  const { best, chosen, documentsPerMonth } = seen;
  const view = (option: Option) => ({
    prices: option.offer.prices.name,
    offer: option.offer.name,
    topology: option.offer.topology,
    ...{ gpu: option.offer.gpu, spot: option.offer.spot },
    ...{ policy: option.policy, caps: option.caps, keeps: option.keeps },
    usdPerDocument: option.summary.usdPerDocument,
    usdPerMonth: scaled(option.summary.usdPerHour, hoursPerMonth),
    completionP95Ms: option.summary.p95Ms,
    within: option.summary.within,
    figures: option.summary.figures,
    goals: goalsOf({ ...seen, ...option }),
  });
  return {
    ...{ traffic, documentsPerMonth, withinMs: seen.withinMs, share: seen.share },
    options: best.map(view),
    recommended: chosen === undefined ? null : view(chosen),
    yaml: chosen === undefined ? null : recommendedYaml(chosen),
  };
}
