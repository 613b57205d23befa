import { createHash } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { readScript, removeScript, writeScript } from "./redis-scripts.ts";
import type { CacheKey, CacheLimits, CacheUse, VisualCache } from "./visual-cache.ts";

export interface RedisCacheOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Installations that share a server do not see each other's entries. */
  readonly installation: string;
  /** An entry that is not used for so long goes by itself. */
  readonly ageMsMax: number;
  readonly clock: Clock;
  readonly log: Log;
}

const evictedMax = 200;
const scannedAtOnce = 500;
const connectMs = 2_000;
const reconnectMs = { first: 100, longest: 5_000 };
/** Commands that wait for an answer; more are refused, and what is asked for is read again instead. */
const waitingMax = 1_000;

/**
 * Entries on a Redis server (or one that speaks its protocol), one server and no cluster. Connects in the
 * background and again whenever the connection is lost; meanwhile every call fails at once.
 */
export async function redisCache(options: RedisCacheOptions): Promise<VisualCache> {
  const { clock, log } = options;
  // Hundreds of modules: whoever has no Redis does not wait for them at each start.
  const { createClient, ErrorReply } = await import("@redis/client");
  const client = connectTo(createClient, options);
  const names = namesOf(options.installation);
  const evalOf = (script: string, keys: string[], args: string[] = []): Promise<unknown> =>
    client.eval(script, { keys, arguments: args });
  const now = (): string => String(clock.nowMs());
  const ttl = String(options.ageMsMax);
  const drop = async (entries: readonly string[]): Promise<number> => {
    if (entries.length === 0) return 0;
    const workspaces = entries.map((entry) => names.workspaceIn(entry));
    const keys = [names.used, names.sizes, names.totals, ...entries];
    return Number(await evalOf(removeScript, keys, workspaces));
  };
  return {
    kind: "redis",
    async read(key) {
      const answer = await evalOf(readScript, [names.entry(key), names.used], [now(), ttl]);
      return slidesIn(answer);
    },
    async write(key, slides) {
      if (slides.length === 0) return;
      const pairs = slides.flatMap(({ slide, result }) => [String(slide), JSON.stringify(result)]);
      const keys = [names.entry(key), names.used, names.sizes, names.totals];
      await evalOf(writeScript, keys, [now(), ttl, key.workspace, ...pairs]);
    },
    async remove({ workspace, sha256 }) {
      let gone = 0;
      // By their names, and not by what is counted: an entry that fell out of the counts goes too.
      const scan = { MATCH: names.pattern(workspace, sha256), COUNT: scannedAtOnce };
      for await (const entries of client.scanIterator(scan)) gone += await drop(entries);
      return gone;
    },
    async use() {
      const totals = await client.hGetAll(names.totals);
      const counts = await countEntries(client, names);
      const workspaces = [...new Set([...Object.keys(totals), ...counts.keys()])];
      return Object.fromEntries(
        workspaces.map((workspace): [string, CacheUse] => [
          workspace,
          {
            entries: counts.get(workspace) ?? 0,
            bytes: Math.max(0, Number(totals[workspace] ?? 0)),
          },
        ]),
      );
    },
    evict: async (limits) => drop(await overLimits(client, names, limits, clock.nowMs())),
    isRefusal: (error) => error instanceof ErrorReply,
    async close() {
      if (client.isOpen) client.destroy();
      log.debug("the connection to the visual cache is closed");
    },
  };
}

type Client = ReturnType<typeof connectTo>;

type CreateClient = typeof import("@redis/client")["createClient"];

