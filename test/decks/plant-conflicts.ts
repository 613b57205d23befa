import { choose, type DeckPlant, type Wording } from "./plant-claims.ts";
import type { Dice } from "./random.ts";
import type { Story } from "./story.ts";
import { type Kind, type Slide, textOf } from "./types.ts";
import { restated } from "./wording/conflicts.ts";
import { phrases } from "./wording/numbers.ts";

type Topic = "market" | "ask" | "team" | "customers";

interface Stated {
  readonly slide: Slide;
  readonly quote: string;
  readonly phrase: string;
}

/** Where the story states it first, in which words. */
function statedAt(
  dice: Dice,
  story: Story,
  slides: readonly Slide[],
  topic: Topic,
  wording: Wording,
): Stated | null {
  const p = phrases[story.language];
  const bank = restated[story.language];
  const free = (kind: string): Slide | undefined =>
    slides.find((slide) => slide.kind === kind && slide.truth.length === 0);
  const [kind, quote] = {
    market: ["market", p.market(story.company.area, story.money(story.marketMillions), story.year)],
    ask: ["ask", p.ask(story.money(story.askMillions))],
    team: ["team", p.team(story.people)],
    customers: ["traction", p.customers(story.customers)],
  }[topic] as [string, string];
  const slide = free(kind);
  if (slide === undefined) return null;
  if (topic === "market" && slide.figures.length > 0) {
    return {
      slide,
      quote: slide.figures[0]?.value ?? "",
      phrase: choose(dice, bank.marketTam, wording),
    };
  }
  if (!slide.items.some((item) => textOf(item) === quote)) return null;
  return { slide, quote, phrase: choose(dice, bank[topic], wording) };
}

function fillNumbers(dice: Dice, story: Story, phrase: string, factor: number): string {
  const round = (value: number): number =>
    value > 100 ? Math.round(value / 100) * 100 : Math.max(1, Math.round(value));
  const asks =
    /raising|seed|seeking|our ask|suchen|kapitalbedarf|recherchons|levée|solicitamos|ronda/iu.test(
      phrase,
    );
  const askOrMarket = asks ? story.askMillions : story.marketMillions;
  const wanted = askOrMarket * factor;
  const millions = askOrMarket > 100 ? round(wanted) : Math.round(wanted * 10) / 10;
  const counts =
    /team|people|employees|Team|Mitarbeiter|Personen|équipe|salariés|personnes|equipo|empleados|personas/u.test(
      phrase,
    )
      ? story.people
      : story.customers;
  const slots: Record<string, string> = {
    money: story.money(millions),
    count: String(round(counts * factor)),
    year: String(story.year),
    last: String(story.year - 2),
    later: String(story.year + dice.whole(3, 6)),
    big: String(dice.whole(11, 90)),
    small: String(dice.whole(4, 12)),
    pct: String(dice.whole(30, 80)),
  };
  return story.fill(
    phrase.replace(
      /\{(money|count|year|last|later|big|small|pct)\}/g,
      (slot, key: string) => slots[key] ?? slot,
    ),
  );
}

const hosts: Readonly<Record<Topic, RegExp>> = {
  market: /^(?:problem|solution|summary|competition|business_model)$/,
  ask: /^(?:financials|roadmap|summary|business_model)$/,
  team: /^(?:solution|product|traction|ask|summary)$/,
  customers: /^(?:solution|product|business_model|competition|summary)$/,
};

