import type { Finding, SlideAnalysis } from "../../../../contract/results.ts";
import type { TextLine } from "../../../../pdf/types.ts";
import { evidenceOf } from "../deck.ts";
import { clip, countWords } from "../text-tools.ts";

/** Below it, of 100, a line read from a picture often holds a word that is not there. */
const confidenceMin = 88;
const quoteMax = 160;
/** What these say is counted over the whole slide; the quote only shows where. */
const counted = /^(?:text_amount|text_in_picture|clutter|title_missing)$/;

const confidenceOf = (line: TextLine & { readonly confidence?: number }): number | null =>
  line.confidence ?? null;

/** Read from a picture, and not out of the text of the file. */
export const isRead = (line: TextLine): boolean => confidenceOf(line) !== null;

export const isSure = (line: TextLine): boolean => (confidenceOf(line) ?? 100) >= confidenceMin;

/** Whether a quote holds words that may have been misread. */
export function doubtIn(lines: readonly TextLine[]): (quote: string) => boolean {
  const doubtful = lines.filter((line) => !isSure(line)).map(({ text }) => text);
  return (quote) =>
    doubtful.some((text) => (text.length >= 3 && quote.includes(text)) || text.includes(quote));
}

/** Without quotes that may be misread; null when the finding rests on them. */
export function withoutDoubt(
  finding: Finding,
  analysis: SlideAnalysis,
  lines: readonly TextLine[],
): Finding | null {
  const doubts = doubtIn(lines);
  const evidence = finding.evidence.filter(({ quote }) => !doubts(quote));
  if (evidence.length === finding.evidence.length) return finding;
  if (evidence.length > 0 && !finding.what.startsWith('"')) return { ...finding, evidence };
  if (!counted.test(finding.rule)) return null;
  const [longest] = lines
    .filter((line) => isSure(line) && countWords(line.text) >= 2)
    .sort((a, b) => b.text.length - a.text.length);
  const quotes = longest === undefined ? [] : [clip(longest.text, quoteMax)];
  return { ...finding, evidence: quotes.map((quote) => evidenceOf(analysis, quote)) };
}
