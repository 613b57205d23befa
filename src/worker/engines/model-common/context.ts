import { AppError } from "../../../errors/app-error.ts";
import { deckSlot, deckText, fillDeck, type ShownSlide, slideText } from "../deck-text.ts";
import { piecesOf } from "./pieces.ts";

/** Letters of Latin text in a token, where the server was not asked. */
const usualCharactersPerToken = 4;

/**
 * Tokens of a text, guessed before the call and rather too high: about four letters of Latin text
 * each; one for every digit, as the tokenizers of Qwen and Gemma have it; and one for every other
 * character, so that a deck in Persian or Chinese is not thought four times too short.
 */
export function estimateTokens(text: string, charactersPerToken = usualCharactersPerToken): number {
  let single = 0;
  for (const char of text) if (char > "\u024f" || (char >= "0" && char <= "9")) single += 1;
  return Math.ceil((text.length - single) / charactersPerToken) + single;
}

/** Room for a prompt, in tokens: the context less what the answer may take. */
export interface Room {
  readonly contextTokens: number;
  readonly outputTokens: number;
  /** As counted by the server; default 4. */
  readonly charactersPerToken?: number;
}

export const promptTokensMax = (room: Room): number => room.contextTokens - room.outputTokens;

const tokensIn = (text: string, room: Room): number =>
  estimateTokens(text, room.charactersPerToken);

/** Tokens left for a picture beside this prompt. */
export const tokensBeside = (prompt: string, room: Room): number =>
  promptTokensMax(room) - tokensIn(prompt, room);

/**
 * Throws MODEL_CONTEXT_OVERFLOW when the prompt and its pictures cannot fit; nothing is ever cut to
 * make it fit.
 */
export function assertFits(prompt: string, pictureTokens: number, room: Room): void {
  const tokens = tokensIn(prompt, room) + pictureTokens;
  if (tokens > promptTokensMax(room)) throw overflow("The prompt", tokens, room);
}

/** Slides that are asked about in one call, and the prompt that asks. */
export interface Part {
  readonly slides: readonly ShownSlide[];
  readonly prompt: string;
}

/**
 * A question over a deck as the fewest calls that fit, slides kept in order and whole; one that is too
 * long by itself is split at its paragraphs. A prompt without the slot is one call. Throws
 * MODEL_CONTEXT_OVERFLOW when not even a word of the deck fits beside the prompt.
 */
export function partsOf(prompt: string, slides: readonly ShownSlide[], room: Room): Part[] {
  const whole = partOf(prompt, slides, slides.length, false);
  if (tokensIn(whole.prompt, room) <= promptTokensMax(room)) return [whole];
  if (!prompt.includes(deckSlot)) throw overflow("The prompt", tokensIn(whole.prompt, room), room);
  return groupsOf(prompt, slides, room).map((group) => partOf(prompt, group, slides.length, true));
}

/**
 * Two halves of a part that the server found too long after all, a lone slide split in two; null when
 * a single word is left.
 */
export function halvesOf(prompt: string, part: Part, slidesOfDeck: number): Part[] | null {
  if (!prompt.includes(deckSlot)) return null;
  const [only] = part.slides;
  if (part.slides.length === 1 && only !== undefined) {
    const halves = halfSlides(only);
    return halves?.map((slide) => partOf(prompt, [slide], slidesOfDeck, true)) ?? null;
  }
  if (part.slides.length < 2) return null;
  const middle = Math.ceil(part.slides.length / 2);
  return [part.slides.slice(0, middle), part.slides.slice(middle)].map((slides) =>
    partOf(prompt, slides, slidesOfDeck, true),
  );
}

function halfSlides(slide: ShownSlide): ShownSlide[] | null {
  const half = Math.ceil(slide.text.length / 2);
  const texts = piecesOf(slide.text, (text) => text.length <= half);
  return texts.length < 2 ? null : splitInto(slide, texts);
}

/** What was seen goes with the first piece; the others have words alone. */
const splitInto = (slide: ShownSlide, texts: readonly string[]): ShownSlide[] =>
  texts.map((text, at) => ({
    ...slide,
    text,
    piece: `${slide.piece === undefined ? "" : `${slide.piece}, `}${at + 1} of ${texts.length}`,
    ...(at > 0 ? { description: "", visuals: [] } : {}),
  }));

function groupsOf(prompt: string, slides: readonly ShownSlide[], room: Room): ShownSlide[][] {
  // The slot is replaced by the deck as often as it stands there, so a slide costs that often too.
  const times = prompt.split(deckSlot).length - 1;
  const note = tokensIn(partNote(slides, 9_999, true), room);
  const fixed = tokensIn(fillDeck(prompt, ""), room) + note + 1;
  const free = promptTokensMax(room) - fixed;
  const costOf = (slide: ShownSlide): number => times * (tokensIn(slideText(slide), room) + 1);
  const groups: ShownSlide[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const slide of slides.flatMap((one) => fitting(one, costOf, free, fixed, room))) {
    const tokens = costOf(slide);
    if (used + tokens > free) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)?.push(slide);
    used += tokens;
  }
  return groups;
}

/** The slide itself, or its pieces when it is too long for a call of its own. */
function fitting(
  slide: ShownSlide,
  costOf: (slide: ShownSlide) => number,
  free: number,
  fixed: number,
  room: Room,
): ShownSlide[] {
  if (costOf(slide) <= free) return [slide];
  // The longest note a piece may carry; its words are what is left.
  const fits = (text: string): boolean => costOf({ ...slide, text, piece: "9999 of 9999" }) <= free;
  const texts = fits("") ? piecesOf(slide.text, fits) : [];
  if (texts.length === 0 || !texts.every(fits)) {
    throw overflow(`Slide ${slide.slide}`, costOf(slide) + fixed, room);
  }
  return splitInto(slide, texts);
}

function partOf(
  prompt: string,
  slides: readonly ShownSlide[],
  slidesOfDeck: number,
  isPart: boolean,
): Part {
  const filled = fillDeck(prompt, deckText(slides));
  return {
    slides,
    prompt: isPart ? `${filled}\n\n${partNote(slides, slidesOfDeck)}` : filled,
  };
}

/** Without it a model would report as missing what only the other parts show. */
function partNote(
  slides: readonly ShownSlide[],
  slidesOfDeck: number,
  hasPieces = slides.some((slide) => slide.piece !== undefined),
): string {
  const numbers = `${slides[0]?.slide ?? 0} to ${slides.at(-1)?.slide ?? 0}`;
  const piece = hasPieces ? ["A slide with a piece number is shown in part."] : [];
  return [
    `You were shown slides ${numbers} of a deck of ${slidesOfDeck}; the others are read apart.`,
    ...piece,
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