const conflictPlant =
  (topic: Topic): DeckPlant =>
  (dice, story, slides, wording) => {
    const stated = statedAt(dice, story, slides, topic, wording);
    if (stated === null) return null;
    const open = slides.filter(
      (slide) =>
        hosts[topic].test(slide.kind) && slide.truth.length === 0 && slide.items.length < 6,
    );
    if (open.length === 0) return null;
    const host = dice.pick(open);
    // Fewer of all customers than of those who pay cannot be; more of them may well be.
    const all = topic === "customers" && !/pay|zahlend|payants|de pago/u.test(stated.phrase);
    const factor = dice.pick(all ? [0.4, 0.6] : [0.4, 0.6, 1.5, 1.8, 2.4]);
    const other = fillNumbers(dice, story, stated.phrase, factor);
    const changed: Slide = {
      ...host,
      items: [...host.items, other],
      note: topic === "market" ? (host.note ?? dice.pick(story.words.source)) : host.note,
    };
    const kind = `conflict_${topic}` as Kind;
    return {
      slides: slides.map((slide) => (slide === host ? changed : slide)),
      truth: { kind, quotes: [stated.quote, other], at: [stated.slide, changed] },
    };
  };

export const conflictPlants: Readonly<Partial<Record<Kind, DeckPlant>>> = {
  conflict_market: conflictPlant("market"),
  conflict_ask: conflictPlant("ask"),
  conflict_team: conflictPlant("team"),
  conflict_customers: conflictPlant("customers"),
};

/** Other markets, other years, plans, and the same number said again: none of it disagrees. */
export function addAgreeing(
  dice: Dice,
  story: Story,
  given: readonly Slide[],
  wording: Wording,
): Slide[] {
  const bank = restated[story.language];
  const slides = [...given];
  const add = (kinds: RegExp, text: string, note: boolean): void => {
    const at = slides.findIndex(
      (slide) =>
        kinds.test(slide.kind) &&
        slide.truth.length === 0 &&
        slide.items.length > 0 &&
        slide.items.length < 5 &&
        slide.pieces.length === 0,
    );
    const slide = slides[at];
    if (slide === undefined) return;
    slides[at] = {
      ...slide,
      items: [...slide.items, text],
      note: note ? (slide.note ?? dice.pick(story.words.source)) : slide.note,
    };
  };
  const conflict = (kind: Kind): boolean =>
    slides.some((slide) => slide.truth.some((truth) => truth.kind === kind));
  if (dice.chance(0.3))
    add(
      /^market$/,
      fillNumbers(dice, story, choose(dice, bank.otherMarket, wording), dice.pick([0.2, 1.6])),
      true,
    );
  if (dice.chance(0.3))
    add(/^roadmap$/, fillNumbers(dice, story, choose(dice, bank.laterTeam, wording), 2), false);
  if (dice.chance(0.3))
    add(
      /^(?:business_model|traction)$/,
      fillNumbers(dice, story, choose(dice, bank.otherCustomers, wording), 0.5),
      false,
    );
  if (dice.chance(0.3))
    add(/^problem$/, fillNumbers(dice, story, choose(dice, bank.external, wording), 1), true);
  if (dice.chance(0.3) && !conflict("conflict_team"))
    add(
      /^(?:solution|product)$/,
      fillNumbers(dice, story, choose(dice, bank.team, wording), 1),
      false,
    );
  if (dice.chance(0.3) && !conflict("conflict_customers"))
    add(
      /^(?:product|business_model)$/,
      fillNumbers(dice, story, choose(dice, bank.customers, wording), 1),
      false,
    );
  if (dice.chance(0.2) && !conflict("conflict_ask"))
    add(
      /^(?:financials|roadmap)$/,
      fillNumbers(dice, story, choose(dice, bank.ask, wording), 1),
      false,
    );
  return slides;
}

/** A number about the world outside, with nobody named who counted it. */
export const externalNumber = (
  dice: Dice,
  story: Story,
  slide: Slide,
  wording: Wording,
): Slide | null => {
  if (slide.kind !== "problem" || slide.note !== null) return null;
  const quote = fillNumbers(
    dice,
    story,
    choose(dice, restated[story.language].external, wording),
    1,
  );
  return {
    ...slide,
    items: [...slide.items.slice(0, 3), quote],
    truth: [...slide.truth, { kind: "source_missing", quote }],
  };
};
