import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Api } from "./api-client.ts";
import { type Context, runningApi } from "./context.ts";

export type IdKind = "documents" | "batches" | "replicas" | "pools" | "failures";

/** A person waits at the keyboard: no longer than this, and not again for the next letters. */
const answerMs = 300;
const keptMs = 5_000;
const idsMax = 100;
/** Nothing else may come to stand on a command line: what a server says is not typed by its reader. */
const harmless = /^\w[\w.:-]*$/;

interface Kept {
  readonly atMs: number;
  readonly ids: readonly string[];
}
type Cache = Readonly<Record<string, Kept>>;

/** Ids from the server, by kind. None where it is away, slow or refuses: completion never complains. */
export async function completionIds(
  context: Context,
  kinds: readonly IdKind[],
): Promise<ReadonlyMap<IdKind, readonly string[]>> {
  const found = new Map<IdKind, readonly string[]>();
  if (kinds.length === 0) return found;
  try {
    const api = await runningApi(context);
    const cache = await readCache(context);
    const signal = AbortSignal.timeout(answerMs);
    const nowMs = context.clock.nowMs();
    const fresh: Record<string, Kept> = {};
    for (const kind of new Set(kinds)) {
      const key = `${api.url} ${kind}`;
      const known = cache[key];
      const isFresh = known !== undefined && Math.abs(nowMs - known.atMs) < keptMs;
      const ids = (isFresh ? known.ids : await ask[kind](api, signal)).filter(isHarmless);
      found.set(kind, ids);
      fresh[key] = isFresh ? known : { atMs: nowMs, ids };
    }
    await writeCache(context, { ...cache, ...fresh });
  } catch {
    // What was found so far is better than nothing.
  }
  return found;
}

const isHarmless = (id: unknown): boolean => typeof id === "string" && harmless.test(id);

const ask: Readonly<Record<IdKind, (api: Api, signal: AbortSignal) => Promise<string[]>>> = {
  documents: async (api, signal) =>
    (await api.list({ limit: idsMax }, signal)).documents.map(({ id }) => id),
  batches: async (api, signal) =>
    (await api.batches.list({ limit: idsMax }, signal)).batches.map(({ id }) => id),
  replicas: async (api, signal) => (await api.fleet.get(signal)).replicas.map(({ name }) => name),
  pools: async (api, signal) => (await api.fleet.get(signal)).pools.map(({ pool }) => pool),
  failures: async (api, signal) =>
    (await api.failures.list({ window: "28d", tab: "all" }, signal)).groups.map(
      ({ fingerprint }) => fingerprint,
    ),
};

const cacheFile = ({ env }: Context): string => {
  const home = env.XDG_CACHE_HOME?.trim() || join(env.HOME?.trim() || homedir(), ".cache");
  return join(home, "pilotlight", "completion.json");
};

async function readCache(context: Context): Promise<Cache> {
  const text = await readFile(cacheFile(context), "utf8").catch(() => "{}");
  try {
    return JSON.parse(text) as Cache;
  } catch {
    return {};
  }
}

async function writeCache(context: Context, cache: Cache): Promise<void> {
  const file = cacheFile(context);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const nowMs = context.clock.nowMs();
  const kept = Object.entries(cache).filter(([, { atMs }]) => Math.abs(nowMs - atMs) < keptMs);
  await writeFile(file, JSON.stringify(Object.fromEntries(kept)), { mode: 0o600 });
}
