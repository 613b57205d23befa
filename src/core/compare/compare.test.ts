import fc from "fast-check";
import { expect, it } from "vitest";
import { alignSlides, inEveryOrder } from "./align.ts";
import { type ComparedDeck, compareDecks, type DeckComparison } from "./compare.ts";

const word = fc.constantFrom(
  ..."market team ask heart trial data eur growth device nurse".split(" "),
);
const slideText = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));
const deck: fc.Arbitrary<ComparedDeck> = fc
  .record({
    texts: fc.array(slideText, { maxLength: 7 }),
    ask: fc.option(fc.integer({ min: 1, max: 3 })),
    findings: fc.array(
      fc.record({
        slide: fc.option(fc.integer({ min: 1, max: 7 })),
        rule: fc.constantFrom("text_too_small", "no_title", "opinion"),
        severity: fc.constant("major"),
        what: word,
      }),
      { maxLength: 6 },
    ),
    score: fc.option(fc.integer({ min: 0, max: 5 })),
  })
  .map(({ texts, ask, findings, score }) => ({
    findings: findings.filter(({ slide }) => slide === null || slide <= texts.length),
    ...{ score, chapters: [{ id: "market", title: "Market", score }] },
    fields: [
      {
        ...{ path: "extractions.funding_amount", title: "Ask", type: "ask" },
        value: ask === null ? null : { amount: ask, currency: "EUR" },
        shown: ask === null ? null : `${ask} EUR`,
      },
    ],
    slides: texts.map((text, at) => ({ slide: at + 1, title: text.split(" ")[0] ?? null, text })),
  }));

const mirrored = {
  ...{ added: "gone", gone: "added", changed: "changed", removed: "added", same: "same" },
  ...{ fixed: "new", new: "fixed", still: "still" },
};

/** What stands where, without the words of the newer one that a pair is told by. */
const facts = ({ fields, slides, findings, score, chapters }: DeckComparison) => ({
  fields: fields.map(({ path, change, a, b }) => ({ path, change, a, b })),
  slides: slides.map(({ change, moved, a, b, onlyA, onlyB }) => ({
    ...{ change, moved, a, b, onlyA, onlyB },
  })),
  findings: findings.map(({ change, rule }) => ({ change, rule })),
  ...{ score, chapters },
});
const swapped = (told: ReturnType<typeof facts>): ReturnType<typeof facts> => ({
  fields: told.fields.map(({ path, change, a, b }) => ({
    ...{ path, change: mirrored[change] as typeof change, a: b, b: a },
  })),
  slides: told.slides.map((one) => ({
    change: (one.change === "added" ? "removed" : mirrored[one.change]) as typeof one.change,
    ...{ moved: one.moved, a: one.b, b: one.a, onlyA: one.onlyB, onlyB: one.onlyA },
  })),
  findings: told.findings.map(({ change, rule }) => ({
    ...{ change: mirrored[change] as typeof change, rule },
  })),
  score: { a: told.score.b, b: told.score.a },
  chapters: told.chapters.map(({ a, b, ...rest }) => ({ ...rest, a: b, b: a })),
});
const sorted = (told: ReturnType<typeof facts>) =>
  Object.fromEntries(
    Object.entries(told).map(([key, all]) => [
      key,
      Array.isArray(all) ? all.map((one) => JSON.stringify(one)).toSorted() : all,
    ]),
  );

it("finds nothing to tell between a deck and itself", () => {
  fc.assert(
    fc.property(deck, (one) => {
      const { fields, slides, findings, chapters } = compareDecks(one, one);
      expect([fields, chapters]).toEqual([[], []]);
      for (const slide of slides) {
        expect(slide).toMatchObject({ change: "same", moved: false, a: slide.b, similarity: 1 });
      }
      expect(findings.filter(({ change }) => change !== "still")).toEqual([]);
    }),
  );
});

it("tells the same the other way round when the decks change places", () => {
  fc.assert(
    fc.property(deck, deck, (a, b) => {
      expect(sorted(swapped(facts(compareDecks(a, b))))).toEqual(sorted(facts(compareDecks(b, a))));
    }),
  );
});

it("has every slide of both decks once", () => {
  fc.assert(
    fc.property(deck, deck, (a, b) => {
      const { slides } = compareDecks(a, b);
      const numbers = (side: "a" | "b") =>
        slides.flatMap((one) => one[side] ?? []).toSorted((x, y) => x - y);
      expect(numbers("a")).toEqual(a.slides.map(({ slide }) => slide));
      expect(numbers("b")).toEqual(b.slides.map(({ slide }) => slide));
    }),
  );
});

const slides = (...texts: string[]) =>
  texts.map((text, at) => ({ slide: at + 1, title: null, text }));
const [problem, market, team, ask] = [
  "patients wait weeks for a diagnosis of their heart rhythm",
  "the market is worth four billion euros and grows every year",
  "anna has led two clinical device companies before this one",
  "we raise three million euros for trials and approval",
];

it("sees what was added, removed, moved and changed", () => {
  const before = slides(problem, market, team, ask);
  const after = slides(market, problem.replace("weeks", "months"), "an entirely new slide", ask);
  expect(alignSlides(before, after)).toMatchObject([
    { a: 2, b: 1, similarity: 1, moved: true },
    { a: 1, b: 2, moved: true },
    { a: 4, b: 4, moved: false },
  ]);
  const nothing = { fields: [], findings: [], score: null, chapters: [] };
  const told = compareDecks({ ...nothing, slides: before }, { ...nothing, slides: after });
  expect(told.slides.map(({ change }) => change)).toEqual([
    ...["same", "changed", "added", "same", "removed"],
  ]);
  expect(told.slides[1]).toMatchObject({
    onlyA: [problem],
    onlyB: [expect.stringMatching(/months/)],
  });
});

it.each([
  [
    [2, 3, 4, 1],
    [true, true, true, false],
  ],
  [
    [2, 1, 3, 4],
    [false, false, true, true],
  ],
  [
    [4, 2, 3, 1],
    [false, true, true, false],
  ],
  [[], []],
])("of the order %j these have kept their place: %j", (order, kept) => {
  expect(inEveryOrder(order)).toEqual(kept);
});

it("follows a finding to where its slide went", () => {
  const nothing = { fields: [], score: null, chapters: [] };
  const found = (slide: number, rule: string) => ({ slide, rule, severity: "major", what: rule });
  const told = compareDecks(
    {
      ...nothing,
      slides: slides(problem, market),
      findings: [found(1, "small"), found(2, "dark")],
    },
    { ...nothing, slides: slides(team, problem), findings: [found(2, "small"), found(1, "dark")] },
  );
  expect(told.findings).toMatchObject([
    { change: "still", rule: "small", slideA: 1, slideB: 2 },
    { change: "fixed", rule: "dark", slideA: 2, slideB: null },
    { change: "new", rule: "dark", slideA: null, slideB: 1 },
  ]);
});
