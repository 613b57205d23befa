import type { Dice } from "./random.ts";
import type { Story } from "./story.ts";
import { type Kind, type Slide, type Truth, textOf } from "./types.ts";
import { badClaims, goodClaims, pairs } from "./wording/claims.ts";
import { phrases } from "./wording/numbers.ts";

/** Which half of the wording is used: rules are written with one half in view and measured on both. */
export type Wording = "all" | "even" | "odd";

export function choose(dice: Dice, list: readonly string[], wording: Wording): string {
  const half = list.filter((_, at) => wording === "all" || at % 2 === (wording === "even" ? 0 : 1));
  return dice.pick(half.length > 0 ? half : list);
}

/** A whole deck in, a changed one out, with what is wrong between its slides; null when it does not suit. */
export type DeckPlant = (
  dice: Dice,
  story: Story,
  slides: readonly Slide[],
  wording: Wording,
) => { slides: Slide[]; truth?: Omit<Truth, "slides"> & { at: readonly Slide[] } } | null;

const places: Readonly<Partial<Record<Kind, RegExp>>> = {
  efficacy_unproven: /^(?:solution|product|clinical)$/,
  clinically_proven: /^(?:cover|solution|product|clinical)$/,
  percent_without_n: /^(?:solution|product|clinical)$/,
  small_n: /^(?:clinical|traction)$/,
  fda_approved: /^(?:regulatory|product)$/,
  fda_registered: /^(?:regulatory|product)$/,
  ce_approved: /^(?:regulatory|product)$/,
  standard_certified: /^(?:regulatory|product)$/,
  privacy_certified: /^(?:regulatory|product)$/,
  designation_as_proof: /^(?:regulatory|clinical|product)$/,
  hypothesis_unproven: /^science$/,
};

const unproven = new Set<Kind>([
  "efficacy_unproven",
  "clinically_proven",
  "percent_without_n",
  "small_n",
]);
/** Claims about one authority stand beside no plan of the same. */
const ofStatus = new Set<Kind>([
  "fda_approved",
  "fda_registered",
  "ce_approved",
  "status_conflict",
]);

function filled(dice: Dice, story: Story, phrase: string): string {
  const slots: Record<string, string> = {
    K: `K2${dice.whole(10000, 99999)}`,
    n: String(dice.whole(6, 22)),
    p: String(dice.whole(35, 97)),
    year: String(story.year - 1),
    next: `Q${dice.whole(1, 4)} ${story.year + 1}`,
  };
  return story.fill(
    phrase.replace(/\{(K|n|p|year|next)\}/g, (slot, key: string) => slots[key] ?? slot),
  );
}

const withItem = (slide: Slide, text: string): Slide => ({
  ...slide,
  items: [...slide.items, text],
});

/** Results give way to a study that is planned; null when something else is already planted there. */
function withoutResults(dice: Dice, story: Story, slides: readonly Slide[]): Slide[] | null {
  if (has(slides, unproven)) return [...slides];
  if (slides.some((slide) => slide.kind === "clinical" && slide.truth.length > 0)) return null;
  const planned = filled(dice, story, dice.pick(pairs[story.language].noResult));
  return slides.map((slide) =>
    slide.kind === "clinical" ? { ...slide, items: [planned, ...slide.items.slice(1, 2)] } : slide,
  );
}

/** The plan of a submission gives way to what is claimed; null when a defect is planted in its words. */
function withoutRoute(story: Story, slides: readonly Slide[]): Slide[] | null {
  const route = phrases[story.language].route(story.year);
  if (slides.some((slide) => slide.truth.some(({ quote }) => quote === route))) return null;
  return slides.map((slide) => ({
    ...slide,
    items: slide.items.filter((item) => textOf(item) !== route),
  }));
}

const has = (slides: readonly Slide[], kinds: ReadonlySet<Kind>): boolean =>
  slides.some((slide) => slide.truth.some(({ kind }) => kinds.has(kind)));

