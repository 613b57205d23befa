import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import type { PoolScaling } from "../../core/autoscaler/settings.ts";
import type { PriceList } from "../judge/judge.ts";
import type { StudyJob } from "../study/job.ts";
import { judgedOf } from "../study/spans.ts";
import type { ColdStarts } from "../worlds/cold-starts.ts";
import type { Distribution } from "../worlds/distribution.ts";
import type { ServiceTimes } from "../worlds/service-times.ts";

/** Everything that simulations of one installation have in common, but for its traffic. Plain JSON. */
export interface SimSetting {
  readonly base: PolicyBase;
  readonly prices: PriceList;
  readonly service: ServiceTimes;
  readonly coldStarts: ColdStarts;
}

/** A figure of each kind of work; absent: as it is. */
export interface ByPool {
  readonly vision?: number | undefined;
  readonly text?: number | undefined;
}

/** What is to be otherwise. */
export interface Changes {
  /** Median of a document's slides. */
  readonly slides?: number | undefined;
  /** How long a replica without work is kept, by policies that go by the configuration. */
  readonly keepWarmSeconds?: ByPool | undefined;
  readonly maxReplicas?: ByPool | undefined;
  /** Median of a start. */
  readonly coldStartSeconds?: ByPool | undefined;
  readonly usdPerHour?: ByPool | undefined;
}

/** The setting with what is to be otherwise; nothing given, nothing changed. */
export function withChanges(setting: SimSetting, changes: Changes): SimSetting {
  const { base, prices, service, coldStarts } = setting;
  const { vision, text } = base.scaling;
  const pools = {
    vision: poolWith(vision, changes, "vision"),
    text: poolWith(text, changes, "text"),
  };
  const microUsdPerHour = priced(prices.microUsdPerHour, changes.usdPerHour ?? {});
  const { slides } = changes;
  return {
    base: { ...base, scaling: { ...base.scaling, ...pools }, microUsdPerHour },
    prices: { ...prices, microUsdPerHour },
    service:
      slides === undefined
        ? service
        : { ...service, slides: scaled(service.slides, slides / medianOf(service.slides)) },
    coldStarts: startsWith(coldStarts, changes.coldStartSeconds ?? {}),
  };
}

function poolWith(pool: PoolScaling, changes: Changes, name: keyof ByPool): PoolScaling {
  const keepWarm = changes.keepWarmSeconds?.[name];
  const maxReplicas = changes.maxReplicas?.[name] ?? pool.maxReplicas;
  return {
    ...pool,
    maxReplicas,
    minReplicas: Math.min(pool.minReplicas, maxReplicas),
    scaleDownDelayMs: keepWarm === undefined ? pool.scaleDownDelayMs : 1000 * keepWarm,
  };
}

/** A replica that does both kinds of work costs as much as the dearer of the two that were named. */
function priced(
  prices: PriceList["microUsdPerHour"],
  { vision, text }: ByPool,
): PriceList["microUsdPerHour"] {
  if (vision === undefined && text === undefined) return prices;
  const micro = (usd: number | undefined, was: number | undefined): number =>
    usd === undefined ? (was ?? 0) : Math.round(usd * 1_000_000);
  const both = { vision: micro(vision, prices.vision), text: micro(text, prices.text) };
  return { ...prices, ...both, shared: Math.max(both.vision, both.text) };
}

/** A start of a pool is stretched or shortened as a whole, so that its parts keep their shares. */
function startsWith(coldStarts: ColdStarts, { vision, text }: ByPool): ColdStarts {
  if (vision === undefined && text === undefined) return coldStarts;
  const { pools } = coldStarts;
  const stretched = (pool: string, seconds: number | undefined) => {
    const parts = pools[pool] ?? pools.text ?? [];
    if (seconds === undefined) return { [pool]: parts };
    const factor = seconds / startMedianOf(coldStarts, pool);
    return { [pool]: parts.map((part) => scaled(part, factor)) };
  };
  const own = { ...stretched("vision", vision), ...stretched("text", text) };
  return { ...coldStarts, pools: { ...pools, ...own, ...stretched("shared", text) } };
}

/** Seconds of a start: the sum of its parts' medians. Never 0. */
export function startMedianOf({ pools }: ColdStarts, pool: string): number {
  const parts = pools[pool] ?? pools.text ?? [];
  return Math.max(
    0.001,
    parts.reduce((sum, part) => sum + medianOf(part), 0),
  );
}

export function medianOf(distribution: Distribution): number {
  if (distribution.kind === "log-normal") return distribution.median;
  const { values } = distribution;
  return values[Math.floor((values.length - 1) / 2)] ?? 0;
}

function scaled(distribution: Distribution, factor: number): Distribution {
  if (distribution.kind === "quantiles") {
    return { kind: "quantiles", values: distribution.values.map((value) => value * factor) };
  }
  const { median, min, max } = distribution;
  return { ...distribution, median: median * factor, min: min * factor, max: max * factor };
}

/** The request's promise: 95 % of documents within 15 minutes. */
const withinMs = 900_000;

/** A simulation of one policy with one seed in this setting. Throws RangeError without arrivals. */
export function studyJob(
  { base, prices, service, coldStarts }: SimSetting,
  {
    policy,
    arrivalsMs,
    seed,
  }: { readonly policy: string; readonly arrivalsMs: readonly number[]; readonly seed: number },
): StudyJob {
  const common = { arrivalsMs, service, coldStarts, judged: judgedOf(arrivalsMs), withinMs };
  return { ...common, window: null, policy, base, seed, priceLists: [prices] };
}
