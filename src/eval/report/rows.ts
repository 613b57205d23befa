import { dollars } from "../../core/cost/money.ts";
import type { JudgedGoal } from "../../core/evaluation/goals.ts";
import { type EvaluationRun, figuresOf, type RunFigures } from "../../core/evaluation/run.ts";
import { judgedFields } from "../../core/evaluation/truth.ts";
import type { Share } from "../../core/slo/wilson.ts";

/** One run with what a deck of it costs; null: no prices were asked for. */
export interface PricedRun {
  readonly run: EvaluationRun;
  readonly microUsdPerDeck: number | null;
}

/** A figure of all runs side by side, as text. */
export type FigureRow = readonly [name: string, ...cells: string[]];

/** Every figure that any of the runs has, a row each. */
export function figureRows(runs: readonly PricedRun[]): FigureRow[] {
  const figures = runs.map(({ run }) => figuresOf(run));
  const each = (name: string, of: (figures: RunFigures) => string): FigureRow => [
    name,
    ...figures.map(of),
  ];
  return [
    ...judgedFields.flatMap((field) => fieldRows(field, figures)),
    each("healthcare: recall of yes", ({ healthcare }) => shareText(healthcare.yes)),
    each("healthcare: recall of no", ({ healthcare }) => shareText(healthcare.no)),
    each("invented values", ({ invented }) => String(invented)),
    each("quotes grounded", ({ grounding }) => shareText(grounding)),
    each("decks not read whole", ({ failed }) => String(failed)),
    each("seconds a deck", ({ secondsPerDeck }) => secondsPerDeck.toFixed(1)),
    each("tokens a deck", ({ tokensPerDeck }) => tokensPerDeck?.toFixed(0) ?? "-"),
    ["cost a deck", ...runs.map(({ microUsdPerDeck: cost }) => costText(cost))],
  ];
}

const costText = (microUsd: number | null): string => (microUsd === null ? "-" : dollars(microUsd));

/** A field that no deck of the set has a truth for has no rows. */
function fieldRows(
  field: (typeof judgedFields)[number],
  figures: readonly RunFigures[],
): FigureRow[] {
  const judged = figures.some(({ fields }) => fields[field].recall.of + fields[field].invented.of);
  if (!judged) return [];
  const row = (name: string, of: (figures: RunFigures) => Share): FigureRow => [
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

/** `ask at least 75 %: 80 %`. */
export function goalText({ name, kind, limit, value }: JudgedGoal): string {
  const isShare = kind === "at least";
  const text = (given: number): string =>
    isShare ? `${Math.round(given * 1000) / 10} %` : String(Math.round(given * 10) / 10);
  return `${name} ${kind} ${text(limit)}: ${value === null ? "no deck tells" : text(value)}`;
}

export const goalWord = ({ met }: JudgedGoal): string =>
  met === null ? "not judged" : met ? "hit" : "missed";

/** What was not right in one run, in the order of the decks. */
export interface Miss {
  readonly file: string;
  readonly field: string;
  readonly verdict: string;
  readonly said: string | null;
  readonly truth: string | null;
  readonly quote: { readonly slide: number; readonly quote: string } | null;
}

export const missesOf = ({ decks }: EvaluationRun): Miss[] =>
  decks.flatMap(({ file, fields, problems }) => [
    ...problems.map((said) => ({
      ...{ file, said, field: "document", verdict: "failed", truth: null, quote: null },
    })),
    ...judgedFields.flatMap((field) => {
      const found = fields[field];
      if (found === undefined || found.verdict === "right" || found.verdict === "silent") return [];
      const { verdict, said, truth, quotes } = found;
      return [{ file, field, verdict, said, truth, quote: quotes[0] ?? null }];
    }),
  ]);
