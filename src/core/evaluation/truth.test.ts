import { describe, expect, it } from "vitest";
import { type DeckSaid, type DeckTruth, judge } from "./truth.ts";

const nothing: DeckSaid = { name: null, isHealthcare: null, sector: null, ask: null, date: null };
const ask = (low: number, high = low, currency = "USD", round: string | null = null) => ({
  amount: [low, high] as const,
  currency,
  round,
});
const verdict = (truth: Partial<DeckTruth>, said: Partial<DeckSaid>) =>
  judge({ file: "a.pdf", ...truth }, { ...nothing, ...said });

describe("judge", () => {
  it("judges only what is known", () => {
    expect(verdict({}, { name: "Acme", date: "2026" })).toEqual({});
  });

  it.each([
    ["Salt Shaker & Pepper", "right"],
    ["saltshaker-pepper", "right"],
    ["SALTSHAKER", "wrong"],
    [null, "missed"],
  ])("folds the spelling of a name: %s is %s", (name, expected) => {
    expect(verdict({ names: ["SaltShaker&Pepper"] }, { name }).name).toBe(expected);
  });

  it("ignores accents, however they are written", () => {
    expect(verdict({ names: ["Santé"] }, { name: "Sante\u0301" }).name).toBe("right");
    expect(verdict({ names: ["Santé"] }, { name: "SANTE" }).name).toBe("right");
  });

  it("tells a value nobody stated from none", () => {
    expect(verdict({ names: null, date: null }, { name: "Acme" })).toEqual({
      name: "invented",
      date: "silent",
    });
  });

  it("wants both bounds and the currency of an ask, and judges its round apart", () => {
    const truth = { ask: ask(500_000, 1_000_000, "USD", "pre-seed") };
    const said = (given: DeckSaid["ask"]) => verdict(truth, { ask: given });
    expect(said(ask(500_000, 1_000_000, "usd", "Pre Seed round"))).toEqual({
      ask: "right",
      round: "right",
    });
    expect(said(ask(500_000, 500_000))).toEqual({ ask: "wrong", round: "missed" });
    expect(said(ask(500_000, 1_000_000, "EUR", "seed"))).toEqual({ ask: "wrong", round: "wrong" });
    expect(said(null)).toEqual({ ask: "missed", round: "missed" });
  });

  it("has no round to judge where no ask is known", () => {
    expect(verdict({ ask: null }, { ask: ask(1) })).toEqual({ ask: "invented" });
    expect(verdict({ ask: ask(1) }, { ask: ask(1, 1, "USD", "seed") }).round).toBe("invented");
  });

  it("takes a more precise date for right, and no less precise one", () => {
    expect(verdict({ date: "2026" }, { date: "2026-05" }).date).toBe("right");
    expect(verdict({ date: "2026-05" }, { date: "2026" }).date).toBe("wrong");
    expect(verdict({ date: "2026-05" }, { date: "2026-06-01" }).date).toBe("wrong");
  });
});
