import type { Sql } from "../db/connect.ts";
import {
  evictCachedEntries,
  readCachedSlides,
  readCacheUse,
  removeCachedEntries,
  writeCachedSlides,
} from "../db/visual-cache.ts";
import { bytesOf, type VisualCache } from "./visual-cache.ts";

/** Entries removed in one statement. */
const evictedMax = 500;

/** The default: in the database that is there anyway. */
export function postgresCache(sql: Sql): VisualCache {
  return {
    kind: "postgres",
    read: (key) => readCachedSlides(sql, key),
    write: (key, slides) =>
      writeCachedSlides(
        sql,
        key,
        slides.map(({ slide, result }) => ({ slide, result, bytes: bytesOf(result) })),
      ),
    remove: ({ workspace, sha256 = null }) => removeCachedEntries(sql, workspace, sha256),
    async use() {
      const rows = await readCacheUse(sql);
      return Object.fromEntries(
        rows.map(({ workspace, entries, bytes }) => [workspace, { entries, bytes }]),
      );
    },
    evict: (limits) => evictCachedEntries(sql, limits, evictedMax),
    close: async () => undefined,
  };
}
