import { describe, expect, it } from "vitest";
import { pageFacts } from "../../../../test/support/page-facts.ts";
import type { PageFacts, TextLine } from "../../../pdf/types.ts";
import { analyse } from "./analyse.ts";
import { languageOf } from "./language.ts";
import type { OcrLine } from "./ocr-lines.ts";
import { assemble, readingOf, textOf } from "./page-text.ts";
import { sentencesOf } from "./text-tools.ts";

const line = (text: string, x: number, y: number, size = 0.03, more = {}): TextLine => ({
  text,
  x,
  y,
  width: text.length * size * 0.3,
  height: size * 1.2,
  size,
  bold: false,
  ...more,
});
const facts = (lines: readonly TextLine[], more: Partial<PageFacts> = {}): PageFacts =>
  pageFacts({ lines, ...more });
const picture = { x: 0, y: 0, width: 1, height: 0.6, widthPixels: 1600, heightPixels: 900 };
const read = (text: string, y: number, confidence = 90): OcrLine => ({
  ...line(text, 0.1, y),
  confidence,
  doubtful: [],
});
const prose = "The text of this page is long enough to be read from its layer.";

describe("how a page is read", () => {
  it("trusts a text layer and reads pictures otherwise", () => {
    expect(readingOf(facts([line(prose, 0.1, 0.1)]))).toBe("text_layer");
    expect(readingOf(facts([]))).toBe("ocr");
    expect(readingOf(facts([line(prose, 0.1, 0.1)], { unmapped: 30 }))).toBe("ocr");
    expect(readingOf(facts([line("\ufffd\ufffd\ufffd".repeat(20), 0.1, 0.1)]))).toBe("ocr");
  });

  it("reads letters set apart from the picture", () => {
    const apart = "a f f o r d a b l e   c a r e   f o r   a l l".replace(/\s+/g, " ");
    expect(readingOf(facts([line(apart, 0.1, 0.1)]))).toBe("ocr");
  });

  it("reads both where few words stand beside a picture, be it a logo, but no icon", () => {
    const lines = [line("Product of the year 2026", 0.1, 0.8)];
    const beside = (width: number, height: number) =>
      readingOf(facts(lines, { page: 2, images: [{ ...picture, width, height }] }));
    expect(beside(1, 0.6)).toBe("both");
    expect(beside(0.2, 0.1)).toBe("both");
    expect(beside(0.04, 0.06)).toBe("text_layer");
  });

  it("reads the pictures of a cover, whose name is often a logo", () => {
    const logo = { ...picture, width: 0.2, height: 0.1 };
    const text = [0.1, 0.2, 0.3, 0.4].map((y) => line(prose, 0.1, y));
    expect(readingOf(facts(text, { images: [logo], page: 1 }))).toBe("both");
    expect(readingOf(facts(text, { images: [logo], page: 2 }))).toBe("text_layer");
    expect(readingOf(facts(text, { page: 1 }))).toBe("text_layer");
  });

  it("keeps the text layer and adds what only the picture shows", () => {
    const page = facts([line("Product of the year 2026", 0.1, 0.8)], {
      images: [picture],
    });
    const both = assemble(page, [
      read("Words in the picture", 0.2),
      read("Product of the year 2O26", 0.8),
      read("smudge smudge", 0.4, 60),
    ]);
    expect(both.source).toBe("both");
    expect(textOf(both)).toBe("Product of the year 2026\nWords in the picture");
  });

  it("says that a page without text has none", () => {
    expect(assemble(facts([]), [])).toMatchObject({ source: "none", blocks: [] });
  });
});

describe("paragraphs", () => {
  const texts = (...lines: TextLine[]) => assemble(facts(lines), null).blocks.map((b) => b.text);

  it("joins a sentence over its lines", () => {
    expect(
      texts(
        line("Nordhafen fills empty trucks on", 0.1, 0.3),
        line("their way home.", 0.1, 0.345),
        line("We own the way back, for all.", 0.1, 0.5),
      ),
    ).toEqual(["Nordhafen fills empty trucks on their way home.", "We own the way back, for all."]);
  });

  it("keeps columns, points of a list and labels apart", () => {
    expect(
      texts(
        line("Faster than any other way", 0.1, 0.3),
        line("Cheaper than any rival", 0.6, 0.3),
        line("• One point", 0.1, 0.5),
        line("• Another point", 0.1, 0.545),
        line("Chief Executive", 0.6, 0.5),
        line("Chief Technology", 0.6, 0.545),
      ),
    ).toEqual([
      "Faster than any other way",
      "Cheaper than any rival",
      "• One point",
      "• Another point",
      "Chief Executive",
      "Chief Technology",
    ]);
  });

  it("keeps points apart that free space or a capital sets apart", () => {
    const points = [
      "The money lasts for eighteen months",
      "Sales and quality are paid by it",
      "Hiring follows signed contracts only",
    ];
    const spaced = points.map((text, row) => line(text, 0.1, 0.3 + row * 0.055));
    expect(textOf(assemble(facts(spaced), null)).split("\n")).toEqual(points);
    // Full sentences of about one length, as after bullets that are drawn.
    const sentences = points.map((text) => `${text}, whatever else may come.`);
    const drawn = sentences.map((text, row) => line(text, 0.1, 0.3 + row * 0.055));
    expect(textOf(assemble(facts(drawn), null)).split("\n")).toEqual(sentences);
    const four = [...points, "Costs follow those who are hired"];
    const tight = four.map((text, row) => line(text, 0.1, 0.3 + row * 0.04));
    expect(textOf(assemble(facts(tight), null)).split("\n")).toEqual(four);
  });

  it("joins a point with its lines that hang under the first word", () => {
    const point = [
      line("5. FDA approval of our", 0.07, 0.5),
      line("software as a device", 0.12, 0.535),
    ];
    expect(textOf(assemble(facts(point), null))).toBe(
      "5. FDA approval of our software as a device",
    );
  });

  it("counts a shadow once", () => {
    expect(texts(line(prose, 0.1, 0.3), line(prose, 0.101, 0.301))).toEqual([prose]);
  });

  it("reads a slide laid sideways, and gives boxes where they lie on the sheet", () => {
    const turned = (text: string, x: number): TextLine => ({
      ...line(text, x, 0.1),
      width: 0.06,
      height: 0.6,
      size: 0.035,
    });
    const page = facts(
      [turned("A platform where users rent out their", 0.7), turned("space to travellers.", 0.64)],
      { widthPoints: 612, heightPoints: 792 },
    );
    const found = analyse({ slide: 2, slides: 9 }, page, assemble(page, null));
    expect(found.text).toBe("A platform where users rent out their space to travellers.");
    expect(found.blocks[0]?.x).toBeCloseTo(0.64);
    expect(found.blocks[0]?.height).toBeCloseTo(0.6);
  });

  it("bounds what a hostile page can cost", () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      line("x".repeat(3000), 0.1, index / 5000),
    );
    expect(textOf(assemble(facts(many), null)).length).toBeLessThan(50_000);
  });
});

