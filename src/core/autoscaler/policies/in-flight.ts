/**
 * How much was in flight of late: time integrals over whole pieces of a grid, the oldest first, and over
 * the piece that has begun. Unit: tasks x milliseconds, exact.
 */
export interface InFlight {
  readonly pieces: readonly number[];
  readonly begun: number;
}

export const nothingInFlight: InFlight = { pieces: [], begun: 0 };

/** `tasks` were in flight from `fromMs` to `toMs`; the last `keep` pieces of `pieceMs` are remembered. */
export function addInFlight(
  { pieces, begun }: InFlight,
  tasks: number,
  [fromMs, toMs]: readonly [number, number],
  { pieceMs, keep }: { readonly pieceMs: number; readonly keep: number },
): InFlight {
  const firstEndMs = (Math.floor(fromMs / pieceMs) + 1) * pieceMs;
  if (toMs < firstEndMs) return { pieces, begun: begun + tasks * (toMs - fromMs) };
  const whole = Math.min(keep, Math.floor((toMs - firstEndMs) / pieceMs));
  const ended = pieces.slice(Math.max(0, pieces.length + 1 + whole - keep));
  if (whole < keep) ended.push(begun + tasks * (firstEndMs - fromMs));
  for (let at = 0; at < whole; at += 1) ended.push(tasks * pieceMs);
  return { pieces: ended, begun: tasks * (toMs % pieceMs) };
}

/** The integral over the last `count` whole pieces; what is not remembered was 0. */
export function sumOfLast({ pieces }: InFlight, count: number): number {
  let sum = 0;
  for (let at = Math.max(0, pieces.length - count); at < pieces.length; at += 1) {
    sum += pieces[at] ?? 0;
  }
  return sum;
}

/** All that is remembered at `nowMs` is as it is now: while it stays so, no mean changes. */
export const isSteady = (
  { pieces, begun }: InFlight,
  tasks: number,
  nowMs: number,
  { pieceMs, keep }: { readonly pieceMs: number; readonly keep: number },
): boolean =>
  (pieces.length === keep || tasks === 0) &&
  begun === tasks * (nowMs % pieceMs) &&
  pieces.every((piece) => piece === tasks * pieceMs);
