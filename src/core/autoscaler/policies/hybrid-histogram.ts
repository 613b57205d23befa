import type { Answer, Json, Policy, PoolQuestion, Want } from "../decision.ts";
import { isNeeded } from "../observation.ts";
import { earlyVerb, seconds } from "../words.ts";
import type { PolicyBase } from "./base.ts";
import { referencePolicy } from "./reference.ts";

/** The hybrid histogram policy, with the parameters of its paper. */
export interface HybridHistogramSettings {
  readonly binMs: number;
  /** Idle times beyond it are counted, and no more. */
  readonly rangeMs: number;
  /** Quantiles of the idle times between which a replica is there. */
  readonly head: number;
  readonly tail: number;
  readonly margin: number;
  /** Bins whose counts vary less than this (coefficient of variation) say nothing. */
  readonly variationMin: number;
  /** From this share of idle times beyond the range on, the next is forecast. */
  readonly outsideMax: number;
  readonly forecastMargin: number;
}

export const hybridHistogramDefaults: HybridHistogramSettings = {
  binMs: 60_000,
  rangeMs: 14_400_000,
  head: 0.05,
  tail: 0.99,
  margin: 0.1,
  variationMin: 2,
  outsideMax: 0.5,
  forecastMargin: 0.15,
};

interface PoolHistory {
  /** What goes before the first work is no idle time. */
  readonly hasWorked: boolean;
  /** Since when nothing has needed the pool; null while something does. */
  readonly idleSinceMs: number | null;
  readonly counts: readonly number[];
  readonly outside: number;
  /** The last idle times. */
  readonly last: readonly number[];
}

/** So many of the last idle times make the forecast. */
const lastMax = 10;

/** From how long an idle time on a replica is there, and until when. */
interface Windows {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rule: "certain" | "uncertain" | "outside";
}

/**
 * The hybrid histogram of "Serverless in the Wild" (ATC'20) as keep-alive, with the reference's rules for
 * starting and adding replicas. A pool's idle times go into bins of 60 s over 4 h:
 *
 *     half of them or more beyond the range: stop, start again 15 % before the forecast, keep until 15 % after
 *     coefficient of variation of the bins below 2: keep for the whole range
 *     else: stop, start again at the 5 % quantile less 10 %, keep until the 99 % quantile and 10 %
 *
 * Quantiles are a bin's lower edge for the head, its upper edge for the tail.
 *
 * Source: osukhoroslov/dslab crates/dslab-faas/src/extra/hybrid_histogram.rs, which has the parameters.
 *
 * Unlike the paper: the forecast is the mean of the last ten idle times, where the paper fits an ARIMA
 * model; one replica is kept, whatever ran before; idle times are those of a pool ("no pipeline in the
 * system needs it"), and for starts it looks at slide progress, as the reference does.
 */
export function hybridHistogramPolicy(base: PolicyBase, settings: HybridHistogramSettings): Policy {
  const starts = referencePolicy(base.scaling, base.topology);
  return {
    ...starts,
    name: "hybrid-histogram",
    want(question, state): Answer {
      const before = (state ?? {}) as unknown as Readonly<Record<string, PoolHistory>>;
      const after: Record<string, PoolHistory> = { ...before };
      const wants: Record<string, Want> = { ...starts.want(question, null).wants };
      for (const [pool, asked] of Object.entries(question.pools)) {
        const history = nextHistory(before[pool] ?? none, asked, question.nowMs, settings);
        after[pool] = history;
        if (isNeeded(asked.demand)) continue;
        const sinceMs = history.idleSinceMs ?? asked.unneededSinceMs ?? question.nowMs;
        wants[pool] = wantIdle(
          asked,
          question.nowMs - sinceMs,
          sinceMs,
          windowsOf(history, settings),
        );
      }
      return { wants, state: after as unknown as Json };
    },
  };
}

const none: PoolHistory = {
  hasWorked: false,
  idleSinceMs: null,
  counts: [],
  outside: 0,
  last: [],
};

