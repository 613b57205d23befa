import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { smallDeck } from "../support/decks.ts";
import type { RunningStack } from "../support/product.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis-server.ts";
import { withStack } from "../support/stack.ts";

let redis: RedisServer;

/** A stack whose visual results go to the Redis. */
const onRedis = (test: (stack: RunningStack) => Promise<void>): Promise<string[]> =>
  withStack({ env: { VISUAL_CACHE_URL: redis.url } }, test);

const submit = async ({ api }: RunningStack, deck: Buffer): Promise<string> => {
  const { document } = await api.upload(deck, "deck.pdf");
  if (document === null) throw new Error("the deck was refused");
  return document.id;
};

/** Until a slide of the document has been read. */
const firstSlide = ({ api }: RunningStack, document: string) =>
  api.until("a slide that is read", () =>
    api.heard.find((event) => event.type === "slide.done" && event.document === document),
  );

const finish = async ({ api }: RunningStack, document: string) => {
  const { pipeline } = await api.ended(document);
  expect(pipeline.state).toBe("done");
  return (await api.results(document)).results;
};

const requests = async ({ url }: RunningStack): Promise<Record<string, number>> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(
    /visual_cache_requests_total\{operation="(\w+)",result="(\w+)"\} (\d+)/g,
  );
  return Object.fromEntries(
    [...lines].map(([, what, result, n]) => [`${what} ${result}`, Number(n)]),
  );
};
const statsOf = async ({ url }: RunningStack) =>
  (await (await fetch(`${url}/api/workspaces/-/cache`)).json()) as Record<string, unknown>;

describe.runIf(hasRedis)("visual results on a Redis", () => {
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.close());

  it("are handed to the text container, and known when the deck comes again", async () => {
    const left = await onRedis(async (stack) => {
      const deck = await smallDeck("Velmora");
      const first = await finish(stack, await submit(stack, deck));
      const keys = await redis.ask("KEYS", "pilotlight:*:visual:*");
      // Two tasks by slide, and the handoff.
      expect(keys.split(",")).toHaveLength(3);
      const before = await requests(stack);
      expect(before["read hit"]).toBeGreaterThanOrEqual(3);
      const again = await submit(stack, deck);
      expect(await finish(stack, again)).toEqual(first);
      const events = await stack.api.events(again);
      const read = events.filter(({ type }) => type === "slide.done");
      expect(read).toEqual([]);
      expect(await statsOf(stack)).toMatchObject({ kind: "redis", ok: true, entries: 4 });
    });
    expect(left).toEqual([]);
  });

  it("are read again after the server was killed in mid-pipeline, and kept once it is back", async () => {
    const left = await onRedis(async (stack) => {
      const deck = await smallDeck("Tessivo", 4);
      const document = await submit(stack, deck);
      await firstSlide(stack, document);
      await redis.kill();
      const first = await finish(stack, document);
      expect(await statsOf(stack)).toMatchObject({ kind: "redis", ok: false });
      // Nothing is known any more: it is read again, and nothing fails.
      expect(await finish(stack, await submit(stack, deck))).toEqual(first);
      await redis.restart();
      await stack.api.until("the cache to be back", async () => {
        return (await statsOf(stack)).ok === true || undefined;
      });
      const third = await submit(stack, deck);
      expect(await finish(stack, third)).toEqual(first);
    });
    expect(left).toEqual([]);
  });

  it("are not waited for when the server hears and does not answer", async () => {
    const left = await onRedis(async (stack) => {
      const document = await submit(stack, await smallDeck("Aurelio", 4));
      await firstSlide(stack, document);
      redis.freeze();
      // One may have been read by now; whatever the other asks is asked of a server that says nothing.
      const other = await submit(stack, await smallDeck("Belluno", 1));
      await finish(stack, document);
      await finish(stack, other);
      const seen = await requests(stack);
      expect(Object.keys(seen).some((key) => / (error|passed)$/.test(key))).toBe(true);
      // And the product ends in order while the server still says nothing.
    });
    redis.thaw();
    expect(left).toEqual([]);
  });
});

/** More than its memory holds, of somebody else. */
async function crowd(): Promise<void> {
  const fill = "for i = 1, 10 do redis.call('SET', ARGV[1] .. i, string.rep('x', 20000)) end";
  for (let at = 0; at < 60; at += 1) await redis.ask("EVAL", fill, "0", `other-${at}-`);
}

describe.runIf(hasRedis)("a Redis with little memory", () => {
  beforeEach(async () => {
    redis = await startRedis(["--maxmemory", "8mb", "--maxmemory-policy", "allkeys-lru"]);
  });
  afterEach(() => redis.close());

  it("lets go of old results, and every deck is done", async () => {
    const left = await onRedis(async (stack) => {
      const companies = ["Barmona", "Celtavo", "Dorlixa"];
      const decks = await Promise.all(companies.map((company) => smallDeck(company, 3)));
      for (const deck of decks) await finish(stack, await submit(stack, deck));
      await crowd();
      expect(
        Number(/evicted_keys:(\d+)/.exec(await redis.ask("INFO", "stats"))?.[1]),
      ).toBeGreaterThan(0);
      // Three of each deck at most; which go is the server's choice.
      const kept = (await redis.ask("KEYS", "pilotlight:*:visual:*")).split(",").filter(Boolean);
      expect(kept.length).toBeLessThan(9);
      for (const deck of decks) await finish(stack, await submit(stack, deck));
    });
    expect(left).toEqual([]);
  });
});

it.runIf(!hasRedis)("was not run: redis-server is not installed", () => {
  expect(hasRedis).toBe(false);
});
