import { describe, expect, it } from "vitest";
import { bareDeck } from "../../../../test/support/bare-deck.ts";
import { type SlideAnalysis, templateAnswer } from "../../../contract/results.ts";
import type { TemplateQuestion } from "../../../contract/worker-protocol.ts";
import { deckOf } from "./deck.ts";
import { climb, scoreOf } from "./ladder.ts";
import { answerChapter } from "./template.ts";

const slide = (number: number, ...said: Parameters<typeof bareDeck>[number]): SlideAnalysis => ({
  ...(bareDeck(said)[0] as SlideAnalysis),
  slide: number,
});
const question = (more: Partial<TemplateQuestion>): TemplateQuestion => ({
  id: "Q1",
  question: "Which price?",
  strong: "A price backed by contracts.",
  adequate: "A list price.",
  weak: "No price.",
  hints: ["price", "per month", "subscription", "Preis"],
  slides: ["business_model"],
  ...more,
});
const deck = deckOf([
  slide(1, "cover", "Nordhafen"),
  slide(
    2,
    "problem",
    "Trucks drive home empty",
    "Of all miles 28 % are empty. (Source: registry, 2023)",
  ),
  slide(
    3,
    "business_model",
    "A fee for each crate",
    "Subscription of EUR 89 per month for each yard.",
  ),
  slide(4, "team", "Team", "Ana Ruiz, CEO, ran returns at Contoso for 9 years"),
  slide(5, "other", "Legal disclaimer", "The price per month may differ."),
]);
const answer = (more: Partial<TemplateQuestion> = {}) => {
  const [first] = answerChapter(deck, { questions: [question(more)] });
  return templateAnswer.parse(first);
};

describe("a template's answer", () => {
  it("is made of the deck's own sentences, with their slides", () => {
    const found = answer();
    expect(found.answer).toContain("Subscription of EUR 89 per month for each yard.");
    expect(found.evidence).toContainEqual({
      slide: 3,
      quote: "Subscription of EUR 89 per month for each yard.",
      grounded: true,
    });
    expect(found.reason).toMatch(/slide 3/);
  });

  it("is null with score 0 when the deck is silent", () => {
    const found = answer({ hints: ["patent", "freedom to operate"], slides: ["science"] });
    expect(found).toMatchObject({ answer: null, score: 0, evidence: [] });
    expect(found.reason).toBe("Not shown in the deck.");
    expect(found.missing).toContain("A list price.");
  });

  it("does not quote the small print", () => {
    expect(answer().evidence.map((one) => one.slide)).not.toContain(5);
  });

  it("finds hints in any case, with accents and in the plural", () => {
    const spanish = deckOf([
      slide(1, "problem", "El problema", "Los PACIENTES crónicos esperan seis meses"),
    ]);
    const asked = question({ hints: ["paciente cronico"], slides: ["problem"] });
    expect(answerChapter(spanish, { questions: [asked] })[0]?.answer).toContain("PACIENTES");
  });

  it("takes the number that stands above its label along", () => {
    const apart = deckOf([
      slide(1, "problem", "Waste", "62 M", "tonnes of building waste per year"),
    ]);
    const asked = question({ hints: ["building waste", "per year"], slides: ["problem"] });
    const found = answerChapter(apart, { questions: [asked] })[0];
    expect(found?.answer).toContain("62 M tonnes of building waste");
    expect(found?.evidence[0]).toMatchObject({ grounded: true });
  });

  it("takes the number over its label out of a row of numbers, not the one before it in the text", () => {
    const row = slide(1, "problem", "Waste", "62 M", "24 %", "tonnes of building waste per year");
    const box = { height: 0.06, width: 0.2, size: 0.06 };
    const blocks = [
      { text: "62 M", x: 0.06, y: 0.3, ...box },
      { text: "24 %", x: 0.5, y: 0.3, ...box },
      { text: "tonnes of building waste per year", x: 0.06, y: 0.39, ...box },
    ];
    const asked = question({ hints: ["building waste", "per year"], slides: ["problem"] });
    const [found] = answerChapter(deckOf([{ ...row, blocks }]), { questions: [asked] });
    expect(found?.answer).toContain("62 M tonnes of building waste");
    expect(found?.evidence).toMatchObject([
      { quote: "62 M", grounded: true },
      { quote: "tonnes of building waste per year", grounded: true },
    ]);
  });

  it("does not apply to a product that needs no clearance", () => {
    const found = answer({ hints: ["FDA", "510(k)", "MDR", "notified body"] });
    expect(found).toMatchObject({ answer: null, score: null });
  });

  it("loses a point when two slides ask for different sums, and quotes both", () => {
    const sums = (other: string) =>
      answerChapter(
        deckOf([
          slide(1, "cover", "Nordhafen"),
          slide(2, "ask", "The ask", "We are raising $2M seed with Aldgate Capital"),
          slide(3, "ask", "The ask", `We are raising ${other} seed with Aldgate Capital`),
        ]),
        { questions: [question({ hints: ["raising", "the ask", "seed"], slides: ["ask"] })] },
      )[0];
    const [same, torn] = [sums("$2M"), sums("$3M")];
    expect(torn?.score).toBe((same?.score ?? 0) - 1);
    expect(torn?.reason).toMatch(/Slides disagree: slide 2 says/);
    expect(new Set(torn?.evidence.map((one) => one.slide))).toEqual(new Set([2, 3]));
  });

  it("keeps the order of the chapter", () => {
    const questions = ["B", "A", "C"].map((id) => question({ id }));
    expect(answerChapter(deck, { questions }).map(({ id }) => id)).toEqual(["B", "A", "C"]);
  });
});

describe("the score", () => {
  const score = (text: string) => scoreOf(climb([text], [text], 1));

  it.each([
    ["our innovative platform is the best", 1],
    ["we work with clinics", 1],
    ["we work with Charité and Mayo", 3],
    ["we save nurses 12 minutes", 2],
    ["With Charité we save 12 minutes per visit, compared with before; contract signed", 5],
  ])("of %s is %i", (text, expected) => {
    expect(score(text)).toBe(expected);
  });

  it("stays at 3 for plans, however precise they are", () => {
    expect(score("We will save Charité 30 % compared with today, source: model")).toBe(3);
  });
});