function nextHistory(
  history: PoolHistory,
  { demand, unneededSinceMs }: PoolQuestion,
  nowMs: number,
  settings: HybridHistogramSettings,
): PoolHistory {
  const { hasWorked, idleSinceMs } = history;
  if (!isNeeded(demand)) {
    if (!hasWorked || idleSinceMs !== null) return history;
    return { ...history, idleSinceMs: unneededSinceMs ?? nowMs };
  }
  if (idleSinceMs === null) return hasWorked ? history : { ...history, hasWorked: true };
  const idleMs = Math.max(0, nowMs - idleSinceMs);
  const now = { ...history, idleSinceMs: null, last: [...history.last, idleMs].slice(-lastMax) };
  const bin = Math.floor(idleMs / settings.binMs);
  const bins = binsOf(settings);
  if (bin >= bins) return { ...now, outside: history.outside + 1 };
  const counts = Array.from({ length: bins }, (_, at) => history.counts[at] ?? 0);
  counts[bin] = (counts[bin] ?? 0) + 1;
  return { ...now, counts };
}

const binsOf = ({ rangeMs, binMs }: HybridHistogramSettings): number =>
  Math.max(2, Math.round(rangeMs / binMs));

function windowsOf(history: PoolHistory, settings: HybridHistogramSettings): Windows {
  const { counts, outside, last } = history;
  const inside = counts.reduce((sum, count) => sum + count, 0);
  const { binMs, margin, forecastMargin, rangeMs } = settings;
  if (outside > 0 && outside / (outside + inside) >= settings.outsideMax) {
    const forecastMs = last.reduce((sum, ms) => sum + ms, 0) / Math.max(1, last.length);
    return {
      fromMs: Math.round(forecastMs * (1 - forecastMargin)),
      untilMs: Math.round(forecastMs * (1 + forecastMargin)),
      rule: "outside",
    };
  }
  if (inside === 0 || variationOf(counts, inside) < settings.variationMin) {
    return { fromMs: 0, untilMs: rangeMs, rule: "uncertain" };
  }
  const head = binAt(counts, inside * settings.head);
  const tail = binAt(counts, inside * settings.tail) + 1;
  return {
    fromMs: Math.round(head * binMs * (1 - margin)),
    untilMs: Math.round(tail * binMs * (1 + margin)),
    rule: "certain",
  };
}

/** The first bin up to which there are so many. */
function binAt(counts: readonly number[], many: number): number {
  let sum = 0;
  for (const [at, count] of counts.entries()) {
    sum += count;
    if (sum >= many && sum > 0) return at;
  }
  return counts.length - 1;
}

/** Coefficient of variation of the counts of all bins, as of a sample. */
function variationOf(counts: readonly number[], sum: number): number {
  const mean = sum / counts.length;
  const squares = counts.reduce((total, count) => total + (count - mean) ** 2, 0);
  return Math.sqrt(squares / (counts.length - 1)) / mean;
}

function wantIdle(
  { pool, replicas }: PoolQuestion,
  idleMs: number,
  sinceMs: number,
  { fromMs, untilMs, rule }: Windows,
): Want {
  const isWindow = idleMs >= fromMs && idleMs < untilMs;
  // Without a pause before the window it is what still runs that is kept: nothing is started for it.
  const wanted = isWindow ? (fromMs === 0 ? Math.min(1, replicas) : 1) : 0;
  const changeMs = idleMs < fromMs ? fromMs : isWindow && wanted > 0 ? untilMs : null;
  return {
    replicas: wanted,
    rule: wanted > replicas ? "pre-warm-idle" : wanted < replicas ? "idle" : ruleToKeep(wanted),
    quiet: wanted === 0,
    againAtMs: changeMs === null ? null : sinceMs + changeMs,
    explain: () => ({
      verb: earlyVerb,
      because: `nothing has needed ${pool} for ${seconds(idleMs)}; by its idle times so far (${rule}) one is there from ${seconds(fromMs)} to ${seconds(untilMs)} without need`,
      inputs: { idleMs, fromMs, untilMs, pattern: rule },
      alternative: "keep it all the time, or stop it at once, whatever the idle times were",
    }),
  };
}

const ruleToKeep = (wanted: number): string => (wanted > 0 ? "scale-down-delay" : "no-work");
