/** A stretch of time as it is drawn: as long as it was, or folded. */
export interface Segment {
  readonly from: number;
  readonly until: number;
  /** Where it begins, and how wide it is, as shares of the whole width. */
  readonly at: number;
  readonly width: number;
  readonly folded: boolean;
}

export interface Scale {
  readonly segments: readonly Segment[];
  /** 0 at the left edge, 1 at the right one. */
  x(ms: number): number;
}

/** Idle for longer than this, time is folded away. */
const idleMaxMs = 10_000;
/** A fold is so wide, of all that is drawn. */
const foldShare = 0.03;
/** All folds together take no more than this. */
const foldsShareMax = 0.3;

/**
 * Time from left to right, without the stretches in which nothing went on.
 * @param busy stretches in which something did, in any order
 */
export function createScale(
  from: number,
  until: number,
  busy: readonly (readonly [number, number])[],
  fold: boolean,
): Scale {
  const end = Math.max(until, from + 1000);
  const parts = fold ? split(from, end, merge(busy, from, end)) : [part(from, end, false)];
  const folds = parts.filter(({ folded }) => folded).length;
  const foldWidth = Math.min(foldShare, folds === 0 ? 0 : foldsShareMax / folds);
  const lasting = parts.reduce((sum, one) => sum + (one.folded ? 0 : one.until - one.from), 0);
  const rest = 1 - folds * foldWidth;
  let at = 0;
  const segments = parts.map((one): Segment => {
    const share = lasting === 0 ? 1 / parts.length : (one.until - one.from) / lasting;
    const width = one.folded ? foldWidth : share * rest;
    const segment = { ...one, at, width };
    at += width;
    return segment;
  });
  return { segments, x: (ms) => place(segments, ms) };
}

type Part = Pick<Segment, "from" | "until" | "folded">;
const part = (from: number, until: number, folded: boolean): Part => ({ from, until, folded });

function merge(
  busy: readonly (readonly [number, number])[],
  from: number,
  until: number,
): [number, number][] {
  const merged: [number, number][] = [];
  const within = busy
    .map(([a, b]): [number, number] => [Math.max(a, from), Math.min(Math.max(a, b), until)])
    .filter(([a, b]) => a <= b)
    .toSorted((a, b) => a[0] - b[0]);
  for (const [a, b] of within) {
    const last = merged.at(-1);
    if (last !== undefined && a <= last[1] + idleMaxMs) last[1] = Math.max(last[1], b);
    else merged.push([a, b]);
  }
  return merged;
}

function split(from: number, until: number, busy: readonly [number, number][]): Part[] {
  const parts: Part[] = [];
  let at = from;
  for (const [a, b] of busy) {
    if (a - at > idleMaxMs) parts.push(part(at, a, true));
    else if (a > at) parts.push(part(at, a, false));
    if (b > a) parts.push(part(a, b, false));
    at = Math.max(at, b);
  }
  if (until - at > idleMaxMs) parts.push(part(at, until, true));
  else if (until > at) parts.push(part(at, until, false));
  // Nothing went on at all: then there is nothing to fold away for.
  return parts.some(({ folded }) => !folded) ? parts : [part(from, until, false)];
}

function place(segments: readonly Segment[], ms: number): number {
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined || ms <= first.from) return 0;
  if (ms >= last.until) return 1;
  const own = segments.find(({ from, until }) => ms >= from && ms < until) ?? last;
  return own.at + (own.width * (ms - own.from)) / (own.until - own.from);
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200].map(
  (seconds) => seconds * 1000,
);
/** A label needs so much room. */
const tickPx = 90;

/** Moments to name on the axis of so many pixels, counted from `zero`. */
export function ticksOf({ segments }: Scale, widthPx: number, zero: number): number[] {
  const ticks: number[] = [];
  for (const { from, until, width, folded } of segments) {
    if (folded || width === 0) continue;
    const msPerPx = (until - from) / (width * widthPx);
    const step = steps.find((one) => one >= msPerPx * tickPx) ?? 86_400_000;
    for (let at = zero + Math.ceil((from - zero) / step) * step; at < until; at += step) {
      ticks.push(at);
    }
  }
  return ticks;
}
