import { describe, expect, it } from "vitest";
import { bareDeck, fieldsOf, today } from "../../../../../test/support/bare-deck.ts";
import { deckOf } from "../deck.ts";
import { extract } from "./extract.ts";

type Line = readonly [text: string, size: number, y: number, width?: number];

/** A deck whose cover has its lines in place; the same lines lie there on other slides too. */
function placed(cover: readonly Line[], ...others: Parameters<typeof bareDeck>): string | null {
  const slides = bareDeck(["cover", ...cover.map(([text]) => text)], ...others);
  const blocks = cover.map(([text, size, y, width = 0.3]) => ({
    ...{ text, size, y, width },
    ...{ x: 0.1, height: size },
  }));
  const all = slides.map((slide) => {
    const lines = slide.text.split("\n");
    const kept = blocks.filter(({ text }) => lines.includes(text));
    return kept.length < lines.length && kept.length < 2 ? slide : { ...slide, blocks: kept };
  });
  return extract(deckOf(all), today).startup_name.value;
}

const named = (...slides: Parameters<typeof fieldsOf>) => fieldsOf(...slides).startup_name.value;

describe("the name on a cover", () => {
  it("is the name in two lines that the address has in one", () => {
    const cover: Line[] = [
      ["Lumeria", 0.12, 0.2],
      ["Science", 0.12, 0.33],
      ["Light for those who work late", 0.04, 0.6],
    ];
    expect(placed(cover, ["contact", "Contact", "www.lumeria-science.com"])).toBe(
      "Lumeria Science",
    );
  });

  it("is the smaller line above slogans with full stops", () => {
    const cover: Line[] = [
      ["Lumeria", 0.08, 0.1],
      ["Quick.", 0.18, 0.3],
      ["Private.", 0.18, 0.6],
      ["FORUM NORD · SPRINGBOARD 2026", 0.02, 0.9],
    ];
    expect(placed(cover, ["problem", "Lamps are dark"])).toBe("Lumeria");
  });

  it("is a short line broken by will from what the product is", () => {
    const cover: Line[] = [
      ["Lumeria", 0.09, 0.1, 0.2],
      ["Paper-first Lamp Planner", 0.09, 0.2, 0.8],
    ];
    expect(placed(cover, ["product", "Demo", "Lumeria"], ["other", "More"])).toBe("Lumeria");
  });

  it("is the full name beside its initials", () => {
    const cover: Line[] = [
      ["LC", 0.02, 0.1],
      ["Lumeria Cloud", 0.02, 0.13],
      ["Lamps that know when to shine", 0.09, 0.3],
    ];
    const slide: Parameters<typeof bareDeck>[0] = ["other", "LC", "Lumeria Cloud", "Why it works"];
    expect(placed(cover, slide, slide)).toBe("Lumeria Cloud");
  });

  it("is not the logo of the event", () => {
    const cover: Line[] = [
      ["We made lamps that know when to shine", 0.09, 0.3, 0.6],
      ["Radio Nord", 0.03, 0.8],
      ["HACKATHON", 0.02, 0.83],
    ];
    const slide: Parameters<typeof bareDeck>[0] = [
      "other",
      "We made lamps that know when to shine",
      "Radio Nord",
      "HACKATHON",
    ];
    expect(placed(cover, slide, slide)).toBeNull();
  });

  it("stands in front of a dash, whatever else the deck is about", () => {
    const cover: Line[] = [["LumenWatch - Light for Velora", 0.08, 0.2]];
    expect(
      placed(
        cover,
        ["problem", "Why Velora?", "Velora is a city without lamps"],
        ["solution", "LumenWatch is a lamp for Velora"],
        ["other", "Velora today"],
      ),
    ).toBe("LumenWatch");
  });
});

it("takes the longer name where each mention of the short one is a part of it", () => {
  const title: Parameters<typeof bareDeck>[0] = ["other", "Why Nord Lumeria now"];
  expect(
    named(["cover", "Lumeria", "Light for all"], ["solution", "Nord Lumeria is a lamp"], title, [
      "other",
      "Nord Lumeria",
    ]),
  ).toBe("Nord Lumeria");
});

it("reads the site in a footer as the name that the deck writes", () => {
  const footer = "nordlumen.xyz";
  expect(
    named(
      ["cover", "Nord Lumen", "Lamps for all", footer],
      ["problem", "Dark", footer],
      ["other", "Nord Lumen now", footer],
    ),
  ).toBe("Nord Lumen");
});

it("corrects a letter of a logo by the address", () => {
  const slides = bareDeck(
    ["cover", "Lumerla", "Light for all"],
    ["problem", "Lumerla", "Rooms are dark"],
    ["contact", "Contact", "mia@lumeria.net"],
  );
  const read = slides.map((slide) => ({ ...slide, text_source: "ocr" as const }));
  expect(extract(deckOf(read), today).startup_name.value).toBe("lumeria");
});

it("hears the name in front of a mail host", () => {
  expect(
    named(
      ["cover", "Lumeria Lamps shine at night"],
      ["other", "Lamps of today", "Lumeria"],
      ["contact", "Contact", "lumeria.team@gmail.com"],
    ),
  ).toBe("Lumeria");
});

it.each(["Kenya", "Deutschland", "Diabetes", "Pvt Ltd", "Redefining Light"])(
  "does not take %s for a name",
  (word) => {
    const slide: Parameters<typeof bareDeck>[0] = ["other", `About ${word}`, word];
    expect(named(["cover", "Care from afar", word], slide, slide)).toBeNull();
  },
);
