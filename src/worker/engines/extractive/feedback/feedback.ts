import type { Finding, SlideAnalysis, SlideFindings } from "../../../../contract/results.ts";
import type { PageFacts } from "../../../../pdf/types.ts";
import { addressedFinding } from "../../addressed.ts";
import { isLegal } from "../deck.ts";
import { isSureLine, isSureQuote } from "../doubt.ts";
import type { PageText } from "../page-text.ts";
import { measureContrast } from "./contrast.ts";
import { withoutDoubt } from "./doubtful.ts";
import { statedFigures } from "./figures.ts";
import type { FeedbackPage, Rule } from "./page.ts";
import {
  askWithoutAmount,
  claimTitle,
  clutter,
  competingNumbers,
  longTitle,
  missingSource,
  missingTitle,
  textInPicture,
  topicTitle,
} from "./rules-message.ts";
import { chartWithoutLabel, forecastUnmarked, numbersWithoutUnit } from "./rules-numbers.ts";
import {
  cutText,
  lowContrast,
  overlappingText,
  placeholderText,
  smallText,
  textAmount,
} from "./rules-text.ts";

/** Measured rules first, so that they stay in front among findings of one severity. */
const rules: readonly Rule[] = [
  placeholderText,
  smallText,
  lowContrast,
  textAmount,
  cutText,
  overlappingText,
  missingSource,
  chartWithoutLabel,
  numbersWithoutUnit,
  forecastUnmarked,
  askWithoutAmount,
  missingTitle,
  topicTitle,
  longTitle,
  clutter,
  competingNumbers,
  textInPicture,
  claimTitle,
];

const findingsMax = 3;
const order: readonly Finding["severity"][] = ["critical", "major", "minor", "praise", "note"];

function ranked(findings: readonly Finding[]): Finding[] {
  const sorted = [...findings].sort(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  );
  return sorted.slice(0, findingsMax);
}

/** What was measured on one slide, at most three findings, the gravest first, behind a word to machines. */
export async function giveFeedback(
  analysis: SlideAnalysis,
  facts: PageFacts,
  text: PageText,
  jpeg: Buffer,
  thisYear: number,
): Promise<SlideFindings> {
  const turned = text.turn !== "none";
  const sure = text.lines.filter(isSureLine);
  const page: FeedbackPage = {
    analysis,
    facts,
    lines: sure,
    measured: turned ? [] : await measureContrast(jpeg, sure),
    estimated: text.source === "ocr",
    legal: isLegal(analysis),
    turned,
    thisYear,
  };
  const findings = rules.flatMap((rule) => {
    const found = rule(page);
    const told = found && withoutDoubt(found, analysis, text.lines);
    return told ? [told] : [];
  });
  // A line that breaks in the middle of an order is whole in its paragraph only.
  const said = [text.lines, text.blocks].map((list) => list.map((one) => one.text).join("\n"));
  const addressed = addressedFinding(analysis.slide, said);
  const figures = statedFigures(analysis).filter(({ quote }) => isSureQuote(analysis, quote));
  const told = addressed ? [addressed] : [];
  return { slide: analysis.slide, findings: [...told, ...ranked(findings)], figures };
}
