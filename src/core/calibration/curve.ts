/**
 * From what an engine says of its certainty to how often it is right: logit(p') = intercept + slope *
 * logit(p), as in Platt, "Probabilistic Outputs for Support Vector Machines" (1999), on the logit of a
 * probability. The identity is intercept 0 and slope 1.
 */
export interface Curve {
  readonly intercept: number;
  /** At or above 0: more certain stays more certain. */
  readonly slope: number;
}

/** One answer: how certain it was said to be, from 0 to 1, and whether it was right. */
export interface Sample {
  readonly confidence: number;
  readonly right: boolean;
}

export const identity: Curve = { intercept: 0, slope: 1 };

/** No answer is certain beyond this: neither what is said nor what comes out. */
const edge = 0.01;

export const clamped = (probability: number): number =>
  Math.min(1 - edge, Math.max(edge, Number.isFinite(probability) ? probability : 0.5));

const logit = (probability: number): number => Math.log(probability / (1 - probability));
const logistic = (value: number): number => 1 / (1 + Math.exp(-value));

/** What stands behind a confidence, from 0.01 to 0.99. */
export const calibrated = ({ intercept, slope }: Curve, confidence: number): number =>
  clamped(logistic(intercept + slope * logit(clamped(confidence))));

/**
 * How far a curve may leave the identity before data say so: normal priors on intercept and slope, so
 * that few answers move it little and none leave it where it was (a MAP fit; Gelman et al., "A weakly
 * informative default prior distribution for logistic and other regression models", 2008).
 */
const deviation = { intercept: 0.75, slope: 0.5 } as const;
const rounds = 50;

/** The likeliest curve under those priors, by Newton's method; it is the identity for no samples. */
export function fitCurve(samples: readonly Sample[]): Curve {
  const points = samples.map(({ confidence, right }) => ({
    x: logit(clamped(confidence)),
    y: right ? 1 : 0,
  }));
  let [intercept, slope] = [identity.intercept, identity.slope];
  const weight = { intercept: 1 / deviation.intercept ** 2, slope: 1 / deviation.slope ** 2 };
  for (let round = 0; round < rounds; round += 1) {
    let [pull0, pull1] = [-weight.intercept * intercept, -weight.slope * (slope - 1)];
    let [bend00, bend01, bend11] = [weight.intercept, 0, weight.slope];
    for (const { x, y } of points) {
      const p = logistic(intercept + slope * x);
      const spread = p * (1 - p);
      pull0 += y - p;
      pull1 += (y - p) * x;
      bend00 += spread;
      bend01 += spread * x;
      bend11 += spread * x * x;
    }
    const area = bend00 * bend11 - bend01 * bend01;
    const step0 = (bend11 * pull0 - bend01 * pull1) / area;
    const step1 = (bend00 * pull1 - bend01 * pull0) / area;
    // Far from the answer Newton may jump over it: a step is never longer than 1.
    const scale = Math.min(1, 1 / Math.max(Math.abs(step0), Math.abs(step1), 1e-12));
    intercept += step0 * scale;
    slope += step1 * scale;
    if (Math.abs(step0) + Math.abs(step1) < 1e-10) break;
  }
  return { intercept, slope: Math.max(0, slope) };
}
