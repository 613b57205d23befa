import { at, countUpTo, meanUpTo, quantileOf, type Sorted, shareAbove, sorted } from "./sorted.ts";

/** What idling and coming back cost one pool. Times in milliseconds, money in millionths of a dollar. */
export interface KeepCost {
  readonly microUsdPerMs: number;
  /** Mean time of a start, which is paid. */
  readonly startMs: number;
  /** What the waiting is worth that a start costs at the next need. */
  readonly waitMicroUsd: number;
}

/** The idle time after which going on would have cost as much as stopping and coming back: `K / c`. */
export const breakEvenMs = ({ microUsdPerMs, startMs, waitMicroUsd }: KeepCost): number =>
  startMs + waitMicroUsd / microUsdPerMs;

export interface Range {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * How far a fit may go: never further from the break-even time than the factor `robustness` allows,
 * so that whatever comes costs at most `1 + 1 / robustness` times what a clairvoyant would pay
 * (Purohit, Svitkina and Kumar, NeurIPS 2018: ski rental with a prediction).
 */
export function rangeOf(breakEven: number, robustness: number, minOnMs: number): Range {
  const factor = Math.min(1, Math.max(0.01, robustness));
  const minMs = Math.max(minOnMs, factor * breakEven);
  return { minMs, maxMs: Math.max(minMs, breakEven / factor) };
}

const clampTo = ({ minMs, maxMs }: Range, ms: number): number =>
  Math.min(maxMs, Math.max(minMs, ms));

/** Shares at which the grid has its points. */
const gridPoints = 20;

/** Thresholds worth trying: empirical quantiles of the gaps within the range, its ends, and `extra`. */
function gridOf(gaps: Sorted, range: Range, extra: readonly number[] = []): number[] {
  const points = new Set([range.minMs, range.maxMs, ...extra]);
  for (let i = 1; i <= gridPoints; i += 1) {
    points.add(clampTo(range, quantileOf(gaps.values, i / gridPoints)));
  }
  return [...points].sort((a, b) => a - b);
}

/**
 * The best time to keep one idle replica on these gaps: least mean of `c min(G, t) + K 1{G > t}`
 * (ski rental with a known distribution), over the grid.
 */
export function fitKeep(gapsMs: readonly number[], cost: KeepCost, range: Range): number {
  const gaps = sorted(gapsMs);
  const coldMicroUsd = cost.microUsdPerMs * breakEvenMs(cost);
  let best = clampTo(range, breakEvenMs(cost));
  let least = Number.POSITIVE_INFINITY;
  for (const ms of gridOf(gaps, range)) {
    const mean = cost.microUsdPerMs * meanUpTo(gaps, ms) + coldMicroUsd * shareAbove(gaps, ms);
    if (mean < least - 1e-9) {
      least = mean;
      best = ms;
    }
  }
  return best;
}

/** What a cold pool costs at the next upload, by which of the two is cold. */
export interface JointCost {
  readonly visionMicroUsdPerMs: number;
  readonly textMicroUsdPerMs: number;
  readonly visionStartMs: number;
  readonly textStartMs: number;
  /** Waiting and lateness in millionths of a dollar: the text pool alone is cold, the vision pool alone, both. */
  readonly textCold: number;
  readonly visionCold: number;
  readonly bothCold: number;
}

export interface JointGaps {
  /** How long vision and text had been unneeded at each upload; 0 for text that was needed still. */
  readonly visionMs: readonly number[];
  readonly textMs: readonly number[];
}

export interface JointRange {
  readonly vision: Range;
  readonly text: Range;
}

/** The thresholds of the policy whose money is the measure, and how many times its money may be spent. */
export interface MoneyBound {
  readonly visionMs: number;
  readonly textMs: number;
  readonly times: number;
}

export interface JointKeep {
  readonly visionMs: number;
  readonly textMs: number;
}

/**
 * The pair of keep-alive times with the least mean cost on these gaps: idle time, paid starts, and what
 * waiting and lateness are worth in each of the four states the next upload may find. Exact over the
 * grid: the gaps are counted into its cells once, and sums over the cells give every pair's shares.
 */
export function fitJoint(
  gaps: JointGaps,
  cost: JointCost,
  range: JointRange,
  bound: MoneyBound | null = null,
): JointKeep {
  const vision = sorted(gaps.visionMs);
  const text = sorted(gaps.textMs);
  const a = gridOf(vision, range.vision, bound === null ? [] : [bound.visionMs]);
  const h = gridOf(text, range.text, bound === null ? [] : [bound.textMs]);
  const share = sharesAbove(gaps, a, h);
  const idleA = a.map((ms) => cost.visionMicroUsdPerMs * meanUpTo(vision, ms));
  const idleH = h.map((ms) => cost.textMicroUsdPerMs * meanUpTo(text, ms));
  const coldA = a.map((ms) => shareAbove(vision, ms));
  const coldH = h.map((ms) => shareAbove(text, ms));
  const moneyOf = (i: number, j: number): number =>
    (idleA[i] ?? 0) +
    (idleH[j] ?? 0) +
    (coldA[i] ?? 0) * cost.visionMicroUsdPerMs * cost.visionStartMs +
    (coldH[j] ?? 0) * cost.textMicroUsdPerMs * cost.textStartMs;
  const most =
    bound === null
      ? Number.POSITIVE_INFINITY
      : bound.times * moneyOf(a.indexOf(bound.visionMs), h.indexOf(bound.textMs)) + 1e-9;
  let best = { visionMs: range.vision.minMs, textMs: range.text.minMs };
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i += 1) {
    for (let j = 0; j < h.length; j += 1) {
      const money = moneyOf(i, j);
      if (money > most) continue;
      const both = share[i * h.length + j] ?? 0;
      const waiting =
        both * cost.bothCold +
        Math.max(0, (coldA[i] ?? 0) - both) * cost.visionCold +
        Math.max(0, (coldH[j] ?? 0) - both) * cost.textCold;
      if (money + waiting < least - 1e-9) {
        least = money + waiting;
        best = { visionMs: a[i] ?? 0, textMs: h[j] ?? 0 };
      }
    }
  }
  return best;
}

