import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openPdf } from "../src/pdf/index.ts";
import expected from "./expected.json" with { type: "json" };
import { textDecks } from "./make-decks.ts";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

describe("sample decks", () => {
  it.each(Object.entries(textDecks))("%s is what the script writes", async (file, make) => {
    expect(readFileSync(pathOf(file)).equals(await make())).toBe(true);
  });

  it.each(expected)("$file has the pages and the words that are expected of it", async (deck) => {
    const bytes = readFileSync(pathOf(deck.file));
    expect(bytes.length).toBeLessThan(600_000);
    const document = await openPdf(pathOf(deck.file));
    try {
      expect(document.pages).toBe(deck.pages);
      const { facts } = await document.render(1, 200);
      const text = facts.lines.map((line) => line.text).join("\n");
      // The deck of pictures has no text layer, and each page is one picture from edge to edge.
      const isPictures = deck.file in textDecks === false;
      expect(text.includes(deck.startup_name)).toBe(!isPictures);
      expect(facts.images).toMatchObject(isPictures ? [{ x: 0, y: 0, width: 1, height: 1 }] : []);
    } finally {
      await document.close();
    }
  });
});
