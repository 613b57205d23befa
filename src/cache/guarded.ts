import type { Clock } from "../lib/clock.ts";
import type { Log } from "../telemetry/log.ts";
import type { CachedSlide, CacheKey, VisualCache } from "./visual-cache.ts";

/** What a reading or a writing came to, for whoever measures. */
export type CacheResult = "hit" | "miss" | "error" | "passed";

/**
 * A cache that never stands in the way: a call that fails or takes too long is a miss. After some failures
 * in a row nothing is asked for a while ("passed"), then one call tries whether it is there again.
 */
export interface GuardedCache {
  readonly kind: VisualCache["kind"];
  read(key: CacheKey): Promise<readonly CachedSlide[]>;
  /** Resolves when it is kept, or given up. */
  write(key: CacheKey, slides: readonly CachedSlide[]): Promise<void>;
  /** Past the guard and with more time, for whoever waits for the answer. Throws. */
  readonly direct: Pick<VisualCache, "remove" | "use" | "evict">;
  /** Whether it was there when it was asked last, and what it said if not. */
  state(): { readonly ok: boolean; readonly detail: string | null };
  close(): Promise<void>;
}

export interface GuardOptions {
  /** Longest time of one call. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly onResult?: (operation: "read" | "write", result: CacheResult) => void;
}

const failuresMax = 3;
const restMs = 5_000;
const directMs = 20_000;

export function guarded(cache: VisualCache, options: GuardOptions): GuardedCache {
  const { timeoutMs, clock, log, onResult = () => undefined } = options;
  let failures = 0;
  /** Nothing is asked before; then one call at a time tries it. */
  let closedUntilMs = Number.NEGATIVE_INFINITY;
  let detail: string | null = null;

  const mayAsk = (): boolean => {
    if (failures < failuresMax) return true;
    const nowMs = clock.nowMs();
    if (nowMs < closedUntilMs) return false;
    closedUntilMs = nowMs + restMs;
    return true;
  };
  const failed = (error: unknown): void => {
    detail = error instanceof Error ? error.message : String(error);
    // It answers, if only to refuse: its memory may be full, and what it has can still be read.
    if (cache.isRefusal?.(error) === true) return;
    failures += 1;
    if (failures !== failuresMax) return;
    closedUntilMs = clock.nowMs() + restMs;
    log.warn({ err: error, kind: cache.kind }, "the visual cache is passed by");
  };
  const ask = async <T>(
    operation: "read" | "write",
    call: () => Promise<T>,
    resultOf: (value: T) => CacheResult,
  ): Promise<T | null> => {
    if (!mayAsk()) {
      onResult(operation, "passed");
      return null;
    }
    try {
      const value = await within(call(), timeoutMs);
      if (failures >= failuresMax) log.info({ kind: cache.kind }, "the visual cache answers again");
      failures = 0;
      detail = null;
      onResult(operation, resultOf(value));
      return value;
    } catch (error) {
      failed(error);
      onResult(operation, "error");
      return null;
    }
  };
  return {
    kind: cache.kind,
    read: async (key) =>
      (await ask(
        "read",
        () => cache.read(key),
        (slides) => (slides.length > 0 ? "hit" : "miss"),
      )) ?? [],
    async write(key, slides) {
      await ask(
        "write",
        () => cache.write(key, slides),
        () => "hit",
      );
    },
    direct: {
      remove: (of) => within(cache.remove(of), directMs),
      use: () => within(cache.use(), directMs),
      evict: (limits) => within(cache.evict(limits), directMs),
    },
    state: () => ({ ok: detail === null, detail }),
    close: () => cache.close(),
  };
}

/** What comes later than that is not waited for, and may still be done. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
