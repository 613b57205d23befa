import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pageFacts } from "../../../../../test/support/page-facts.ts";
import { type Finding, type SlideAnalysis, slideFindings } from "../../../../contract/results.ts";
import type { PageFacts, TextLine } from "../../../../pdf/types.ts";
import { analyse } from "../analyse.ts";
import { assemble } from "../page-text.ts";
import { contrastIn } from "./contrast.ts";
import { giveFeedback } from "./feedback.ts";

const line = (text: string, y: number, size = 0.04, more: Partial<TextLine> = {}): TextLine => ({
  text,
  x: 0.06,
  y,
  width: Math.min(0.88, text.length * size * 0.3),
  height: size * 1.2,
  size,
  bold: false,
  ...more,
});

async function feedback(
  lines: readonly TextLine[],
  options: { facts?: Partial<PageFacts>; jpeg?: Buffer; kind?: SlideAnalysis["kind"] } = {},
): Promise<Finding[]> {
  const facts = pageFacts({ page: 3, lines, ...options.facts });
  const page = assemble(facts, null);
  const own = analyse({ slide: 3, slides: 12 }, facts, page);
  const analysis = { ...own, kind: options.kind ?? own.kind };
  const jpeg = options.jpeg ?? (await blank("white"));
  return slideFindings.parse(await giveFeedback(analysis, facts, page, jpeg, 2026)).findings;
}
const blank = (background: string) =>
  sharp({ create: { width: 960, height: 540, channels: 3, background } })
    .jpeg()
    .toBuffer();
const rules = (findings: readonly Finding[]) =>
  findings.map(({ rule, severity }) => [rule, severity]);

const claim = line("Every third crate never comes back to its owner", 0.08, 0.06);
const words = (count: number, size = 0.03) =>
  Array.from({ length: Math.ceil(count / 10) }, (_, row) =>
    line("crates go out full and come back empty every day", 0.2 + row * 0.035, size),
  );

