import { describe, expect, it } from "vitest";
import { loadingWords, retryInSeconds, stalenessOf } from "./staleness.ts";

describe("stalenessOf", () => {
  it("grows older at 5, 15 and 60 seconds", () => {
    const of = (age: number) => stalenessOf(age * 1000);
    expect([0, 5, 5.1, 15, 15.1, 60, 60.1].map(of)).toEqual([
      "fresh",
      "fresh",
      "aging",
      "aging",
      "old",
      "old",
      "stale",
    ]);
  });
});

describe("retryInSeconds", () => {
  it("counts down to the next try and stops there", () => {
    expect(retryInSeconds(1000, 1000)).toBe(5);
    expect(retryInSeconds(1000, 4500)).toBe(2);
    expect(retryInSeconds(1000, 90_000)).toBe(0);
  });
});

describe("loadingWords", () => {
  it("says nothing for the first five seconds", () => {
    expect(loadingWords(0, 4999)).toBeNull();
    expect(loadingWords(0, 6400)).toBe("Still loading, 6 s");
  });
});
