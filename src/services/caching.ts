import { type CacheResult, type GuardedCache, guarded } from "../cache/guarded.ts";
import { postgresCache } from "../cache/postgres.ts";
import { redisCache } from "../cache/redis.ts";
import type { CacheLimits, CacheUse } from "../cache/visual-cache.ts";
import type { Service } from "../lib/service.ts";
import { type CachedWork, type CachedWorkParts, createCachedWork } from "./cached-work.ts";
import type { ServiceContext } from "./context.ts";
import { createCacheJanitor, createVisualCache, type VisualCacheService } from "./visual-cache.ts";

/** As the configuration says it. */
export interface CacheSettings {
  readonly enabled: boolean;
  readonly url: string | null;
  readonly bytesMax: number;
  readonly workspaceBytesMax: number;
  readonly days: number;
  readonly timeoutMs: number;
}

export interface CacheMeter {
  cached(operation: "read" | "write", result: CacheResult): void;
  cacheEvicted(entries: number): void;
  cacheUse(use: CacheUse): void;
}

export interface Caching {
  /** null: nothing is kept for other documents. */
  readonly cache: GuardedCache | null;
  readonly cachedWork: CachedWork;
  readonly service: VisualCacheService;
  readonly janitor: Service;
}

export interface CachingParts extends Omit<CachedWorkParts, "cache"> {
  readonly settings: CacheSettings;
  readonly installation: string;
  readonly meter: CacheMeter;
  readonly everyMs: number;
}

const dayMs = 86_400_000;

/** The visual cache that is set, and what works on it. */
export async function createCaching(
  context: ServiceContext,
  parts: CachingParts,
): Promise<Caching> {
  const { settings, meter } = parts;
  const limits: CacheLimits = { ...settings, ageMsMax: settings.days * dayMs };
  const cache = settings.enabled ? await openCache(context, parts, limits) : null;
  return {
    cache,
    cachedWork: createCachedWork(context, { ...parts, cache }),
    service: createVisualCache(context, { cache, limits }),
    janitor: createCacheJanitor(context, { cache, limits, meter, everyMs: parts.everyMs }),
  };
}

async function openCache(
  { sql, clock, log }: ServiceContext,
  { settings: { url, timeoutMs }, installation, meter }: CachingParts,
  { ageMsMax }: CacheLimits,
): Promise<GuardedCache> {
  const cache =
    url === null
      ? postgresCache(sql)
      : await redisCache({ url, installation, ageMsMax, clock, log });
  return guarded(cache, { timeoutMs, clock, log, onResult: meter.cached });
}