function claimPlant(kind: Kind): DeckPlant {
  return (dice, story, given, wording) => {
    const bank = badClaims[story.language][kind];
    const place = places[kind];
    if (!story.company.health || bank === undefined || place === undefined) return null;
    if (ofStatus.has(kind) && has(given, new Set(["status_conflict"]))) return null;
    const plain = unproven.has(kind) ? withoutResults(dice, story, given) : [...given];
    const slides = plain && ofStatus.has(kind) ? withoutRoute(story, plain) : plain;
    if (slides === null) return null;
    const open = slides
      .map((_, at) => at)
      .filter((at) => place.test(slides[at]!.kind) && slides[at]!.truth.length === 0);
    if (open.length === 0) return null;
    const at = dice.pick(open);
    const slide = slides[at]!;
    const quote = filled(dice, story, choose(dice, bank, wording));
    const items =
      kind === "hypothesis_unproven"
        ? [quote, ...slide.items.slice(0, 1)]
        : [...slide.items, quote];
    // A number of effect without people is also an effect without proof, and so on: neither is asked for.
    const also: Kind[] = unproven.has(kind) ? [...unproven].filter((other) => other !== kind) : [];
    const extra: Slide["truth"] = also.map((other) => ({ kind: other, quote, optional: true }));
    slides[at] = { ...slide, items, truth: [{ kind, quote }, ...extra] };
    return { slides };
  };
}

/** "Patented" on one slide, an application on another. */
const patentPlant: DeckPlant = (dice, story, slides, wording) => {
  const bank = badClaims[story.language].patent_pending ?? [];
  const said = slides.find(
    (slide) => /^(?:solution|product)$/.test(slide.kind) && slide.truth.length === 0,
  );
  const ip = slides.find((slide) => slide.kind === "ip" && slide.truth.length === 0);
  if (!story.company.health || said === undefined || ip === undefined) return null;
  const quote = filled(dice, story, choose(dice, bank, wording));
  const other = filled(dice, story, choose(dice, pairs[story.language].applied, wording));
  const [one, two] = [withItem(said, quote), withItem(ip, other)];
  const result = slides.map((slide) => (slide === said ? one : slide === ip ? two : slide));
  return {
    slides: result,
    truth: { kind: "patent_pending", quotes: [quote, other], at: [one, two] },
  };
};

/** Done on one slide, planned on another. */
const statusPlant: DeckPlant = (dice, story, given) => {
  if (!story.company.health || has(given, ofStatus)) return null;
  const slides = withoutRoute(story, given);
  if (slides === null) return null;
  const said = slides.find(
    (slide) => /^(?:regulatory|product)$/.test(slide.kind) && slide.truth.length === 0,
  );
  const plan = slides.find((slide) => slide.kind === "roadmap" && slide.truth.length === 0);
  if (said === undefined || plan === undefined) return null;
  const bank = pairs[story.language];
  const at = dice.whole(0, bank.done.length - 1);
  const [quote, other] = [bank.done[at] ?? "", bank.planned[at] ?? ""].map((text) =>
    filled(dice, story, text),
  ) as [string, string];
  const [one, two] = [withItem(said, quote), withItem(plan, other)];
  const result = slides.map((slide) => (slide === said ? one : slide === plan ? two : slide));
  return {
    slides: result,
    truth: { kind: "status_conflict", quotes: [quote, other], at: [one, two] },
  };
};

export const claimPlants: Readonly<Partial<Record<Kind, DeckPlant>>> = {
  ...Object.fromEntries(Object.keys(places).map((kind) => [kind, claimPlant(kind as Kind)])),
  patent_pending: patentPlant,
  status_conflict: statusPlant,
};

/** Well-said claims on slides where nothing is planted: not to be found. */
export function addGoodClaims(
  dice: Dice,
  story: Story,
  given: readonly Slide[],
  wording: Wording,
): Slide[] {
  if (!story.company.health) return [...given];
  const bank = goodClaims[story.language];
  const spoiled = has(given, unproven);
  const status = has(given, ofStatus);
  const touched = given.some((slide) =>
    slide.items.some((item) => /patent|brevet/iu.test(textOf(item))),
  );
  let slides = [...given];
  for (const kind of Object.keys(bank)) {
    if (!dice.chance(0.5)) continue;
    if (kind === "clinical" && spoiled) continue;
    if (kind === "ip" && touched) continue;
    if (
      kind === "regulatory" &&
      (status || slides.some((slide) => slide.kind === "roadmap" && slide.truth.length > 0))
    )
      continue;
    const good = filled(dice, story, choose(dice, bank[kind] ?? [], wording));
    const open = slides.findIndex(
      (slide) => slide.kind === kind && slide.truth.length === 0 && slide.items.length < 6,
    );
    if (open < 0 || good === "") continue;
    if (kind === "regulatory") {
      const without = withoutRoute(story, slides);
      if (without === null) continue;
      slides = without;
    }
    slides[open] = withItem(slides[open]!, good);
  }
  return slides;
}
