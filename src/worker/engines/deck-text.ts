import type { SlideAnalysis } from "../../contract/results.ts";

/** Where a prompt wants the deck. Filled last, so that a slide's own braces are never read as a slot. */
export const deckSlot = "{{deck}}";

/**
 * The deck as a model reads it: one block a slide. Angle brackets of our own marks are loosened inside
 * the slides, so that no deck can close its block and speak as the prompt.
 */
export function deckText(slides: readonly SlideAnalysis[]): string {
  return slides.map(slideText).join("\n");
}

/** One slide as a block: its words verbatim (they are what may be quoted), then what was seen. */
export function slideText(slide: SlideAnalysis): string {
  const seen = [slide.description, ...slide.visuals.map((v) => `${v.kind}: ${v.note}`)]
    .filter((part) => part.trim() !== "")
    .join(" | ");
  return [
    `<slide number="${slide.slide}" kind="${slide.kind}">`,
    loosen(slide.text),
    ...(seen === "" ? [] : [`<seen>${loosen(seen)}</seen>`]),
    "</slide>",
  ].join("\n");
}

/** A prompt with its deck filled in. The slot may stand there several times. */
export const fillDeck = (prompt: string, deck: string): string => prompt.split(deckSlot).join(deck);

const loosen = (text: string): string => text.replace(/<(?=\/?(slide|seen|deck)\b)/gi, "< ");
