import type { SlideAnalysis, TextBlock } from "../../../contract/results.ts";
import type { Box, PageFacts, TextLine } from "../../../pdf/types.ts";
import { type OcrLine, overlap } from "./ocr-lines.ts";
import { paragraphsOf, type ReadLine } from "./paragraphs.ts";
import { countWords, tidy } from "./text-tools.ts";
import { type Turn, toSheet, toUpright, turnOf } from "./upright.ts";

/** What is read on one page: lines with boxes, paragraphs, and where the text comes from. */
export interface PageText {
  readonly lines: readonly ReadLine[];
  /** Upright: as a reader sees them, also on a sheet laid sideways. */
  readonly blocks: readonly TextBlock[];
  /** The same blocks where they lie on the sheet. */
  readonly onSheet: readonly TextBlock[];
  readonly turn: Turn;
  /** Blocks a title may be: those of the text layer where there is one, else all. */
  readonly headings: readonly TextBlock[];
  readonly source: SlideAnalysis["text_source"];
}

const charactersMin = 20;
/** A ground, a rule, a frame; letters drawn as shapes are more. */
const framePathsMax = 4;
const unmappedShareMax = 0.1;
/** A page of pictures with fewer words than this may carry its message in the pictures. */
const pictureWordsMax = 25;
const pictureShareMin = 0.3;
/** A first page with more words than this is a page of text, not a cover. */
const coverWordsMax = 60;
const blocksMax = 600;
/** Pages with more lines than this are data, not slides. */
const linesMax = 1500;
const lineCharactersMax = 1000;
const pageCharactersMax = 40_000;

const areaOf = (boxes: readonly Box[]): number =>
  boxes.reduce((sum, box) => sum + Math.max(0, box.width) * Math.max(0, box.height), 0);

/** "a ffo rd a b le": most tokens are single letters, and joining them again would be a guess. */
function isLetterSpaced(lines: readonly TextLine[]): boolean {
  const tokens = lines.flatMap((line) => line.text.match(/\p{L}+/gu) ?? []);
  if (tokens.length < 12) return false;
  const short = tokens.filter((token) => token.length <= 2).length;
  const single = tokens.filter((token) => token.length === 1).length;
  return single / tokens.length > 0.4 || short / tokens.length > 0.65;
}

/** A text layer of control signs, private-use signs or replacement signs says nothing. */
const isGarbage = (lines: readonly TextLine[]): boolean => {
  const text = lines.map((line) => line.text).join("");
  const odd = text.match(/[\p{Cc}\p{Co}\p{Cn}\ufffd]/gu)?.length ?? 0;
  return odd / Math.max(1, text.length) > unmappedShareMax;
};

export type Reading = "text_layer" | "ocr" | "both";

/** Nothing is on the page that could show words beside its text: no picture, no drawn letters. */
const showsTextAlone = ({ characters, images, paths }: PageFacts): boolean =>
  characters > 0 && images.length === 0 && paths <= framePathsMax;

/** How the page has to be read. */
export function readingOf(facts: PageFacts): Reading {
  const useless =
    (facts.characters < charactersMin && !showsTextAlone(facts)) ||
    facts.unmapped / Math.max(1, facts.characters) > unmappedShareMax ||
    isGarbage(facts.lines) ||
    isLetterSpaced(facts.lines);
  if (useless) return "ocr";
  const words = facts.lines.reduce((sum, line) => sum + countWords(line.text), 0);
  // The name on a cover is often a logo and nothing else.
  if (facts.page === 1 && words < coverWordsMax && !showsTextAlone(facts)) return "both";
  const pictures = areaOf(facts.images);
  return words < pictureWordsMax && pictures >= pictureShareMin ? "both" : "text_layer";
}

/** Within bounds that no slide reaches, so that a hostile page costs no more than a full one. */
function cleaned<T extends TextLine>(lines: readonly T[]): T[] {
  let characters = 0;
  return lines
    .slice(0, linesMax)
    .map((line) => {
      const text = line.text.slice(0, lineCharactersMax).replace(/[\p{Cc}\p{Co}\ufffd]/gu, " ");
      return { ...line, text: tidy(text) };
    })
    .filter((line) => {
      characters += line.text.length;
      return line.text !== "" && characters <= pageCharactersMax;
    });
}

/** Drawn twice for a shadow or an outline: the same words at the same place count once. */
function withoutShadows(lines: readonly TextLine[]): TextLine[] {
  const kept: TextLine[] = [];
  for (const line of lines) {
    const shadow = kept.some((other) => other.text === line.text && overlap(other, line) > 0.7);
    if (!shadow) kept.push(line);
  }
  return kept;
}

/** Lone bullets and rules are no text. */
const readableParagraphs = (lines: readonly TextLine[]): TextBlock[] =>
  paragraphsOf(lines)
    .filter((block) => /[\p{L}\p{N}]/u.test(block.text))
    .slice(0, blocksMax);

/** Puts the lines together. `ocr` are the lines read from the picture, when it was read. */
export function assemble(facts: PageFacts, ocr: readonly OcrLine[] | null): PageText {
  const reading = readingOf(facts);
  const turn = reading === "ocr" ? "none" : turnOf(facts.lines, facts);
  const scale = facts.heightPoints / Math.max(1, facts.widthPoints);
  const layer =
    reading === "ocr"
      ? []
      : withoutShadows(cleaned(facts.lines)).map((line) => toUpright(line, turn, scale));
  const added = (ocr ?? []).filter(
    (line) => reading === "ocr" || !layer.some((known) => overlap(known, line) > 0.2),
  );
  // Beside a good text layer a doubtful reading of a photo does more harm than good.
  const sure =
    reading === "ocr"
      ? added
      : turn === "none"
        ? added.filter((line) => line.confidence >= 70)
        : [];
  const lines = [...layer, ...cleaned(sure)];
  const sourceOf = (): SlideAnalysis["text_source"] => {
    if (lines.length === 0) return "none";
    if (layer.length === 0) return "ocr";
    return sure.length > 0 ? "both" : "text_layer";
  };
  const blocks = readableParagraphs(lines);
  // Words inside a picture are often larger than the slide's own title.
  const headings = layer.length > 0 && sure.length > 0 ? readableParagraphs(layer) : blocks;
  const onSheet = blocks.map((block) => toSheet(block, turn, scale));
  return { lines, blocks, headings, onSheet, turn, source: sourceOf() };
}

/** The slide's text: a paragraph a line. */
export const textOf = (page: PageText): string => page.blocks.map((block) => block.text).join("\n");