function connectTo(createClient: CreateClient, { url, log }: RedisCacheOptions) {
  const client = createClient({
    url,
    name: "pilotlight",
    disableOfflineQueue: true,
    commandsQueueMaxLength: waitingMax,
    socket: {
      connectTimeout: connectMs,
      reconnectStrategy: (tries) =>
        Math.min(reconnectMs.first * 2 ** Math.min(tries, 10), reconnectMs.longest),
    },
  });
  let isDown = false;
  client.on("error", (error: unknown) => {
    if (!isDown) log.warn({ err: error }, "the visual cache cannot be reached");
    isDown = true;
  });
  client.on("ready", () => {
    if (isDown) log.info("the visual cache can be reached again");
    isDown = false;
  });
  // Never waited for: until it is there, nothing is cached. What fails is heard above.
  client.connect().catch(() => undefined);
  return client;
}

function namesOf(installation: string) {
  const prefix = `pilotlight:${installation}:visual`;
  return {
    used: `${prefix}-used`,
    sizes: `${prefix}-sizes`,
    totals: `${prefix}-totals`,
    entry: ({ workspace, sha256, recipe }: CacheKey): string =>
      `${prefix}:${workspace}:${sha256}:${createHash("sha256").update(recipe).digest("hex").slice(0, 32)}`,
    /** Workspaces and hashes have no letter that means something in a pattern. */
    pattern: (workspace: string, sha256 = "*"): string => `${prefix}:${workspace}:${sha256}:*`,
    workspaceIn: (entry: string): string => entry.slice(prefix.length + 1).split(":")[0] ?? "",
  };
}
type Names = ReturnType<typeof namesOf>;

/** Field and value in turns. */
function slidesIn(answer: unknown) {
  const list = Array.isArray(answer) ? answer.map(String) : [];
  const slides = [];
  for (let at = 0; at + 1 < list.length; at += 2) {
    slides.push({ slide: Number(list[at]), result: JSON.parse(list[at + 1] ?? "null") as unknown });
  }
  return slides.sort((a, b) => a.slide - b.slide);
}

async function countEntries(client: Client, names: Names): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const page of client.zScanIterator(names.used, { COUNT: scannedAtOnce })) {
    for (const { value } of page) {
      const workspace = names.workspaceIn(value);
      counts.set(workspace, (counts.get(workspace) ?? 0) + 1);
    }
  }
  return counts;
}

/** Entries that have to go, used longest ago first, and those that went by themselves: at most a batch. */
async function overLimits(
  client: Client,
  names: Names,
  limits: CacheLimits,
  nowMs: number,
): Promise<string[]> {
  const totals = await client.hGetAll(names.totals);
  const left = new Map(Object.entries(totals).map(([name, bytes]) => [name, Number(bytes)]));
  let all = [...left.values()].reduce((sum, bytes) => sum + bytes, 0);
  const isOver = (): boolean =>
    all > limits.bytesMax || [...left.values()].some((own) => own > limits.workspaceBytesMax);
  const over: string[] = [];
  // Beyond the first page only for a workspace whose entries are not among the oldest of all.
  for (let from = 0; from === 0 || (isOver() && over.length < evictedMax); from += evictedMax) {
    const page = await readPage(client, names, from);
    for (const { entry, usedMs, bytes, isThere } of page) {
      const workspace = names.workspaceIn(entry);
      const own = left.get(workspace) ?? 0;
      const isSpent = !isThere || nowMs - usedMs > limits.ageMsMax;
      if (!isSpent && all <= limits.bytesMax && own <= limits.workspaceBytesMax) continue;
      left.set(workspace, own - bytes);
      all -= bytes;
      over.push(entry);
    }
    if (page.length < evictedMax) break;
  }
  return over;
}

async function readPage(client: Client, names: Names, from: number) {
  const oldest = await client.zRangeWithScores(names.used, from, from + evictedMax - 1);
  if (oldest.length === 0) return [];
  const entries = oldest.map(({ value }) => value);
  const [sizes, there] = await Promise.all([
    client.hmGet(names.sizes, entries),
    Promise.all(entries.map((entry) => client.exists(entry))),
  ]);
  return oldest.map(({ value, score }, at) => ({
    entry: value,
    usedMs: score,
    bytes: Number(sizes[at] ?? 0),
    isThere: there[at] !== 0,
  }));
}
