import { policyNamed } from "../../../src/core/autoscaler/policies/registry.ts";
import { wholeMs } from "../../../src/core/fleet/deadlines.ts";
import type { StudyJob } from "../../../src/sim/study/job.ts";
import {
  type Changes,
  medianOf,
  type SimSetting,
  startMedianOf,
  studyJob,
  withChanges,
} from "../../../src/sim/what-if/setting.ts";
import { madeUpArrivals } from "../../../src/sim/worlds/arrivals.ts";
import type { Known } from "./known.ts";
import type { OneSetting, WhatIfSearch } from "./search.ts";

/** One of the two, ready to be simulated. */
export interface Side {
  readonly policy: string;
  readonly setting: SimSetting;
  readonly jobs: readonly StudyJob[];
}

export interface Plan {
  readonly a: Side;
  readonly b: Side;
  readonly documents: number;
  readonly runs: number;
  /** So many of the last days are played back; null: the uploads come at random. */
  readonly playedDays: number | null;
}

/** So far back uploads are known. */
export const recordedDays = 30;

export const defaults = { decks: 24, days: 14, seed: 1, runs: 3 } as const;

/** More would keep the browser busy for minutes. */
const documentsMax = 300_000;
const dayMs = 86_400_000;

/** What the second setting is compared with where nobody chose: the other one of the two that are ours. */
const otherPolicy = (policy: string): string =>
  policy.split(":")[0] === "just-in-time" ? "reference" : "just-in-time";

export const policyOf = (which: "a" | "b", search: WhatIfSearch, known: Known): string =>
  search[which]?.policy ?? (which === "a" ? known.policy : otherPolicy(known.policy));

/** All simulations of the page, or what is wrong with what was asked, as a sentence. */
export function planOf(known: Known, search: WhatIfSearch): Plan | { readonly problem: string } {
  const { decks = defaults.decks, days = defaults.days, runs = defaults.runs } = search;
  const isRecorded = search.traffic === "recorded";
  const playedDays = isRecorded ? Math.min(recordedDays, search.days ?? recordedDays) : null;
  const recorded = playedDays === null ? [] : recordedWithin(known, playedDays);
  const count = isRecorded ? recorded.length : Math.round(decks * days);
  if (count < 2) {
    return {
      problem: isRecorded
        ? `Fewer than two uploads were recorded in the last ${playedDays === 1 ? "day" : `${playedDays} days`}: there is no traffic to play.`
        : "That is less than two decks in all: ask for more decks or more days.",
    };
  }
  if (2 * count * runs > documentsMax) {
    return {
      problem: `That would be ${(2 * count * runs).toLocaleString("en-US")} decks to simulate; at most ${documentsMax.toLocaleString("en-US")} are done here. Ask for fewer days or replications.`,
    };
  }
  const arrivalsMs = isRecorded ? recorded : madeUpArrivals(decks / 24, days * dayMs);
  const side = (which: "a" | "b"): Side | { readonly problem: string } => {
    const policy = policyOf(which, search, known);
    const setting = withChanges(known.setting, changesOf(search, search[which] ?? {}));
    const named = policyNamed(policy, setting.base);
    if ("problem" in named) {
      return { problem: `${which.toUpperCase()}: ${named.problem} ${named.next}` };
    }
    const seeds = Array.from({ length: runs }, (_, at) => (search.seed ?? defaults.seed) + at);
    const jobs = seeds.map((seed) => studyJob(setting, { policy, arrivalsMs, seed }));
    return { policy, setting, jobs };
  };
  const [a, b] = [side("a"), side("b")];
  if ("problem" in a) return a;
  if ("problem" in b) return b;
  return { a, b, documents: arrivalsMs.length, runs, playedDays };
}

/** Uploads of the last days, from the first of them on. */
function recordedWithin({ arrivalsMs, since, readAtMs }: Known, days: number): number[] {
  if (since === null) return [];
  const fromMs = readAtMs - days * dayMs - Date.parse(since);
  const own = arrivalsMs.filter((atMs) => atMs >= fromMs);
  const [first = 0] = own;
  return own.map((atMs) => atMs - first);
}

