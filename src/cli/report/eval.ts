import { dollars } from "../../core/cost/money.ts";
import { type EvaluationRun, figuresOf, type RunFigures } from "../../core/evaluation/run.ts";
import { judgedFields } from "../../core/evaluation/truth.ts";
import type { Share } from "../../core/slo/wilson.ts";
import type { Style } from "../style.ts";
import { oneLine } from "../text.ts";
import { tableText } from "./table.ts";

/** One run with what a deck of it costs; null: no prices were asked for. */
export interface PricedRun {
  readonly run: EvaluationRun;
  readonly microUsdPerDeck: number | null;
}

/** The figures of all runs side by side, then what each got wrong. */
export function evaluationText(runs: readonly PricedRun[], style: Style): string {
  const figures = runs.map(({ run }) => figuresOf(run));
  const rows = [
    ...judgedFields.flatMap((field) => fieldRows(field, figures)),
    ["healthcare: recall of yes", ...figures.map(({ healthcare }) => shareText(healthcare.yes))],
    ["healthcare: recall of no", ...figures.map(({ healthcare }) => shareText(healthcare.no))],
    ["invented values", ...figures.map(({ invented }) => String(invented))],
    ["quotes grounded", ...figures.map(({ grounding }) => shareText(grounding))],
    ["decks not read whole", ...figures.map(({ failed }) => String(failed))],
    ["seconds a deck", ...figures.map(({ secondsPerDeck }) => secondsPerDeck.toFixed(1))],
    ["tokens a deck", ...figures.map(({ tokensPerDeck: each }) => each?.toFixed(0) ?? "-")],
    [
      "cost a deck",
      ...runs.map(({ microUsdPerDeck: each }) => (each === null ? "-" : dollars(each))),
    ],
  ];
  const heads = ["", ...runs.map(({ run }) => run.label)];
  return [
    tableText(
      heads,
      rows,
      style,
      heads.map((_, at) => at),
    ),
    "",
    ...runs.flatMap(({ run }) => missesText(run, style)),
  ].join("\n");
}

function fieldRows(
  field: (typeof judgedFields)[number],
  figures: readonly RunFigures[],
): string[][] {
  if (figures.every(({ fields }) => fields[field].recall.of + fields[field].invented.of === 0)) {
    return [];
  }
  const row = (name: string, of: (figures: RunFigures) => Share): string[] => [
    `${field}: ${name}`,
    ...figures.map((one) => shareText(of(one))),
  ];
  return [
    row("recall", ({ fields }) => fields[field].recall),
    row("precision", ({ fields }) => fields[field].precision),
    row("invented", ({ fields }) => fields[field].invented),
  ];
}

/** `11/13  85 % (58-96)`: hits, share, and the interval that holds it. */
function shareText({ hits, of, share, low, high }: Share): string {
  if (share === null) return "-";
  const whole = (value: number): string => String(Math.round(value * 100));
  return `${hits}/${of}  ${whole(share)} % (${whole(low)}-${whole(high)})`;
}

/** Everything that was not right, a line each: deck, field, what was said, what is true, on which quote. */
function missesText({ label, decks }: EvaluationRun, { colors }: Style): string[] {
  const lines = decks.flatMap((deck) => [
    ...deck.problems.map(
      (problem) => `  ${deck.file}  ${colors.red("failed")}  ${oneLine(problem)}`,
    ),
    ...judgedFields.flatMap((field) => {
      const found = deck.fields[field];
      if (found === undefined || found.verdict === "right" || found.verdict === "silent") return [];
      const quote = found.quotes[0];
      const from = quote === undefined ? "" : `  slide ${quote.slide}: "${clipped(quote.quote)}"`;
      const said = oneLine(found.said ?? "nothing");
      const truth = oneLine(found.truth ?? "nothing");
      return `  ${deck.file}  ${field} ${colors.yellow(found.verdict)}: said ${said}, is ${truth}${colors.dim(from)}`;
    }),
  ]);
  const head = lines.length === 0 ? "all right" : `${lines.length} not right`;
  return [colors.bold(`${label}: ${head}`), ...lines];
}

const clipped = (quote: string): string => {
  const line = oneLine(quote);
  return line.length <= 90 ? line : `${line.slice(0, 89)}…`;
};
