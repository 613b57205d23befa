import type { Dice } from "./random.ts";
import { type Chart, type Language, type Slide, slideOf } from "./types.ts";
import { de } from "./wording/de.ts";
import { en } from "./wording/en.ts";
import { es } from "./wording/es.ts";
import { fr } from "./wording/fr.ts";
import { phrases } from "./wording/numbers.ts";
import type { Company, Words } from "./wording/words.ts";

const tongues: Readonly<Record<Language, Words>> = { en, de, fr, es };

/** What is true about one invented company: every slide draws its numbers from here. */
export interface Story {
  readonly name: string;
  readonly language: Language;
  readonly words: Words;
  readonly company: Company;
  readonly year: number;
  readonly month: string;
  readonly currency: string;
  /** Money with its unit in the deck's language, from millions. */
  readonly money: (millions: number) => string;
  readonly marketMillions: number;
  readonly askMillions: number;
  readonly people: number;
  readonly customers: number;
  readonly fill: (phrase: string) => string;
}

const first = [
  "Vela",
  "Nor",
  "Cari",
  "Luma",
  "Ort",
  "Pulse",
  "Medi",
  "Arbo",
  "Quan",
  "Sola",
  "Tera",
  "Vivo",
  "Zeph",
  "Kora",
  "Ilma",
  "Brio",
];
const second = [
  "dex",
  "vance",
  "lio",
  "mark",
  "nova",
  "ris",
  "tal",
  "via",
  "zon",
  "phy",
  "gen",
  "lab",
  "scope",
  "path",
  "line",
  "cura",
];

