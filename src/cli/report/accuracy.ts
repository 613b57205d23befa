import type { AccuracyAnswer, ShareView } from "../../contract/fleet.ts";
import { dollars } from "../../core/cost/money.ts";
import type { Style } from "../style.ts";
import { cell, dateText, plural, secondsText } from "../text.ts";

const label = 24;

/** Shares with their intervals of 95 %, one line each; of too few documents it says so, and no share. */
export function accuracyText(answer: AccuracyAnswer, style: Style, utc: boolean): string {
  const { accuracy, onTime, within30s, documentsMin, meanTextWaitSeconds, starts } = answer;
  const row = (title: string, text: string): string =>
    `${style.colors.dim(cell(title, label, style))} ${text}`;
  const share = (one: ShareView, of: string): string => shareText(one, of, documentsMin);
  const all = Object.values(starts).reduce((sum, many) => sum + many, 0);
  const { documents, documentsMax, isPart, wastedPer100, wastedUsd } = answer;
  return [
    style.colors.bold(`Scaling accuracy since ${dateText(answer.since, utc)}`),
    row("Predictive accuracy", share(accuracy, "that text could be ready for")),
    row("Text ready when needed", share(onTime, "in all")),
    row("Begun within 30 s", share(within30s, "in all")),
    row(
      "Mean wait for text",
      meanTextWaitSeconds === null ? "none" : secondsText(meanTextWaitSeconds),
    ),
    row("Starts", all === 0 ? "none judged yet" : startsText(starts)),
    row("Wasted pre-warms", wastedText(wastedPer100, documents, documentsMin)),
    row("Paid for nothing", dollars(Math.round(wastedUsd * 1e6))),
    ...predictionLines(answer, style),
    ...(isPart ? [`Only the newest ${documentsMax} documents are in it.`] : []),
  ].join("\n");
}

/** Of each stretch of progress in which enough was foretold, one line. */
function predictionLines(
  { predictions, documentsMin }: AccuracyAnswer,
  style: Style,
): readonly string[] {
  const told = predictions.filter(({ documents }) => documents >= documentsMin);
  if (predictions.length === 0) return [];
  const head = style.colors.bold(
    "Forecasts of when text is needed: true at or below q10, q50, q90",
  );
  const few = `too few to tell: at least ${documentsMin} documents are needed`;
  return [
    head,
    ...(told.length === 0 ? [few] : []),
    ...told.map(({ progress, documents, quantiles }) => {
      const shares = quantiles.map(({ coverage }) => percent(coverage.share ?? 0)).join(", ");
      const title = style.colors.dim(cell(progress, label, style));
      return `${title} ${shares} of ${plural(documents, "document")}`;
    }),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function shareText({ of, share, low, high }: ShareView, which: string, least: number): string {
  if (share === null || low === null || high === null) {
    return `too few to tell: ${plural(of, "document")} ${which}, at least ${least} are needed`;
  }
  return `${percent(share)} (${percent(low)} to ${percent(high)}) of ${plural(of, "document")} ${which}`;
}

const startsText = ({ onTime, early, late, unused, failed }: AccuracyAnswer["starts"]): string =>
  `${onTime} on time, ${early} early, ${late} late, ${unused} unused, ${failed} failed`;

const wastedText = (per100: number | null, documents: number, least: number): string =>
  per100 === null
    ? `too few to tell: ${plural(documents, "document")}, at least ${least} are needed`
    : `${per100.toFixed(1)} for 100 documents`;