describe("slide feedback", () => {
  it.each([
    [60, undefined],
    [90, "minor"],
    [140, "major"],
    [210, "critical"],
  ])("judges %i words", async (count, severity) => {
    const found = await feedback([claim, ...words(count)]);
    expect(found.find(({ rule }) => rule === "text_amount")?.severity).toBe(severity);
  });

  it.each([
    [0.03, undefined],
    [0.023, "minor"],
    [0.018, "major"],
    [0.012, "critical"],
  ])("judges text of %d of the height", async (size, severity) => {
    const found = await feedback([claim, ...words(40, size)]);
    const small = found.find(({ rule }) => rule === "text_too_small");
    expect(small?.severity).toBe(severity);
    if (small) expect(small.measure?.value).toBeCloseTo(size * 100, 1);
  });

  it("leaves page numbers, footers and sources small", async () => {
    const found = await feedback([
      claim,
      ...words(30),
      line("Source: European registry, 2023", 0.8, 0.015),
      line("Nordhafen - confidential 3", 0.95, 0.012),
    ]);
    expect(found.map(({ rule }) => rule)).not.toContain("text_too_small");
  });

  it("measures the contrast of letters on the picture", async () => {
    const stripes = async (shade: number) => {
      const bars = Array.from({ length: 60 }, (_, at) => ({
        input: {
          create: {
            width: 3,
            height: 24,
            channels: 3 as const,
            background: `rgb(${shade},${shade},${shade})`,
          },
        },
        left: 60 + at * 10,
        top: 220,
      }));
      const page = await sharp(await blank("white"))
        .composite(bars)
        .jpeg({ quality: 95 })
        .toBuffer();
      return feedback([claim, line("some words in pale grey on white", 0.4, 0.045)], {
        jpeg: page,
      });
    };
    const pale = (await stripes(200)).find(({ rule }) => rule === "low_contrast");
    expect(pale?.severity).toBe("major");
    expect(pale?.measure?.value).toBeLessThan(2);
    expect((await stripes(20)).map(({ rule }) => rule)).not.toContain("low_contrast");
  });

  it("does not measure where there is no one ground", () => {
    expect(contrastIn(Float64Array.from({ length: 1000 }, (_, at) => at / 1000))).toBeNull();
  });

  it("finds a placeholder that was left", async () => {
    const found = await feedback([claim, line("Lorem ipsum dolor sit amet", 0.4)]);
    expect(rules(found)[0]).toEqual(["placeholder_text", "critical"]);
  });

  it("misses a title, and a claim where only a topic stands", async () => {
    const none = await feedback(words(30).map((one) => ({ ...one, y: one.y + 0.3 })));
    expect(none.map(({ rule }) => rule)).toContain("title_missing");
    const topic = await feedback([line("Market", 0.08, 0.07), ...words(30)]);
    expect(rules(topic)).toContainEqual(["title_topic_only", "major"]);
  });

  it("asks for the source of a market size and is content with one", async () => {
    const market = [
      line("Remote care is growing fast today", 0.08, 0.06),
      line("The market is worth $21 billion", 0.4),
    ];
    const bare = await feedback(market, { kind: "market" });
    expect(rules(bare)).toContainEqual(["number_without_source", "major"]);
    const cited = await feedback([...market, line("Source: registry, 2023", 0.8)], {
      kind: "market",
    });
    expect(cited.map(({ rule }) => rule)).not.toContain("number_without_source");
  });

  it("asks what a chart counts, and in which unit", async () => {
    const chart = async (label: string | null) => {
      const years = ["2022", "2023", "2024", "2025"];
      const texts = label === null ? years : [label, ...years];
      const area = { x: 0.3, y: 0.3, width: 0.6, height: 0.5 };
      const drawn = {
        ...area,
        kind: "bar" as const,
        marks: 4,
        xLabels: years,
        yLabels: ["0", "50"],
        texts,
      };
      const found = await feedback([line("We have grown every year", 0.08, 0.06)], {
        facts: { charts: [drawn] },
      });
      return found.map(({ rule }) => rule);
    };
    expect(await chart(null)).toContain("chart_without_label");
    expect(await chart("Revenue")).toContain("numbers_without_unit");
    expect(await chart("Revenue, thousand EUR")).not.toContain("numbers_without_unit");
    expect(await chart("Revenue, thousand EUR")).not.toContain("chart_without_label");
  });

  it("takes years to come for forecasts only where nothing marks them", async () => {
    const plan = (header: string) =>
      feedback([claim, line(header, 0.3), line("Revenue 1 2 3", 0.4)], { kind: "financials" });
    const rulesOf = async (header: string) => (await plan(header)).map(({ rule }) => rule);
    expect(await rulesOf("2026 2027 2028")).toContain("forecast_unmarked");
    expect(await rulesOf("2026A 2027E 2028E")).not.toContain("forecast_unmarked");
    expect(await rulesOf("2023 2024 2025")).not.toContain("forecast_unmarked");
  });

  it("asks a funding slide for its amount", async () => {
    const found = await feedback([
      line("The ask", 0.08, 0.06),
      line("We are raising a small seed round with partners", 0.4),
    ]);
    expect(rules(found)).toContainEqual(["ask_without_amount", "major"]);
  });

  it("sees text over the edge and text on text", async () => {
    const over = line("A long line that runs out of the page", 0.4, 0.04, { x: 0.7, width: 0.5 });
    expect((await feedback([claim, over])).map(({ rule }) => rule)).toContain("text_cut_off");
    const twice = [
      line("These words are in the way", 0.4),
      line("Other words stand in one place", 0.401),
    ];
    expect((await feedback([claim, ...twice])).map(({ rule }) => rule)).toContain("text_overlap");
  });

  it("quotes no words that may be misread, and lays none of a picture over the text", async () => {
    const read = (text: string, y: number, confidence: number) => ({
      ...line(text, y, 0.04),
      confidence,
      doubtful: confidence < 80 ? text.split(" ") : [],
    });
    const facts = pageFacts({ page: 3, lines: [] });
    const page = assemble(facts, [
      read("lorem ipsum dolar", 0.1, 70),
      ...words(90).map((one, at) => read(one.text, one.y, at === 0 ? 60 : 95)),
    ]);
    const own = analyse({ slide: 3, slides: 12 }, facts, page);
    const { findings } = await giveFeedback(own, facts, page, await blank("white"), 2026);
    expect(findings.map(({ rule }) => rule)).toContain("text_amount");
    expect(findings.map(({ rule }) => rule)).not.toContain("placeholder_text");
    const quotes = findings.flatMap(({ evidence }) => evidence.map(({ quote }) => quote));
    expect(quotes.some((quote) => quote.includes("lorem"))).toBe(false);
  });

  it("gives at most three findings, the gravest first, each with a literal quote", async () => {
    const found = await feedback(
      [line("Market", 0.08, 0.07), line("Lorem ipsum is here still", 0.15), ...words(220, 0.012)],
      { kind: "market" },
    );
    expect(found).toHaveLength(3);
    expect(found[0]?.severity).toBe("critical");
    expect(found.flatMap(({ evidence }) => evidence).every(({ grounded }) => grounded)).toBe(true);
  });

  it("praises a claim, and only a claim", async () => {
    expect(rules(await feedback([claim, ...words(20)]))).toEqual([["title_is_claim", "praise"]]);
    const topic = await feedback([line("Crates", 0.08, 0.07), ...words(20)]);
    expect(topic.map(({ severity }) => severity)).not.toContain("praise");
  });
});
