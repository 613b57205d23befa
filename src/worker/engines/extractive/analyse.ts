import type { SlideAnalysis } from "../../../contract/results.ts";
import type { PageFacts } from "../../../pdf/types.ts";
import { describe } from "./describe.ts";
import { languageOf } from "./language.ts";
import { type PageText, textOf } from "./page-text.ts";
import { kindOf } from "./slide-kind.ts";
import { countWords } from "./text-tools.ts";
import { titleOf } from "./title.ts";
import { visualsOf } from "./visuals.ts";

export interface SlidePlace {
  readonly slide: number;
  readonly slides: number;
}

/** All that `visual_analysis` says about one slide, from its read text and measured facts. */
export function analyse(place: SlidePlace, facts: PageFacts, page: PageText): SlideAnalysis {
  const text = textOf(page);
  const title = titleOf(page.headings, place.slide === 1);
  const parts = {
    slide: place.slide,
    title,
    text,
    kind: kindOf({ ...place, title, blocks: page.blocks, text }),
    text_source: page.source,
    words: countWords(text),
    visuals: visualsOf(facts, page.lines, page.source === "ocr"),
    blocks: [...page.onSheet],
    language: languageOf(text),
  };
  return { ...parts, description: describe(parts) };
}