/** As the simulator takes them. */
function changesOf({ slides }: WhatIfSearch, one: OneSetting): Changes {
  return {
    slides,
    keepWarmSeconds: { vision: one.keepVision, text: one.keepText },
    maxReplicas: { vision: one.maxVision, text: one.maxText },
    coldStartSeconds: { vision: one.coldVision, text: one.coldText },
    usdPerHour: { vision: one.usdVision, text: one.usdText },
  };
}

/** What each field of a setting is while nobody changes it. */
export function standing({
  base,
  prices,
  coldStarts,
}: SimSetting): Required<Omit<OneSetting, "policy">> {
  const { vision, text } = base.scaling;
  const usd = (pool: string): number => (prices.microUsdPerHour[pool] ?? 0) / 1e6;
  const seconds = (pool: string): number => Math.round(10 * startMedianOf(coldStarts, pool)) / 10;
  return {
    ...{ keepVision: vision.scaleDownDelayMs / 1000, keepText: text.scaleDownDelayMs / 1000 },
    ...{ maxVision: vision.maxReplicas, maxText: text.maxReplicas },
    ...{ coldVision: seconds("vision"), coldText: seconds("text") },
    ...{ usdVision: usd("vision"), usdText: usd("text") },
  };
}

/**
 * Pools whose starts mostly take longer than the configuration waits for them, as sentences: such starts are given
 * up, and documents wait for the next one.
 */
export function startWarnings({ a, b }: Plan): string[] {
  return [...new Set([...warningsOf(a, "A"), ...warningsOf(b, "B")])];
}

function warningsOf({ setting: { base, coldStarts } }: Side, name: string): string[] {
  return (["vision", "text"] as const).flatMap((pool) => {
    const seconds = startMedianOf(coldStarts, pool);
    const { startupTimeoutMs: totalMs, phaseDeadlines: phases = {} } = base.scaling[pool];
    const limit = wholeMs({ totalMs, phases }) / 1000;
    return seconds <= limit
      ? []
      : [
          `${name}: a start of ${pool} takes ${Math.round(seconds)} s, longer than the ${limit} s that the configuration waits for it. Most are given up and begun again.`,
        ];
  });
}

export const slidesOf = ({ service }: SimSetting): number => Math.round(medianOf(service.slides));

/** For a shell: an address may bring any text as the name of a policy. */
const quoted = (text: string): string =>
  /^[\w:=,.%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The same simulation on the command line. The order of options is that of its help. */
export function commandOf(which: "a" | "b", search: WhatIfSearch, known: Known): string {
  const {
    decks = defaults.decks,
    days = defaults.days,
    runs = defaults.runs,
    seed,
    slides,
  } = search;
  const one = search[which] ?? {};
  const pair = (flag: string, [vision, text]: readonly (number | undefined)[], unit = "") => {
    const parts = [
      ...(vision === undefined ? [] : [`vision=${vision}${unit}`]),
      ...(text === undefined ? [] : [`text=${text}${unit}`]),
    ];
    return parts.length === 0 ? [] : [flag, parts.join(",")];
  };
  const trace = search.traffic === "recorded" ? "TRACE.csv" : `poisson:${decks / 24}/h,${days}d`;
  return [
    ...["pilotlight", "simulate", "--trace", trace],
    ...["--policy", quoted(policyOf(which, search, known)), "--seeds", String(runs)],
    ...(seed === undefined ? [] : ["--seed", String(seed)]),
    ...(known.isOwn ? ["--learned"] : []),
    ...(slides === undefined ? [] : ["--slides", String(slides)]),
    ...pair("--keep-warm", [one.keepVision, one.keepText], "s"),
    ...pair("--max-replicas", [one.maxVision, one.maxText]),
    ...pair("--cold-start", [one.coldVision, one.coldText], "s"),
    ...pair("--usd-per-hour", [one.usdVision, one.usdText]),
  ].join(" ");
}