/** Share of the gaps with vision above `a[i]` and text above `h[j]`, row by row. */
function sharesAbove(gaps: JointGaps, a: readonly number[], h: readonly number[]): Float64Array {
  const rows = Float64Array.from(a);
  const columns = Float64Array.from(h);
  const width = h.length + 1;
  const cells = new Float64Array((a.length + 1) * width);
  for (let k = 0; k < gaps.visionMs.length; k += 1) {
    // Both thresholds below a gap are passed: it counts in every cell up to this one.
    const row = passed(rows, gaps.visionMs[k] ?? 0);
    const column = passed(columns, gaps.textMs[k] ?? 0);
    cells[row * width + column] = at(cells, row * width + column) + 1;
  }
  for (let row = a.length; row >= 0; row -= 1) {
    for (let column = h.length; column >= 0; column -= 1) {
      const below = row < a.length ? at(cells, (row + 1) * width + column) : 0;
      const right = column < h.length ? at(cells, row * width + column + 1) : 0;
      const corner =
        row < a.length && column < h.length ? at(cells, (row + 1) * width + column + 1) : 0;
      cells[row * width + column] = at(cells, row * width + column) + below + right - corner;
    }
  }
  const shares = new Float64Array(a.length * h.length);
  for (let i = 0; i < a.length; i += 1) {
    for (let j = 0; j < h.length; j += 1) {
      shares[i * h.length + j] =
        at(cells, (i + 1) * width + j + 1) / Math.max(1, gaps.visionMs.length);
    }
  }
  return shares;
}

/** How many thresholds lie strictly below the gap. */
function passed(thresholds: Float64Array, gapMs: number): number {
  const upTo = countUpTo(thresholds, gapMs);
  return upTo > 0 && at(thresholds, upTo - 1) === gapMs ? upTo - 1 : upTo;
}
