import type { DeckOptions } from "./make-deck.ts";
import * as layout from "./plant-layout.ts";
import type { Dice } from "./random.ts";
import type { Story } from "./story.ts";
import type { Kind, Slide, Truth } from "./types.ts";

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

export interface Planted {
  readonly slides: Slide[];
  readonly conflicts: Truth[];
}

/** Plants defects and claims, at most one a slide, so that each is looked at by itself. */
export function plantInto(
  dice: Dice,
  story: Story,
  clean: readonly Slide[],
  options: DeckOptions,
): Planted {
  const slides = [...clean];
  const wanted = options.plants ?? dice.whole(4, 8);
  const kinds = dice.shuffled(
    (Object.keys(layoutPlants) as Kind[]).filter((kind) => options.kinds?.includes(kind) ?? true),
  );
  let done = 0;
  for (const kind of kinds) {
    if (done >= wanted) break;
    const plant = layoutPlants[kind];
    if (plant === undefined) continue;
    const places = dice.shuffled(
      slides.map((_, at) => at).filter((at) => slides[at]?.truth.length === 0),
    );
    for (const at of places) {
      const slide = slides[at];
      const changed = slide === undefined ? null : plant(dice, story, slide);
      if (changed === null) continue;
      slides[at] = changed;
      done += 1;
      break;
    }
  }
  return { slides, conflicts: [] };
}
