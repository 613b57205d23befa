import type { GuardedCache } from "../cache/guarded.ts";
import type { CacheLimits, CacheUse } from "../cache/visual-cache.ts";
import { findDocumentHash } from "../db/cached-work.ts";
import type { Db } from "../db/connect.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";

/** What people may ask of the visual cache. */
export interface VisualCacheService {
  stats(workspace: string): Promise<VisualCacheStats>;
  /** All of a workspace, or one document by its id or hash. Throws DOCUMENT_NOT_FOUND and CACHE_UNREACHABLE. */
  clear(workspace: string, document: string | null): Promise<{ readonly removed: number }>;
}

export interface VisualCacheStats {
  readonly kind: "postgres" | "redis" | "off";
  readonly ok: boolean;
  /** What it said when it could not be asked. */
  readonly detail: string | null;
  /** Of the workspace. */
  readonly entries: number;
  readonly bytes: number;
  readonly bytesMax: number;
  readonly days: number;
}

export interface VisualCacheOptions {
  /** null: nothing is kept. */
  readonly cache: GuardedCache | null;
  readonly limits: CacheLimits;
}

const dayMs = 86_400_000;
const nothing: CacheUse = { entries: 0, bytes: 0 };

export function createVisualCache(
  { sql }: Pick<ServiceContext, "sql">,
  { cache, limits }: VisualCacheOptions,
): VisualCacheService {
  const bounds = { bytesMax: limits.workspaceBytesMax, days: limits.ageMsMax / dayMs };
  return {
    async stats(workspace) {
      if (cache === null) return { kind: "off", ok: true, detail: null, ...nothing, ...bounds };
      const { kind } = cache;
      try {
        const use = await cache.direct.use();
        return { kind, ok: true, detail: null, ...(use[workspace] ?? nothing), ...bounds };
      } catch (error) {
        const { detail } = failureOf(error);
        return { kind, ok: false, detail, ...nothing, ...bounds };
      }
    },
    async clear(workspace, document) {
      const of = await named(sql, workspace, document);
      if (cache === null) return { removed: 0 };
      try {
        return { removed: await cache.direct.remove(of) };
      } catch (error) {
        throw new AppError("CACHE_UNREACHABLE", failureOf(error).detail ?? undefined, {
          cause: error,
        });
      }
    },
  };
}

/** Throws DOCUMENT_NOT_FOUND. */
async function named(sql: Db, workspace: string, document: string | null) {
  if (document === null) return { workspace };
  const sha256 = await findDocumentHash(sql, workspace, document);
  if (sha256 === undefined) throw new AppError("DOCUMENT_NOT_FOUND", document);
  return { workspace, sha256 };
}

interface JanitorMeter {
  cacheEvicted(entries: number): void;
  cacheUse(use: CacheUse): void;
}

const sumOf = (uses: readonly CacheUse[]): CacheUse => ({
  entries: uses.reduce((sum, { entries }) => sum + entries, 0),
  bytes: uses.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** Lets go of what is too old or too much, a batch at a time. */
export function createCacheJanitor(
  context: Pick<ServiceContext, "log">,
  options: VisualCacheOptions & { readonly everyMs: number; readonly meter: JanitorMeter },
): Service {
  const { cache, limits, everyMs, meter } = options;
  return loop({
    name: "visual cache",
    everyMs,
    tick: async () => {
      if (cache === null) return;
      for (let round = 0; round < roundsMax; round += 1) {
        const evicted = await cache.direct.evict(limits);
        if (evicted === 0) break;
        meter.cacheEvicted(evicted);
      }
      meter.cacheUse(sumOf(Object.values(await cache.direct.use())));
    },
    onError: (error) =>
      context.log.warn({ err: error }, "the visual cache could not be kept small"),
  });
}

/** Batches in one round. */
const roundsMax = 20;
