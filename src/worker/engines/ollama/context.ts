import type { SlideAnalysis } from "../../../contract/results.ts";
import { AppError } from "../../../errors/app-error.ts";
import { deckSlot, deckText, fillDeck, slideText } from "../deck-text.ts";

/** What Ollama itself counts for a picture when it checks the length. */
const tokensPerImage = 768;

/**
 * Tokens of a prompt, guessed before the call: about four letters of Latin text each, and one for
 * every other character, so that a deck in Persian or Chinese is not thought four times too short.
 */
export function estimateTokens(text: string, images = 0): number {
  let foreign = 0;
  for (const char of text) if (char > "\u024f") foreign += 1;
  return Math.ceil((text.length - foreign) / 4) + foreign + images * tokensPerImage;
}

/** Room for a prompt, in tokens: the context less what the answer may take. */
export interface Room {
  readonly contextTokens: number;
  readonly outputTokens: number;
}

export const promptTokensMax = (room: Room): number => room.contextTokens - room.outputTokens;

/** Throws MODEL_CONTEXT_OVERFLOW when the prompt cannot fit; nothing is ever cut to make it fit. */
export function assertFits(prompt: string, images: number, room: Room): void {
  const tokens = estimateTokens(prompt, images);
  if (tokens > promptTokensMax(room)) throw overflow("The prompt", tokens, room);
}

/** Slides that are asked about in one call, and the prompt that asks. */
export interface Part {
  readonly slides: readonly SlideAnalysis[];
  readonly prompt: string;
}

/**
 * A question over a deck as the fewest calls that fit, slides kept in order and whole. A prompt
 * without the slot is one call. Throws MODEL_CONTEXT_OVERFLOW when a single slide is too long.
 */
export function partsOf(prompt: string, slides: readonly SlideAnalysis[], room: Room): Part[] {
  const whole = partOf(prompt, slides, slides.length);
  if (estimateTokens(whole.prompt) <= promptTokensMax(room)) return [whole];
  if (!prompt.includes(deckSlot)) {
    throw overflow("The prompt", estimateTokens(whole.prompt), room);
  }
  return groupsOf(prompt, slides, room).map((group) => partOf(prompt, group, slides.length));
}

/** Two halves of a part that the server found too long after all; null for a lone slide. */
export function halvesOf(prompt: string, part: Part, slidesOfDeck: number): Part[] | null {
  if (part.slides.length < 2 || !prompt.includes(deckSlot)) return null;
  const middle = Math.ceil(part.slides.length / 2);
  return [part.slides.slice(0, middle), part.slides.slice(middle)].map((slides) =>
    partOf(prompt, slides, slidesOfDeck),
  );
}

function groupsOf(prompt: string, slides: readonly SlideAnalysis[], room: Room): SlideAnalysis[][] {
  // The slot is replaced by the deck as often as it stands there, so a slide costs that often too.
  const times = prompt.split(deckSlot).length - 1;
  const fixed = estimateTokens(fillDeck(prompt, "")) + estimateTokens(partNote(slides, 999)) + 1;
  const free = promptTokensMax(room) - fixed;
  const groups: SlideAnalysis[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const slide of slides) {
    const tokens = times * (estimateTokens(slideText(slide)) + 1);
    if (tokens > free) throw overflow(`Slide ${slide.slide}`, tokens + fixed, room);
    if (used + tokens > free) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)?.push(slide);
    used += tokens;
  }
  return groups;
}

function partOf(prompt: string, slides: readonly SlideAnalysis[], slidesOfDeck: number): Part {
  const filled = fillDeck(prompt, deckText(slides));
  const note = slides.length < slidesOfDeck ? `\n\n${partNote(slides, slidesOfDeck)}` : "";
  return { slides, prompt: filled + note };
}

/** Without it a model would report as missing what only the other parts show. */
function partNote(slides: readonly SlideAnalysis[], slidesOfDeck: number): string {
  const numbers = `${slides[0]?.slide ?? 0} to ${slides.at(-1)?.slide ?? 0}`;
  return [
    `You were shown slides ${numbers} of a deck of ${slidesOfDeck}; the others are read apart.`,
    "Answer from these slides alone. What they do not mention may stand on another slide:",
    "leave it empty, and list as missing only what these slides themselves leave open.",
  ].join(" ");
}

const overflow = (what: string, tokens: number, room: Room): AppError =>
  new AppError(
    "MODEL_CONTEXT_OVERFLOW",
    `${what} needs about ${tokens} tokens; ${promptTokensMax(room)} fit ` +
      `(context ${room.contextTokens}, answer ${room.outputTokens}).`,
  );