describe("one slide", () => {
  const slide = (number: number, ...lines: TextLine[]) => {
    const page = facts(lines);
    return analyse({ slide: number, slides: 12 }, page, assemble(page, null));
  };

  it("finds the title near the top and not the number in the middle", () => {
    const found = slide(
      4,
      line("Crates that come back save money", 0.06, 0.08, 0.05),
      line("72 %", 0.4, 0.45, 0.12),
      line("of all crates are lost within one year of use", 0.3, 0.6),
      line("Nordhafen 4", 0.05, 0.95, 0.02),
    );
    expect(found.title).toBe("Crates that come back save money");
    expect(found.description).toContain("Crates that come back save money");
  });

  it.each([
    ["The problem", "problem"],
    ["Unsere Lösung", "solution"],
    ["Le marché", "market"],
    ["Nuestro equipo", "team"],
    ["Competitive landscape", "competition"],
    ["The ask", "ask"],
    ["Business model", "business_model"],
    ["Clinical evidence", "clinical"],
    ["Regulatory pathway", "regulatory"],
    ["Roadmap", "roadmap"],
  ])("takes a slide titled %s for %s", (title, kind) => {
    expect(slide(5, line(title, 0.06, 0.08, 0.06), line(prose, 0.1, 0.4)).kind).toBe(kind);
  });

  it("hears a kicker over the title", () => {
    const found = slide(
      5,
      line("THE PROBLEM", 0.06, 0.06, 0.02),
      line("Every third crate never comes back", 0.06, 0.1, 0.05),
      line(prose, 0.1, 0.4),
    );
    expect(found).toMatchObject({ kind: "problem", title: "Every third crate never comes back" });
  });

  it("sees a table by its aligned cells and a chart by its axis", () => {
    const cells = [0.3, 0.4, 0.5, 0.6].flatMap((y) => [
      line("Feature of ours", 0.1, y),
      line("yes", 0.4, y),
      line("not yet", 0.7, y),
    ]);
    expect(slide(3, ...cells).visuals.map(({ kind }) => kind)).toEqual(["table"]);
    const axis = ["2022", "2023", "2024", "2025", "2026"].map((year, at) =>
      line(year, 0.1 + at * 0.15, 0.8),
    );
    const page = facts([line("Growth of our revenue, in EUR", 0.1, 0.1), ...axis], { paths: 20 });
    const chart = analyse({ slide: 3, slides: 9 }, page, assemble(page, null));
    expect(chart.visuals.map(({ kind }) => kind)).toEqual(["chart"]);
  });
});

it.each([
  ["We help clinics to find the patients that they are looking for", "en"],
  ["Wir helfen den Kliniken, die Patienten zu finden, die sie nicht sehen", "de"],
  ["Nous aidons les cliniques à trouver les patients dans une base qui est sûre", "fr"],
  ["Los pacientes buscan el estudio y se quedan con su historial en una base", "es"],
  ["São os tribunais que não têm uma base de dados com o seu ranking", "pt"],
  ["72 % 340 EUR", null],
])("tells the language of %s", (text, language) => {
  expect(languageOf(text)).toBe(language);
});

it("ends sentences at stops, not at abbreviations or inside numbers", () => {
  const text = "Dr. Brandt leads 3.5 trials. The U.S. market follows, e.g. Texas. Next: Ohio";
  const sentences = sentencesOf(text);
  expect(sentences).toEqual([
    "Dr. Brandt leads 3.5 trials.",
    "The U.S. market follows, e.g. Texas.",
    "Next: Ohio",
  ]);
  for (const sentence of sentences) expect(text).toContain(sentence);
});