export function storyOf(dice: Dice, language: Language, health: boolean): Story {
  const words = tongues[language];
  const company = dice.pick(
    words.companies.filter((one) => one.health === health || language !== "en"),
  );
  const name = `${dice.pick(first)}${dice.pick(second)}`;
  const currency = dice.pick(
    language === "en" ? ["EUR ", "$", "€", "USD ", "CHF "] : ["EUR ", "€"],
  );
  const fill = (phrase: string): string =>
    capital(
      phrase.replace(/\{(\w+)\}/g, (slot, key: string) =>
        key === "name" ? name : ((company as unknown as Record<string, string>)[key] ?? slot),
      ),
    );
  return {
    name,
    language,
    words,
    company,
    year: dice.pick([2025, 2026]),
    month: dice.pick(words.months),
    currency,
    money: (millions) => moneyText(language, currency, millions),
    marketMillions: dice.whole(12, 95) * 100,
    askMillions: dice.pick([0.8, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6]),
    people: dice.whole(7, 28),
    customers: dice.whole(11, 64),
    fill,
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function moneyText(language: Language, currency: string, millions: number): string {
  const large = millions >= 1000;
  const value = large ? millions / 1000 : millions;
  const plain = String(Math.round(value * 100) / 100);
  if (language === "en") {
    const scale = currency.length > 1 ? (large ? " billion" : " million") : large ? "bn" : "M";
    return `${currency}${plain}${scale}`;
  }
  const comma = plain.replace(".", ",");
  const sign = currency.trim();
  if (language === "de") return `${comma} ${large ? "Mrd." : "Mio."} ${sign}`;
  if (language === "fr") return `${comma} ${large ? "Md" : "M"} ${sign}`;
  return large
    ? `${Math.round(millions)} M${sign === "EUR" ? " EUR" : "€"}`
    : `${comma} M${sign === "EUR" ? " EUR" : "€"}`;
}

/** A few phrases of a bank, filled. */
function some(dice: Dice, story: Story, kind: string, low: number, high: number): string[] {
  const bank = story.words.items[kind] ?? [];
  return dice.shuffled(bank).slice(0, dice.whole(low, high)).map(story.fill);
}

function titleFor(
  dice: Dice,
  story: Story,
  kind: string,
): { title: string; kicker: string | null } {
  const claim = story.fill(dice.pick(story.words.titles[kind] ?? ["{name}"]));
  const topic = story.words.topics[kind] ?? kind;
  return { title: claim, kicker: dice.chance(0.35) ? topic : null };
}

const yearsTo = (last: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => last - count + 1 + at);

/** All slides of a deck in which nothing is wrong. */
export function slidesOf(dice: Dice, story: Story): Slide[] {
  const p = phrases[story.language];
  const { fill, words, company } = story;
  const make = (kind: string, more: Partial<Slide> = {}): Slide => {
    const { title, kicker } = titleFor(dice, story, kind);
    return slideOf(kind, title, { kicker, ...more });
  };
  const source = (): string => dice.pick(words.source);
  const slides: Slide[] = [
    slideOf("cover", story.name, {
      items: [fill("{what}"), `${p.cover}, ${story.month} ${story.year}`],
    }),
    make("problem", { items: some(dice, story, "problem", 3, 4), picture: dice.chance(0.5) }),
    make("solution", { items: some(dice, story, "solution", 3, 4), picture: dice.chance(0.5) }),
    make("product", { items: some(dice, story, "product", 3, 4), picture: dice.chance(0.4) }),
    marketSlide(dice, story, make, source),
    competitionSlide(dice, story, make),
    make("business_model", { items: some(dice, story, "business_model", 3, 3) }),
    tractionSlide(dice, story, make),
    ...healthSlides(dice, story, make),
    teamSlide(dice, story, make),
    financialSlide(dice, story, make),
    askSlide(dice, story, make),
    make("roadmap", {
      items: [
        ...some(dice, story, "roadmap", 3, 4).map(
          (item, at) => `Q${(at % 4) + 1} ${story.year + 1}: ${item}`,
        ),
      ],
    }),
    slideOf("contact", p.thanks, {
      items: [`${words.people[0]}`, `info@${story.name.toLowerCase()}.example`],
    }),
  ];
  if (dice.chance(0.6))
    slides.splice(slides.length - 3, 0, make("ip", { items: some(dice, story, "ip", 2, 3) }));
  if (!company.health && dice.chance(0.4))
    slides.splice(2, 0, make("summary", { items: some(dice, story, "summary", 3, 4) }));
  return slides;
}

type Make = (kind: string, more?: Partial<Slide>) => Slide;

/** TAM, SAM and SOM differ, and grow over years: none of it is a conflict. */
function marketSlide(dice: Dice, story: Story, make: Make, source: () => string): Slide {
  const p = phrases[story.language];
  const { money, marketMillions: market, year } = story;
  const note = source();
  const line = p.market(story.company.area, money(market), year);
  const parts = [market, Math.round(market * 0.2), Math.round(market * 0.03)];
  if (dice.chance(0.4)) {
    const names = ["TAM", "SAM", "SOM"];
    const figures = parts.map((value, at) => ({
      value: money(value),
      label: `${names[at]}: ${p.parts[at]}`,
    }));
    return make("market", { figures, items: [p.reachable], note });
  }
  if (dice.chance(0.5)) {
    const years = yearsTo(year, 5);
    const values = years.map((_, at) => Math.round((market / 1000) * (0.6 + 0.1 * at) * 10) / 10);
    const label = p.marketAxis(story.currency.trim());
    const chart: Chart = {
      form: "bar",
      labels: years.map(String),
      values,
      label,
      suffix: "",
      onBars: dice.chance(0.4),
    };
    return make("market", { items: [line, p.reachable], charts: [chart], note });
  }
  const names = p.regions;
  const table = [
    [p.region, p.sites, p.perSite],
    ...names.map((name, at) => [
      name,
      String((at + 2) * 1400),
      `${story.currency}${(4 - at) * 1000 + 500}`,
    ]),
  ];
  return make("market", { items: [line, p.reachable], table, note });
}

function competitionSlide(dice: Dice, story: Story, make: Make): Slide {
  const p = phrases[story.language];
  if (dice.chance(0.5))
    return make("competition", { items: (story.words.items.competition ?? []).map(story.fill) });
  const rows = p.criteria.map((name) => [
    name,
    p.yes,
    dice.pick([p.yes, p.no]),
    dice.pick([p.yes, p.no]),
  ]);
  return make("competition", { table: [["", story.name, p.vendor("A"), p.vendor("B")], ...rows] });
}

/** Growth over past years; customers by number, apart from pilots. */
function tractionSlide(dice: Dice, story: Story, make: Make): Slide {
  const p = phrases[story.language];
  const { customers, year } = story;
  const line = p.customers(customers);
  const items = [
    line,
    p.pilots(dice.whole(3, 9)),
    ...(story.words.items.traction ?? []).slice(0, 1),
  ];
  if (dice.chance(0.3))
    return make("traction", {
      items: [...items, ...(story.words.items.traction ?? []).slice(1, 2)],
    });
  const years = yearsTo(year - 1, 4);
  const money = dice.chance(0.5);
  const top = money ? dice.whole(200, 900) : dice.whole(40, 90);
  const values = years.map((_, at) => Math.round(top * [0.2, 0.4, 0.7, 1][at]!));
  const label = money ? p.revenueAxis(story.currency.trim()) : p.renewalAxis;
  const onBars = dice.chance(0.5);
  const chart: Chart = {
    form: dice.pick(["bar", "line"] as const),
    labels: years.map(String),
    values,
    label,
    suffix: money ? "" : "%",
    onBars,
  };
  return make("traction", { items, charts: [chart] });
}

function healthSlides(dice: Dice, story: Story, make: Make): Slide[] {
  if (!story.company.health) return [];
  const bank = story.words.healthItems;
  const p = phrases[story.language];
  const clinical = make("clinical", {
    items: [p.result(dice), ...(bank.clinical ?? []).map(story.fill)],
  });
  const regulatory = make("regulatory", {
    items: [...(bank.regulatory ?? []).map(story.fill), p.route(story.year)],
  });
  const science = make("science", {
    items: [...(bank.science ?? []).map(story.fill)],
    picture: dice.chance(0.3),
  });
  return dice.chance(0.7) ? [clinical, regulatory, science] : [science, clinical, regulatory];
}

function teamSlide(dice: Dice, story: Story, make: Make): Slide {
  const p = phrases[story.language];
  const people = dice.shuffled(story.words.people).slice(0, 4);
  const items = people.map((name, at) => `${name}, ${story.words.roles[at] ?? ""}`);
  return make("team", { items: [...items, p.team(story.people)] });
}

/** Years to come are marked as such, one way or another. */
function financialSlide(dice: Dice, story: Story, make: Make): Slide {
  const p = phrases[story.language];
  const years = [story.year - 1, story.year, story.year + 1, story.year + 2];
  const base = dice.whole(2, 9) * 100;
  const revenue = [base, base * 2, base * 4, base * 7];
  const unit = `${p.thousand} ${story.currency.trim()}`;
  const marked = years.map((year) => (year < story.year ? `${year}A` : `${year}E`));
  if (dice.chance(0.5)) {
    const table = [
      [unit, ...marked],
      [p.revenue, ...revenue.map(String)],
      [p.costs, ...revenue.map((value, at) => String(Math.round(value * [1.4, 1.2, 1, 0.8][at]!)))],
      [p.margin, ...["41%", "48%", "55%", "60%"]],
    ];
    return make("financials", { table, items: (story.words.items.financials ?? []).slice(0, 2) });
  }
  const chart: Chart = {
    form: "bar",
    labels: dice.chance(0.5) ? marked : years.map(String),
    values: revenue,
    label: `${p.revenue}, ${unit}, ${p.planFrom(story.year)}`,
    suffix: "",
    onBars: dice.chance(0.5),
  };
  return make("financials", {
    charts: [chart],
    items: (story.words.items.financials ?? []).slice(0, 2),
  });
}

/** Parts of the sum and money raised before are no second ask. */
function askSlide(dice: Dice, story: Story, make: Make): Slide {
  const p = phrases[story.language];
  const line = p.ask(story.money(story.askMillions));
  const items = [line, ...(story.words.items.ask ?? []).slice(0, 2)];
  if (dice.chance(0.35))
    items.push(p.before(story.money(Math.round(story.askMillions * 20) / 100), story.year - 2));
  if (dice.chance(0.3)) return make("ask", { items });
  const values = dice.pick([
    [40, 30, 20, 10],
    [45, 25, 20, 10],
    [35, 30, 20, 15],
  ]);
  const chart: Chart = {
    form: dice.pick(["pie", "rows"] as const),
    labels: story.words.funds,
    values,
    label: dice.chance(0.7) ? p.useOfFunds : null,
    suffix: "%",
    onBars: false,
  };
  return make("ask", { items, charts: [chart] });
}
