import { stringify } from "yaml";
import {
  type FieldSample,
  fitFields,
  leaveOneDeckOut,
  type Quality,
  qualityOf,
} from "../../core/calibration/fit.ts";
import type { EvaluationRun } from "../../core/evaluation/run.ts";

/** Extractions whose confidence is judged, by the field that tells whether they are right. */
const extractionOf = {
  name: "startup_name",
  healthcare: "healthcare",
  ask: "funding_amount",
  date: "deck_date",
} as const;

/** Every judged answer of a run with its confidence. A deck that could not be read whole says nothing. */
function samplesOf({ decks }: EvaluationRun): FieldSample[] {
  const read = decks.filter(({ problems }) => problems.length === 0);
  return read.flatMap(({ sha256: deck, fields }) =>
    Object.entries(extractionOf).flatMap(([name, field]): FieldSample[] => {
      const found = fields[name as keyof typeof extractionOf];
      if (found === undefined) return [];
      const { verdict, said, confidence } = found;
      const right = verdict === "right" || verdict === "silent";
      return [{ deck, field, answer: said === null ? "none" : "given", confidence, right }];
    }),
  );
}

/** What was said, and what curves of all other decks make of it. */
export interface Calibration {
  readonly run: EvaluationRun;
  readonly said: readonly FieldSample[];
  readonly leftOut: readonly FieldSample[];
}

export function calibrate(run: EvaluationRun): Calibration {
  const said = samplesOf(run);
  return { run, said, leftOut: leaveOneDeckOut(said) };
}

/** The text of a pack's `calibration.yaml`, from runs whose confidences are as the engines say them. */
export function calibrationText(calibrations: readonly Calibration[]): string {
  const judged = calibrations.filter(({ said }) => said.length > 0);
  const engines = judged.map(({ run: { engine, models }, said, leftOut }) => ({
    engine,
    model: models.text,
    decks: decksIn(said),
    said: roundedQuality(qualityOf(said)),
    left_out: roundedQuality(qualityOf(leftOut)),
    fields: Object.fromEntries(
      Object.entries(fitFields(said)).map(([field, { given, none }]) => [
        field,
        { given: rounded({ ...given }), none: rounded({ ...none }) },
      ]),
    ),
  }));
  return `${head}${stringify({ engines }, { lineWidth: 0 })}`;
}

const head = `# What the engines' confidences have been measured to mean: written by pilotlight eval --calibrate, from
# decks whose truth is known. \`said\` is how good confidences are as the engine says them, \`left_out\` how
# good they are by curves that were fitted to all other decks.
`;

const decksIn = (samples: readonly FieldSample[]): number =>
  new Set(samples.map(({ deck }) => deck)).size;

const digits = (value: number): number => Math.round(value * 10_000) / 10_000;
const rounded = <T extends Record<string, number>>(values: T): T =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, digits(value)])) as T;
const roundedQuality = (quality: Quality | null): Quality | undefined =>
  quality === null ? undefined : (rounded({ ...quality }) as Quality);

/** What calibration does, in lines for a terminal. */
export function calibrationLines({ run, said, leftOut }: Calibration): string[] {
  const [before, after] = [qualityOf(said), qualityOf(leftOut)];
  if (before === null || after === null) return [`${run.label}: no answer can be judged`];
  const line = (name: string, { confidence, right, brier, error }: Quality): string =>
    `  ${name.padEnd(28)} says ${confidence.toFixed(2)}, right ${right.toFixed(2)}, Brier ${brier.toFixed(3)}, calibration error ${error.toFixed(3)}`;
  return [
    `${run.label}: ${before.answers} answers of ${decksIn(said)} decks`,
    line("as the engine says", before),
    line("calibrated, deck left out", after),
  ];
}
