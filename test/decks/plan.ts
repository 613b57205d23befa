import type { DeckOptions } from "./make-deck.ts";
import { addGoodClaims, claimPlants, type DeckPlant, type Wording } from "./plant-claims.ts";
import { addAgreeing, conflictPlants, externalNumber } from "./plant-conflicts.ts";
import * as layout from "./plant-layout.ts";
import type { Dice } from "./random.ts";
import type { Story } from "./story.ts";
import { type Kind, planted, type Slide, type Truth } from "./types.ts";

const layoutPlants: Readonly<Partial<Record<Kind, layout.Plant>>> = {
  text_too_small: layout.tooSmall,
  low_contrast: layout.lowContrast,
  text_amount: layout.tooMuchText,
  title_missing: layout.noTitle,
  axis_unlabelled: layout.bareAxis,
  unit_missing: layout.noUnit,
  source_missing: layout.noSource,
  forecast_unmarked: layout.unmarkedForecast,
  text_overlap: layout.overlap,
  text_cut_off: layout.cutOff,
  placeholder: layout.placeholder,
  clutter: layout.cluttered,
};

const deckPlants: Readonly<Partial<Record<Kind, DeckPlant>>> = {
  ...claimPlants,
  ...conflictPlants,
};

export interface Planted {
  readonly slides: Slide[];
  /** What is wrong between slides. */
  readonly conflicts: Truth[];
}

/** One slide at most holds one defect, so that each is looked at by itself. */
function onOneSlide(
  dice: Dice,
  story: Story,
  slides: readonly Slide[],
  kind: Kind,
  wording: Wording,
): Slide[] | null {
  const plant = layoutPlants[kind];
  const open = slides.map((_, at) => at).filter((at) => slides[at]?.truth.length === 0);
  for (const at of dice.shuffled(open)) {
    const slide = slides[at];
    if (slide === undefined || plant === undefined) return null;
    const outside =
      kind === "source_missing" && dice.chance(0.5)
        ? externalNumber(dice, story, slide, wording)
        : null;
    const changed = outside ?? plant(dice, story, slide);
    if (changed !== null) return slides.map((one, index) => (index === at ? changed : one));
  }
  return null;
}

/**
 * Plants defects and claims. A slide that takes part in a conflict holds a mark of it while others
 * are planted; the mark becomes truth about both slides at the end.
 */
export function plantInto(
  dice: Dice,
  story: Story,
  clean: readonly Slide[],
  options: DeckOptions,
): Planted {
  const wording = options.wording ?? "all";
  const wanted = options.plants ?? dice.whole(5, 9);
  const kinds = dice.shuffled(planted.filter((kind) => options.kinds?.includes(kind) ?? true));
  let slides = [...clean];
  const quotes = new Map<Kind, readonly string[]>();
  let done = 0;
  for (const kind of kinds) {
    if (done >= wanted) break;
    const changed = deckPlants[kind]?.(dice, story, slides, wording);
    if (changed) {
      const { truth } = changed;
      const mark = (slide: Slide): Slide =>
        truth?.at.includes(slide)
          ? { ...slide, truth: [...slide.truth, { kind, quote: "" }] }
          : slide;
      slides = changed.slides.map(mark);
      if (truth) quotes.set(kind, truth.quotes);
      done += 1;
    } else if (kind in layoutPlants) {
      const next = onOneSlide(dice, story, slides, kind, wording);
      slides = next ?? slides;
      done += next === null ? 0 : 1;
    }
  }
  slides = addAgreeing(dice, story, addGoodClaims(dice, story, slides, wording), wording);
  const conflicts = [...quotes].map(([kind, said]) => ({
    kind,
    slides: slides.flatMap((slide, at) =>
      slide.truth.some((one) => one.kind === kind) ? [at + 1] : [],
    ),
    quotes: said,
  }));
  return {
    slides: slides.map((slide) => ({
      ...slide,
      truth: slide.truth.filter(({ quote }) => quote !== ""),
    })),
    conflicts,
  };
}
