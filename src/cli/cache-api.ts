import type { ClearedCache, VisualCacheStats } from "../contract/visual-cache.ts";
import type { Call } from "./batch-api.ts";
import { checked } from "./checked.ts";

/** The visual cache of a workspace as the commands use it. Throws what the server answers. */
export interface CacheApi {
  stats(signal: AbortSignal): Promise<VisualCacheStats>;
  /** @param document id or hash; null: all of the workspace */
  clear(document: string | null, signal: AbortSignal): Promise<ClearedCache>;
}

const contract = () => import("../contract/visual-cache.ts");

/** @param call asks below the workspace */
export function cacheApi(call: Call): CacheApi {
  return {
    stats: async (signal) =>
      checked(await call("/cache", signal), (await contract()).visualCacheStats),
    async clear(document, signal) {
      const query = document === null ? "" : `?document=${encodeURIComponent(document)}`;
      const answer = await call(`/cache${query}`, signal, { method: "DELETE" });
      return checked(answer, (await contract()).clearedCache);
    },
  };
}
