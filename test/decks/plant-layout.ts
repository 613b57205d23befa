import type { Dice } from "./random.ts";
import type { Story } from "./story.ts";
import { type Chart, type Kind, type Slide, textOf } from "./types.ts";
import { phrases } from "./wording/numbers.ts";
import { placeholders } from "./wording/planted.ts";

/** Puts one defect on a slide; null when the slide does not suit. */
export type Plant = (dice: Dice, story: Story, slide: Slide) => Slide | null;

const longItem = (slide: Slide): number =>
  slide.items.findIndex((item) => textOf(item).split(" ").length >= 4);

/** One paragraph in a look of its own. */
function restyle(
  slide: Slide,
  kind: Kind,
  look: { size?: number; contrast?: number },
): Slide | null {
  const at = longItem(slide);
  const item = slide.items[at];
  if (item === undefined || slide.kind === "cover") return null;
  const text = textOf(item);
  const items = slide.items.map((one, index) => (index === at ? { text, ...look } : one));
  return { ...slide, items, truth: [...slide.truth, { kind, quote: text }] };
}

export const tooSmall: Plant = (dice, _story, slide) =>
  restyle(slide, "text_too_small", { size: dice.pick([6, 6, 7, 8, 9]) });

export const lowContrast: Plant = (dice, _story, slide) =>
  restyle(slide, "low_contrast", { contrast: dice.pick([1.4, 1.6, 1.9, 2.2, 2.5]) });

export const tooMuchText: Plant = (dice, story, slide) => {
  if (!/^(?:problem|solution|product|business_model|roadmap|summary)$/.test(slide.kind))
    return null;
  const filler = dice.shuffled(story.words.filler).slice(0, 4);
  const items = [...slide.items.slice(0, 1), ...filler];
  return {
    ...slide,
    items,
    picture: false,
    truth: [...slide.truth, { kind: "text_amount", quote: filler[0] ?? "" }],
  };
};

export const noTitle: Plant = (_dice, _story, slide) => {
  if (slide.items.length < 3 || slide.figures.length > 0) return null;
  if (!/^(?:problem|solution|product|business_model|competition|roadmap|summary)$/.test(slide.kind))
    return null;
  return {
    ...slide,
    title: null,
    kicker: null,
    truth: [...slide.truth, { kind: "title_missing", quote: textOf(slide.items[0] ?? "") }],
  };
};

const ticked = (dice: Dice, story: Story, label: string | null): Chart => {
  const years = [0, 1, 2, 3, 4].map((at) => String(story.year - 5 + at));
  const values = years.map((_, at) => dice.whole(10, 20) * (at + 2));
  return {
    form: dice.pick(["bar", "line"] as const),
    labels: years,
    values,
    label,
    suffix: "",
    onBars: dice.chance(0.3),
  };
};

/** Nothing says what the numbers count. */
export const bareAxis: Plant = (dice, story, slide) => {
  if (slide.kind !== "traction") return null;
  const chart = ticked(dice, story, null);
  const items = (story.words.items.traction ?? []).slice(0, 2);
  const truth = [
    ...slide.truth,
    { kind: "axis_unlabelled" as const, quote: slide.title ?? "" },
    { kind: "unit_missing" as const, quote: slide.title ?? "", optional: true },
  ];
  return { ...slide, items, charts: [chart], truth };
};

/** It is said what is counted, not in what. */
export const noUnit: Plant = (dice, story, slide) => {
  const p = phrases[story.language];
  if (slide.kind === "traction") {
    const items = (story.words.items.traction ?? []).slice(0, 2);
    const truth = [...slide.truth, { kind: "unit_missing" as const, quote: p.revenue }];
    return { ...slide, items, charts: [ticked(dice, story, p.revenue)], truth };
  }
  if (slide.kind !== "financials") return null;
  const years = [3, 2, 1].map((back) => String(story.year - back));
  const base = dice.whole(2, 9) * 100;
  const table = [
    ["", ...years],
    [p.revenue, ...[base, base * 2, base * 3].map(String)],
    [p.costs, ...[base * 2, base * 2.5, base * 2.8].map((value) => String(Math.round(value)))],
  ];
  return {
    ...slide,
    charts: [],
    table,
    truth: [...slide.truth, { kind: "unit_missing", quote: p.revenue }],
  };
};

