import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedCache } from "./bounded-cache.ts";

describe("a bounded cache", () => {
  it("drops what was used longest ago", () => {
    const cache = boundedCache<string>({ entriesMax: 2, bytesMax: 1000 });
    cache.set("a", "1");
    cache.set("b", "2");
    cache.get("a");
    cache.set("c", "3");
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["1", undefined, "3"]);
  });

  it("does not keep a value larger than itself, and forgets the older one of that key", () => {
    const cache = boundedCache<string>({ entriesMax: 9, bytesMax: 5 });
    cache.set("a", "12");
    cache.set("a", "123456");
    expect(cache.get("a")).toBeUndefined();
  });

  it("never holds more entries or bytes than allowed, and always the last value that fits", () => {
    const writes = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.string()));
    fc.assert(
      fc.property(writes, (list) => {
        const cache = boundedCache<string>({ entriesMax: 2, bytesMax: 20 });
        for (const [key, value] of list) {
          cache.set(key, value);
          const bytes = Buffer.byteLength(JSON.stringify(value));
          expect(cache.get(key)).toBe(bytes <= 20 ? value : undefined);
        }
        const kept = ["a", "b", "c", "d"].flatMap((key) => cache.get(key) ?? []);
        const total = kept.reduce((sum, v) => sum + Buffer.byteLength(JSON.stringify(v)), 0);
        expect(kept.length <= 2 && total <= 20).toBe(true);
      }),
    );
  });
});
