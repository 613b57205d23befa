import type { Finding, SlideAnalysis } from "../../../../contract/results.ts";
import type { PageFacts, TextLine } from "../../../../pdf/types.ts";
import { evidenceOf } from "../deck.ts";
import { countWords } from "../text-tools.ts";

/** One line with the contrast measured on the picture; null where it cannot be measured fairly. */
export interface MeasuredLine {
  readonly line: TextLine;
  readonly contrast: number | null;
  /** How high its letters are on the picture. */
  readonly pixels: number;
}

/** All that the rules of slide feedback look at. */
export interface FeedbackPage {
  readonly analysis: SlideAnalysis;
  readonly facts: PageFacts;
  readonly lines: readonly TextLine[];
  readonly measured: readonly MeasuredLine[];
  /** Sizes of letters read from a picture are estimates. */
  readonly estimated: boolean;
  readonly legal: boolean;
  /** The sheet is turned: places on it say nothing about what a reader sees. */
  readonly turned: boolean;
  /** Years after it are forecasts. */
  readonly thisYear: number;
}

export type Rule = (page: FeedbackPage) => Finding | null;

export interface FindingText {
  readonly rule: string;
  readonly severity: Finding["severity"];
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly quotes: readonly string[];
  readonly measure?: Finding["measure"];
}

export const findingOf = (page: FeedbackPage, text: FindingText): Finding => ({
  rule: text.rule,
  severity: text.severity,
  what: text.what,
  why: text.why,
  fix: text.fix,
  evidence: text.quotes
    .filter((quote) => quote !== "")
    .slice(0, 3)
    .map((quote) => evidenceOf(page.analysis, quote)),
  measure: text.measure ?? null,
});

/** Page numbers, footers and lone marks may be small and pale. */
export function isFurniture(line: TextLine): boolean {
  const edge = line.y > 0.9 || line.y + line.height < 0.06;
  if (countWords(line.text) <= 1 && !/\p{L}{4}/u.test(line.text)) return true;
  return (
    edge && (countWords(line.text) <= 12 || /confidential|©|copyright|all rights/iu.test(line.text))
  );
}

/** "Source: Eurostat", "Quelle WHO 2024", "* own count"; not "Source code belongs to us". */
export const isSource = (text: string): boolean =>
  /^\W{0,3}(?:(?:[Ss]ources?|SOURCES?|[Qq]uellen?|[Ff]uentes?|[Ff]onte|[Nn]otes?)(?:\s?[:–—-]|\s+[\p{Lu}\d]|\s*$)|(?:[Dd]ata (?:from|source)|[Dd]aten (?:aus|von)|[Dd]atos de|[Dd]onnées d)|\*|\d\)|\[\d)/u.test(
    text,
  ) || /https?:|www\.|doi/iu.test(text);

export const one = (value: number, digits = 1): string => value.toFixed(digits);
