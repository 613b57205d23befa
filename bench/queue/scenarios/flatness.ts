/** Whether a figure that may go up and down has no way up in the long run. */
export interface Verdict {
  readonly name: string;
  /** null: too few samples to tell. */
  readonly isFlat: boolean | null;
  readonly first: number;
  readonly last: number;
  /** What the straight line through the last half gains over that half. */
  readonly gain: number;
}

const shareMax = 0.1;
const samplesMin = 4;

/**
 * Flat: over the last half of the samples the line gains at most a tenth of their mean, or too little to
 * matter. Fewer than four samples in that half tell nothing.
 * @param noise a gain up to this is none
 */
export function judge(name: string, values: readonly number[], noise: number): Verdict {
  const half = values.slice(Math.floor(values.length / 2));
  const gain = slopeOf(half) * (half.length - 1);
  const mean = half.reduce((sum, value) => sum + value, 0) / half.length;
  const isFlat = half.length < samplesMin ? null : gain <= Math.max(noise, shareMax * mean);
  return { name, isFlat, first: values[0] ?? 0, last: values.at(-1) ?? 0, gain };
}

/** Least squares, a step being one sample. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [at, value] of values.entries()) {
    above += (at - middle) * (value - mean);
    below += (at - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
