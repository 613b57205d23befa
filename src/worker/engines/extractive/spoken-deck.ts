import type { SlideAnalysis } from "../../../contract/results.ts";
import { withoutAddresses } from "../../../core/injection/addressed.ts";
import { type Deck, deckOf } from "./deck.ts";

/** The deck as it speaks to people: a line that dictates answers to a machine states nothing. */
export const spokenDeck = (slides: readonly SlideAnalysis[]): Deck =>
  deckOf(slides.map(statements));

function statements(slide: SlideAnalysis): SlideAnalysis {
  const text = withoutAddresses(slide.text);
  if (text === slide.text) return slide;
  const blocks = slide.blocks.filter((block) => withoutAddresses(block.text) === block.text);
  const isTitleKept = slide.title !== null && withoutAddresses(slide.title) === slide.title;
  return { ...slide, text, blocks, title: isTitleKept ? slide.title : null };
}
