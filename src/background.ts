import { join } from "node:path";
import type { Config } from "./config.ts";
import type { Policy } from "./core/autoscaler/decision.ts";
import type { Startable } from "./core/pipeline/stranded.ts";
import type { Service } from "./lib/service.ts";
import { type Caching, createCaching } from "./services/caching.ts";
import type { ServiceContext } from "./services/context.ts";
import { createFetcher } from "./services/fetcher.ts";
import { createJanitor } from "./services/janitor.ts";
import { createNightlyTuner } from "./services/nightly-tuner.ts";
import type { PackService } from "./services/packs.ts";
import { createPortfolioIndex } from "./services/portfolio-index.ts";
import { createQueueMetrics, type QueueMetrics } from "./services/queue-metrics.ts";
import { createRescuer } from "./services/rescuer.ts";
import { createStranded, type Stranded } from "./services/stranded.ts";
import { createSweeper } from "./services/sweeper.ts";
import type { TunerFacts } from "./services/tuner.ts";
import { createVacuumWatch } from "./services/vacuum-watch.ts";
import { createVerdicts } from "./services/verdicts.ts";
import { createDeckAsker } from "./worker/engines/ask-deck.ts";
import type { EngineChoice } from "./worker/engines/detect.ts";
import { featuresOf } from "./worker/settings.ts";

/** What works without being asked, apart from scaling; composed here, started by the main file. */
export interface Background {
  readonly metrics: QueueMetrics;
  readonly stranded: Stranded;
  readonly rescuer: Service & { wake(): void };
  /** All of them, in the order of their start. */
  readonly services: readonly Service[];
}

/** A verdict is news for people: seconds do not matter. */
const verdictsMs = 2_000;
const portfolioMs = 2_000;

export function createBackground(
  context: ServiceContext,
  config: Config,
  { startable, installation }: { readonly startable: Startable; readonly installation: string },
): Background {
  const { timings, upkeep } = config;
  const stranded = createStranded(context, startable);
  const watch = createVacuumWatch(context, upkeep.heldSnapshotMs);
  const metrics = createQueueMetrics(context, { stranded, watch });
  const rescuer = createRescuer(context, {
    everyMs: timings.rescuerMs,
    retry: config.retry,
    onTaken: metrics.leaseLost,
  });
  const sweeper = createSweeper(context, { everyMs: upkeep.sweepMs, onRepair: metrics.repaired });
  const { historyDays, indexBloatMax, pagesBytesMax } = upkeep;
  const janitor = createJanitor(context, {
    everyMs: upkeep.janitorMs,
    historyDays,
    indexBloatMax,
    pagesBytesMax,
    installation,
    tempDir: join(config.stateDir, "tmp"),
    watch,
  });
  const fetcher = createFetcher(context, {
    roots: config.sourceRoots,
    tempDir: join(config.stateDir, "tmp"),
    limits: config.pdf,
    presentations: config.presentations,
    everyMs: 1000,
  });
  const verdicts = createVerdicts(context, { everyMs: verdictsMs });
  const portfolio = createPortfolioIndex(context, { everyMs: portfolioMs });
  const services = [rescuer, sweeper, janitor, fetcher, verdicts, portfolio];
  return { metrics, stranded, rescuer, services };
}

interface CachingFacts {
  readonly packs: PackService;
  readonly installation: string;
  readonly metrics: QueueMetrics;
  readonly policy: Policy;
  readonly engine: EngineChoice;
  readonly codeDigest: string;
}

/** The visual cache that is set. The one model of a shared pool is the one for text. */
export function cachingOf(
  context: ServiceContext,
  config: Config,
  { policy, engine, metrics: meter, ...facts }: CachingFacts,
): Promise<Caching> {
  const { name, models } = engine;
  return createCaching(context, {
    ...{ ...facts, meter, settings: config.visualCache, everyMs: config.upkeep.janitorMs },
    engine: { name, models: policy.pools.shared ? { vision: models.text } : models },
  });
}

/** Three in the morning UTC; looked for often, so that a night is not missed by a restart. */
const nightly = { hour: 3, days: 30, everyMs: 600_000 };

interface LeaderParts {
  readonly background: Background;
  readonly caching: Caching;
  readonly forgetter: Service;
}

/** What only the control plane that leads runs; what looks for better settings at night, where that is wanted. */
export const leaderServices = (
  context: ServiceContext,
  config: Config,
  { background, caching, forgetter }: LeaderParts,
  facts: TunerFacts,
): Service[] => [
  ...background.services,
  caching.janitor,
  forgetter,
  ...(config.autoscaler.tuneNightly ? [createNightlyTuner(context, { ...nightly, facts })] : []),
];

/** What containers of this installation could ever do. A shared pool does the work of both. */
export function startableWith(policy: Policy, engine: EngineChoice): Startable {
  const { name, models } = engine;
  const shared = policy.pools.shared;
  const pools = (["vision", "text"] as const).map((pool) => ({
    pool,
    max: (shared ?? policy.pools[pool])?.maxReplicas ?? 0,
    features: featuresOf(shared ? "shared" : pool, {
      name,
      model: models[shared ? "text" : pool],
    }),
  }));
  return {
    maxReplicas: Object.fromEntries(pools.map(({ pool, max }) => [pool, max])),
    features: Object.fromEntries(pools.map(({ pool, features }) => [pool, features])),
  };
}

/** The text model of a server that is reachable from here; null: none is, and the built-in rules answer. */
export function askerOf(config: Config, { name, url, models }: EngineChoice) {
  const isRented = config.providers.some(({ kind }) => kind === "verda" || kind === "kubernetes");
  if (name === "extractive" || models.text === null) return null;
  // A rented machine brings its model server with it, and nobody else calls that one.
  if (name === "ollama" && isRented) return null;
  return createDeckAsker({
    ...{ engine: name, model: models.text, ollamaHost: config.ollamaHost },
    ...{ openaiUrl: url ?? config.openaiUrl, openaiApiKey: config.openaiApiKey },
  });
}
