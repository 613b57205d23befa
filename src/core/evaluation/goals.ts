import type { RunFigures } from "./run.ts";
import { judgedFields } from "./truth.ts";

/** `atLeast`: a share from 0 to 1. `atMost`: a count or seconds. */
export interface Goal {
  readonly name: string;
  readonly limit: number;
}

export interface JudgedGoal extends Goal {
  readonly kind: "at least" | "at most";
  /** null: no deck of the set can tell. */
  readonly value: number | null;
  readonly met: boolean | null;
}

/** What a reading must reach unless somebody says otherwise. */
export const defaultGoals: readonly Goal[] = [
  { name: "name", limit: 0.85 },
  { name: "healthcare.yes", limit: 0.85 },
  { name: "healthcare.no", limit: 0.85 },
  { name: "ask", limit: 0.75 },
  { name: "date", limit: 0.75 },
  { name: "invented", limit: 1 },
];

const upperBounds = ["invented", "failed", "seconds"];

/** Every name a goal may have: `ask` is the recall of the ask, `ask.precision` its precision. */
export const goalNames: readonly string[] = [
  ...judgedFields.flatMap((field) => [field, `${field}.precision`]),
  ...["healthcare.yes", "healthcare.no", "grounding"],
  ...upperBounds,
];

/** Holds each goal against the figures. */
export const judgeGoals = (goals: readonly Goal[], figures: RunFigures): JudgedGoal[] =>
  goals.map((goal) => {
    const value = figureNamed(goal.name, figures);
    const isUpper = upperBounds.includes(goal.name);
    const kind = isUpper ? "at most" : "at least";
    const met = value === null ? null : isUpper ? value <= goal.limit : value >= goal.limit;
    return { ...goal, kind, value, met };
  });

function figureNamed(name: string, figures: RunFigures): number | null {
  if (name === "healthcare.yes") return figures.healthcare.yes.share;
  if (name === "healthcare.no") return figures.healthcare.no.share;
  if (name === "grounding") return figures.grounding.share;
  if (name === "invented") return figures.invented;
  if (name === "failed") return figures.failed;
  if (name === "seconds") return figures.secondsPerDeck;
  const field = judgedFields.find((one) => name === one || name === `${one}.precision`);
  if (field === undefined) return null;
  const score = figures.fields[field];
  return name === field ? score.recall.share : score.precision.share;
}
