import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { hasRedis, type RedisServer, startRedis } from "../../test/support/redis-server.ts";
import { quiet } from "../../test/support/worker-parts.ts";
import { postgresCache } from "./postgres.ts";
import { redisCache } from "./redis.ts";
import type { CacheKey, CacheLimits, VisualCache } from "./visual-cache.ts";

interface Made {
  readonly cache: VisualCache;
  /** Moves the last use of every entry into the past. */
  age(ms: number): Promise<void>;
}

const dayMs = 86_400_000;
let db: TestDatabase;
let redis: RedisServer | undefined;
let aheadMs = 0;
const clock = { nowMs: () => Date.now() + aheadMs };
beforeAll(async () => {
  db = await createTestDatabase();
  if (hasRedis) redis = await startRedis();
});
afterAll(async () => {
  await redis?.close();
  await db.drop();
});

const makers: Record<string, () => Promise<Made>> = {
  postgres: async () => {
    await db.sql`truncate visual_cache_entries cascade`;
    return {
      cache: postgresCache(db.sql),
      age: async (ms) => {
        await db.sql`update visual_cache_entries set used_at = used_at - ${ms} * interval '1 millisecond'`;
      },
    };
  },
  redis: async () => {
    await redis?.ask("FLUSHALL");
    const url = redis?.url ?? "";
    const options = { installation: "test", ageMsMax: dayMs, clock, log: quiet };
    const cache = await redisCache({ ...options, url });
    await expect.poll(() => cache.use().catch(() => null)).toEqual({});
    return {
      cache,
      age: async (ms) => {
        aheadMs += ms;
      },
    };
  },
};

const sha = (digit: string): string => digit.repeat(64);
const keyOf = (given: Partial<CacheKey> = {}): CacheKey => ({
  ...{ workspace: "one", sha256: sha("a"), recipe: "deck/see/rules" },
  ...given,
});
const slideOf = (slide: number, text = `Slide ${slide}`) => ({ slide, result: { slide, text } });
const roomy: CacheLimits = { bytesMax: 1e9, workspaceBytesMax: 1e9, ageMsMax: dayMs };
const heavy = (slide: number) => slideOf(slide, "x".repeat(10_000));

for (const [name, make] of Object.entries(makers)) {
  describe.runIf(name !== "redis" || hasRedis)(`a visual cache on ${name}`, () => {
    const withCache = (title: string, test: (made: Made) => Promise<void>): void => {
      it(title, async () => {
        const made = await make();
        try {
          await test(made);
        } finally {
          await made.cache.close();
        }
      });
    };

    withCache("gives back in order what was written, piece by piece", async ({ cache }) => {
      expect(await cache.read(keyOf())).toEqual([]);
      await cache.write(keyOf(), [slideOf(10), slideOf(2, "ü\u{1F600}\n")]);
      await cache.write(keyOf(), [slideOf(1)]);
      expect(await cache.read(keyOf())).toEqual([
        slideOf(1),
        slideOf(2, "ü\u{1F600}\n"),
        slideOf(10),
      ]);
      await cache.write(keyOf(), [slideOf(10, "new")]);
      expect((await cache.read(keyOf())).at(-1)).toEqual(slideOf(10, "new"));
    });

    withCache("keeps workspaces, documents and recipes apart", async ({ cache }) => {
      await cache.write(keyOf(), [slideOf(1, "mine")]);
      const others = [{ workspace: "two" }, { sha256: sha("b") }, { recipe: "deck/see/other" }];
      for (const other of others) expect(await cache.read(keyOf(other))).toEqual([]);
    });

    withCache("counts what it holds, also when a slide is written again", async ({ cache }) => {
      await cache.write(keyOf(), [heavy(1), heavy(2)]);
      await cache.write(keyOf(), [slideOf(2)]);
      await cache.write(keyOf({ workspace: "two" }), [heavy(1)]);
      const { one, two } = await cache.use();
      expect([one?.entries, two?.entries]).toEqual([1, 1]);
      expect(one?.bytes).toBe(two!.bytes + JSON.stringify(slideOf(2).result).length);
    });

    withCache("forgets a document, or all of a workspace, and nothing else", async ({ cache }) => {
      const recipes = ["deck/see/rules", "deck/review/rules"];
      for (const workspace of ["one", "two"]) {
        for (const sha256 of [sha("a"), sha("b")]) {
          for (const recipe of recipes)
            await cache.write({ workspace, sha256, recipe }, [slideOf(1)]);
        }
      }
      expect(await cache.remove({ workspace: "one", sha256: sha("a") })).toBe(2);
      expect(await cache.read(keyOf())).toEqual([]);
      expect(await cache.read(keyOf({ sha256: sha("b") }))).toEqual([slideOf(1)]);
      expect(await cache.remove({ workspace: "one" })).toBe(2);
      expect((await cache.use()).one).toBeUndefined();
      expect((await cache.use()).two?.entries).toBe(4);
      expect(await cache.remove({ workspace: "nobody" })).toBe(0);
    });

    withCache("evicts what was used longest ago until all of it fits", async ({ cache, age }) => {
      for (const digit of ["a", "b", "c", "d"]) {
        await cache.write(keyOf({ sha256: sha(digit) }), [heavy(1)]);
        await age(120_000);
      }
      await cache.read(keyOf({ sha256: sha("a") }));
      expect(await cache.evict(roomy)).toBe(0);
      expect(await cache.evict({ ...roomy, bytesMax: 25_000 })).toBe(2);
      expect(await cache.evict({ ...roomy, bytesMax: 25_000 })).toBe(0);
      const left = [];
      for (const digit of ["a", "b", "c", "d"]) {
        if ((await cache.read(keyOf({ sha256: sha(digit) }))).length > 0) left.push(digit);
      }
      expect(left).toEqual(["a", "d"]);
    });

    withCache("bounds a workspace without touching the others", async ({ cache, age }) => {
      await cache.write(keyOf({ workspace: "two" }), [heavy(1)]);
      await age(1000);
      for (const digit of ["a", "b", "c"]) {
        await cache.write(keyOf({ sha256: sha(digit) }), [heavy(1)]);
        await age(1000);
      }
      await cache.evict({ ...roomy, workspaceBytesMax: 15_000 });
      const { one, two } = await cache.use();
      expect([one?.entries, two?.entries]).toEqual([1, 1]);
      expect(await cache.read(keyOf({ sha256: sha("c") }))).toHaveLength(1);
    });

    withCache("lets go of what nobody has used for long", async ({ cache, age }) => {
      await cache.write(keyOf(), [slideOf(1)]);
      await age(2 * dayMs);
      await cache.write(keyOf({ sha256: sha("b") }), [slideOf(1)]);
      expect(await cache.evict(roomy)).toBe(1);
      expect(Object.values(await cache.use()).map(({ entries }) => entries)).toEqual([1]);
    });

    withCache("counts rightly when one entry is written by many at once", async ({ cache }) => {
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => cache.write(keyOf(), [slideOf((at % 5) + 1)])),
      );
      const slides = await cache.read(keyOf());
      expect(slides.map(({ slide }) => slide)).toEqual([1, 2, 3, 4, 5]);
      const bytes = slides.reduce((sum, { result }) => sum + JSON.stringify(result).length, 0);
      expect((await cache.use()).one).toEqual({ entries: 1, bytes });
    });
  });
}

it.runIf(!hasRedis)("was not run on Redis: redis-server is not installed", () => {
  expect(hasRedis).toBe(false);
});
