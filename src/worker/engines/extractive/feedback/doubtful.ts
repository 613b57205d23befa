import type { Finding, SlideAnalysis } from "../../../../contract/results.ts";
import { evidenceOf } from "../deck.ts";
import { isSureLine, isSureQuote } from "../doubt.ts";
import type { ReadLine } from "../paragraphs.ts";
import { clip, countWords } from "../text-tools.ts";

const quoteMax = 160;
/** What these say is counted over the whole slide; the quote only shows where. */
const counted = /^(?:text_amount|text_in_picture|clutter|title_missing)$/;

/** Read from a picture, and not out of the text of the file. */
export const isRead = (line: ReadLine): boolean => line.doubtful !== undefined;

/** Without quotes that may be misread; null when the finding rests on them. */
export function withoutDoubt(
  finding: Finding,
  analysis: SlideAnalysis,
  lines: readonly ReadLine[],
): Finding | null {
  const evidence = finding.evidence.filter(({ quote }) => isSureQuote(analysis, quote));
  if (evidence.length === finding.evidence.length) return finding;
  if (evidence.length > 0 && !finding.what.startsWith('"')) return { ...finding, evidence };
  if (!counted.test(finding.rule)) return null;
  const [longest] = lines
    .filter((line) => isSureLine(line) && countWords(line.text) >= 2)
    .sort((a, b) => b.text.length - a.text.length);
  const quotes = longest === undefined ? [] : [clip(longest.text, quoteMax)];
  return { ...finding, evidence: quotes.map((quote) => evidenceOf(analysis, quote)) };
}
