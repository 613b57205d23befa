import { describe, expect, it } from "vitest";
import {
  agoWords,
  bytesWords,
  confidenceWords,
  deckDateWords,
  durationWords,
  etaWords,
  moneyWords,
  rangesWords,
} from "./format.ts";

describe("durationWords", () => {
  it.each([
    [0, "0 s"],
    [0.4, "under 1 s"],
    [9.4, "9 s"],
    [59.6, "1 min"],
    [110, "1 min 50 s"],
    [3600, "1 h"],
    [3720, "1 h 2 min"],
    [-3, "0 s"],
    [Number.NaN, "0 s"],
  ])("says %d seconds as %s", (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });
});

describe("agoWords", () => {
  const nowMs = Date.parse("2026-10-02T12:00:00Z");
  it.each([
    ["2026-10-02T11:59:58Z", "just now"],
    ["2026-10-02T12:00:30Z", "just now"],
    ["2026-10-02T11:59:20Z", "40 s ago"],
    ["2026-10-02T11:58:00Z", "2 min ago"],
    ["2026-10-02T06:00:00Z", "6 h ago"],
    ["2026-09-20T12:00:00Z", "20 Sept 2026"],
    ["nonsense", "at an unknown time"],
  ])("says %s as %s", (instant, words) => {
    expect(agoWords(instant, nowMs)).toBe(words);
  });
});

describe("moneyWords", () => {
  it.each([
    [4_500_000, "EUR", "€4.5M"],
    [[1_500_000, 2_000_000] as [number, number], "USD", "$1.5M to $2M"],
    [[2_000_000, 2_000_000] as [number, number], "USD", "$2M"],
    [25_000, "GBP", "£25,000"],
    [700, "quid", "quid 700"],
  ])("says %j %s as %s", (amount, currency, words) => {
    expect(moneyWords(amount, currency)).toBe(words);
  });
});

describe("etaWords", () => {
  it("admits that there is none", () => {
    expect(etaWords(null)).toBe("no estimate yet");
    expect(etaWords(null, 2)).toBe("no estimate yet (2 samples)");
    expect(etaWords(null, 40)).toBe("no estimate");
  });
  it("gives a range, not to the second", () => {
    expect(etaWords({ p50Seconds: 43, p90Seconds: 92 })).toBe("about 45 s to 1 min 30 s left");
    expect(etaWords({ p50Seconds: 112, p90Seconds: 170 })).toBe("about 1 min 45 s to 3 min left");
    expect(etaWords({ p50Seconds: 130, p90Seconds: 190 })).toBe("about 2-3 min left");
    expect(etaWords({ p50Seconds: 22, p90Seconds: 41 })).toBe("about 20-40 s left");
  });
  it("says one value once", () => {
    expect(etaWords({ p50Seconds: 20, p90Seconds: 21 })).toBe("about 20 s left");
  });
});

describe("small words", () => {
  it("says how sure it is in a word and a number", () => {
    expect([0.92, 0.6, 0.31, 0.1].map(confidenceWords)).toEqual([
      "High (92 %)",
      "Medium (60 %)",
      "Low (31 %)",
      "Very low (10 %)",
    ]);
  });
  it("keeps the precision that a deck's date has", () => {
    expect(["2026", "2026-10", "2026-10-05"].map(deckDateWords)).toEqual([
      "2026",
      "October 2026",
      "5 October 2026",
    ]);
  });
  it("gives sizes in units people know", () => {
    expect([512, 149_670, 3_795_396, 8_011_000_000].map(bytesWords)).toEqual([
      ...["512 B", "150 kB", "3.8 MB", "8.0 GB"],
    ]);
  });
  it("joins neighbours into ranges", () => {
    expect(rangesWords([7, 1, 2, 3, 3, 9, 10])).toBe("1 to 3, 7, 9, 10");
  });
});
