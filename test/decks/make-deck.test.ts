import { describe, expect, it } from "vitest";
import { makeDeck } from "./make-deck.ts";

describe("made decks", () => {
  it("are the same bytes for the same seed, and other bytes for another", async () => {
    const [one, same, other] = [await makeDeck(5), await makeDeck(5), await makeDeck(6)];
    expect(one.pdf.equals(same.pdf)).toBe(true);
    expect(one.truth).toEqual(same.truth);
    expect(one.pdf.equals(other.pdf)).toBe(false);
  });

  it("hold the quotes of their truth, on a slide that exists", async () => {
    for (let seed = 20; seed < 30; seed++) {
      const { truth, slides } = await makeDeck(seed);
      expect(truth.length).toBeGreaterThan(2);
      expect(truth.flatMap((one) => one.slides).every((slide) => slide <= slides)).toBe(true);
      expect(truth.flatMap((one) => one.quotes).every((quote) => quote.trim() !== "")).toBe(true);
    }
  });

  it("hold no defect when none is asked for", async () => {
    for (let seed = 40; seed < 60; seed++) {
      const { truth } = await makeDeck(seed, { plants: 0 });
      expect(truth.filter(({ optional }) => !optional)).toEqual([]);
    }
  });
});
