import { type Curve, calibrated, fitCurve, type Sample } from "./curve.ts";
import { brierScore, calibrationError } from "./measures.ts";

/** An answer of one deck to one field: `none` for "the deck does not say". */
export interface FieldSample extends Sample {
  readonly deck: string;
  readonly field: string;
  readonly answer: "given" | "none";
}

export interface FittedCurve extends Curve {
  /** Answers it was fitted to. */
  readonly answers: number;
}

/** Curves by field; an answer and the lack of one are different claims, so each has its own. */
export type FieldCurves = Readonly<
  Record<string, { readonly given: FittedCurve; readonly none: FittedCurve }>
>;

export interface Quality {
  readonly answers: number;
  /** Share of right answers, and the mean of what was said. */
  readonly right: number;
  readonly confidence: number;
  readonly brier: number;
  readonly error: number;
}

export function fitFields(samples: readonly FieldSample[]): FieldCurves {
  const fields = [...new Set(samples.map(({ field }) => field))].sort();
  return Object.fromEntries(
    fields.map((field) => {
      const fitted = (answer: FieldSample["answer"]): FittedCurve => {
        const own = samples.filter((one) => one.field === field && one.answer === answer);
        return { ...fitCurve(own), answers: own.length };
      };
      return [field, { given: fitted("given"), none: fitted("none") }];
    }),
  );
}

/** A field without curves keeps what was said. */
export function withCurves<S extends FieldSample>(samples: readonly S[], curves: FieldCurves): S[] {
  return samples.map((sample) => {
    const curve = curves[sample.field]?.[sample.answer];
    return curve === undefined
      ? sample
      : { ...sample, confidence: calibrated(curve, sample.confidence) };
  });
}

/**
 * Each deck's confidences by curves that were fitted to all other decks: what calibration does to a deck it
 * has not seen. All answers of a deck are left out together, because they share its faults.
 */
export function leaveOneDeckOut(samples: readonly FieldSample[]): FieldSample[] {
  const decks = [...new Set(samples.map(({ deck }) => deck))];
  return decks.flatMap((deck) => {
    const curves = fitFields(samples.filter((one) => one.deck !== deck));
    return withCurves(
      samples.filter((one) => one.deck === deck),
      curves,
    );
  });
}

/** null for no samples. */
export function qualityOf(samples: readonly Sample[]): Quality | null {
  const [brier, error] = [brierScore(samples), calibrationError(samples)];
  if (brier === null || error === null) return null;
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  return {
    answers: samples.length,
    right: mean(({ right }) => (right ? 1 : 0)),
    confidence: mean(({ confidence }) => confidence),
    ...{ brier, error },
  };
}