export const noSource: Plant = (dice, story, slide) => {
  if (slide.kind !== "market" || slide.note === null) return null;
  const p = phrases[story.language];
  const line = p.market(story.company.area, story.money(story.marketMillions), story.year);
  const quote = slide.figures[0]?.value ?? line;
  const items = slide.figures.length > 0 || dice.chance(0.2) ? slide.items : [line, p.reachable];
  const shown = slide.figures.length > 0 ? quote : textOf(items[0] ?? line);
  return {
    ...slide,
    items,
    note: null,
    truth: [...slide.truth, { kind: "source_missing", quote: shown }],
  };
};

export const unmarkedForecast: Plant = (dice, story, slide) => {
  if (slide.kind !== "financials") return null;
  const p = phrases[story.language];
  const years = [-1, 0, 1, 2, 3].map((at) => String(story.year + at + 1));
  const base = dice.whole(2, 9) * 100;
  const values = [1, 2, 4, 7, 11].map((factor) => base * factor);
  const unit = `${p.thousand} ${story.currency.trim()}`;
  const items: string[] = [];
  const truth = [...slide.truth, { kind: "forecast_unmarked" as const, quote: years[4] ?? "" }];
  const plain = {
    ...slide,
    title: story.fill(story.words.topics.financials ?? ""),
    kicker: null,
    items,
    truth,
  };
  if (dice.chance(0.5)) {
    const chart: Chart = {
      form: "bar",
      labels: years,
      values,
      label: `${p.revenue}, ${unit}`,
      suffix: "",
      onBars: dice.chance(0.5),
    };
    return { ...plain, table: null, charts: [chart] };
  }
  const costs = values.map((value, at) => String(Math.round(value * (1.4 - at * 0.15))));
  return {
    ...plain,
    charts: [],
    table: [
      [unit, ...years],
      [p.revenue, ...values.map(String)],
      [p.costs, ...costs],
    ],
  };
};

export const overlap: Plant = (dice, story, slide) => {
  if (!/^(?:problem|solution|product|business_model|summary)$/.test(slide.kind)) return null;
  if (slide.items.length === 0) return null;
  const bank = story.words.items.summary ?? [];
  const quote = dice.pick(bank);
  if (slide.items.some((item) => textOf(item) === quote)) return null;
  return { ...slide, defect: "overlap", truth: [...slide.truth, { kind: "text_overlap", quote }] };
};

export const cutOff: Plant = (dice, story, slide) => {
  if (!/^(?:problem|solution|product|business_model|summary)$/.test(slide.kind)) return null;
  const quote = dice.pick(story.words.filler).split(" ").slice(0, 8).join(" ");
  return { ...slide, defect: "cut", truth: [...slide.truth, { kind: "text_cut_off", quote }] };
};

export const placeholder: Plant = (dice, story, slide) => {
  if (slide.kind === "cover" || slide.kind === "contact") return null;
  const quote = dice.pick(placeholders[story.language]);
  return {
    ...slide,
    items: [...slide.items, quote],
    truth: [...slide.truth, { kind: "placeholder", quote }],
  };
};

export const cluttered: Plant = (dice, story, slide) => {
  if (!/^(?:problem|solution|product|business_model|summary)$/.test(slide.kind)) return null;
  const pieces = dice.shuffled(story.words.pieces).slice(0, dice.whole(19, 22));
  const truth = [...slide.truth, { kind: "clutter" as const, quote: slide.title ?? "" }];
  return { ...slide, items: [], picture: false, charts: [], table: null, pieces, truth };
};
