import type { Comparison } from "../../core/evaluation/compare.ts";
import type { JudgedGoal } from "../../core/evaluation/goals.ts";
import type { EvaluationRun } from "../../core/evaluation/run.ts";
import {
  figureRows,
  goalText,
  goalWord,
  type Miss,
  missesOf,
  type PricedRun,
} from "../../eval/report/rows.ts";
import type { Style } from "../style.ts";
import { clip, oneLine } from "../text.ts";
import { tableText } from "./table.ts";

/** A run with everything that is told of it. */
export interface ToldRun extends PricedRun {
  readonly goals: readonly JudgedGoal[];
  readonly comparison: Comparison | null;
}

/** The figures of all runs side by side, then each one's goals, changes and misses. */
export function evaluationText(runs: readonly ToldRun[], style: Style): string {
  const heads = ["", ...runs.map(({ run }) => run.label)];
  const left = heads.map((_, at) => at);
  return [
    tableText(heads, figureRows(runs), style, left),
    ...runs.flatMap((told) => ["", ...runText(told, style)]),
  ].join("\n");
}

function runText({ run, goals, comparison }: ToldRun, style: Style): string[] {
  const misses = missesOf(run);
  const head = misses.length === 0 ? "all right" : `${misses.length} not right`;
  return [
    style.colors.bold(`${run.label}: ${head}`),
    ...misses.map((miss) => missText(miss, style)),
    ...(misses.length === 0 ? [] : offeringHint(run)),
    ...goals.map((goal) => `  goal ${goalWord(goal).padEnd(10)} ${goalText(goal)}`),
    ...(comparison === null ? [] : comparisonText(comparison, style)),
  ];
}

/** Offerings are for a person to judge: they stand in the page and in --json. */
const offeringHint = ({ decks }: EvaluationRun): string[] =>
  decks.some(({ offering }) => offering.truth !== null)
    ? ["  (offerings are not judged: see --html or --json)"]
    : [];

function missText(
  { file, field, verdict, said, truth, quote }: Miss,
  { colors, unicode }: Style,
): string {
  const from =
    quote === null
      ? ""
      : `  slide ${quote.slide}: "${clip(oneLine(quote.quote), 90, { unicode })}"`;
  const what =
    verdict === "failed"
      ? oneLine(said ?? "")
      : `said ${oneLine(said ?? "nothing")}, is ${oneLine(truth ?? "not stated")}`;
  return `  ${file}  ${field} ${colors.yellow(verdict)}: ${what}${colors.dim(from)}`;
}

function comparisonText(
  { decks, unpaired, changes, regressions }: Comparison,
  { colors }: Style,
): string[] {
  const moved = changes.filter(({ lost, gained }) => lost.length + gained.length > 0);
  return [
    `  against the base: ${decks} decks in both${unpaired.length === 0 ? "" : `, ${unpaired.length} in only one`}`,
    ...moved.map(
      ({ field, lost, gained, chance }) =>
        `  ${field}: ${gained.length} gained, ${lost.length} lost (by chance alone: ${chance.toFixed(2)})`,
    ),
    ...(regressions.length === 0
      ? ["  nothing regressed"]
      : regressions.map((sentence) => `  ${colors.red("regression")} ${sentence}`)),
  ];
}
