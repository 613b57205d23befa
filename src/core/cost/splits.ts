import { clipPiece, type Piece } from "../ledger/allocate.ts";

/** Paid time by what it was good for. */
export interface Split {
  readonly busy: number;
  readonly coldStart: number;
  readonly idle: number;
  /** Failed attempts, and replicas that never became ready. */
  readonly wasted: number;
  readonly total: number;
}
type Part = Exclude<keyof Split, "total">;

export interface MoneyAndTime {
  /** Millionths of a dollar. */
  readonly microUsd: Split;
  readonly seconds: Split;
}

/** A piece with whether its run failed before it could work: then all of it is wasted. */
export interface CostPiece extends Piece {
  readonly isLost?: boolean;
}

const partOf = ({ isLost, kind }: CostPiece): Part => {
  if (isLost || kind === "failed") return "wasted";
  return kind === "busy" || kind === "coldStart" ? kind : "idle";
};

const none = { busy: 0, coldStart: 0, idle: 0, wasted: 0, total: 0 };

/** Sums over pieces: the parts add up to the total, of money exactly. */
export function splitOf(pieces: readonly CostPiece[]): MoneyAndTime {
  const [microUsd, ms] = [{ ...none }, { ...none }];
  for (const piece of pieces) {
    const part = partOf(piece);
    microUsd[part] += piece.microUsd;
    microUsd.total += piece.microUsd;
    ms[part] += piece.ms;
    ms.total += piece.ms;
  }
  return { microUsd, seconds: inSeconds(ms) };
}

const inSeconds = ({ busy, coldStart, idle, wasted, total }: Split): Split => ({
  ...{ busy: busy / 1000, coldStart: coldStart / 1000, idle: idle / 1000 },
  ...{ wasted: wasted / 1000, total: total / 1000 },
});

/** As far as they lie in `[fromMs, untilMs)`; most lie inside or outside, and are not cut. */
export function clip(
  pieces: readonly CostPiece[],
  fromMs: number,
  untilMs: number,
): readonly CostPiece[] {
  const inside: CostPiece[] = [];
  for (const piece of pieces) {
    const part = isInside(piece, fromMs, untilMs) ? piece : clipPiece(piece, fromMs, untilMs);
    if (part !== null) inside.push(part);
  }
  return inside;
}

const isInside = (piece: CostPiece, fromMs: number, untilMs: number): boolean =>
  piece.fromMs >= fromMs && piece.untilMs <= untilMs;

/** Pieces by periods of equal length since 1970: a piece across several is cut, and loses nothing. */
export function byPeriod(pieces: readonly CostPiece[], periodMs: number): Map<number, CostPiece[]> {
  const periods = new Map<number, CostPiece[]>();
  for (const piece of pieces) {
    const first = Math.floor(piece.fromMs / periodMs);
    const last = Math.max(first, Math.ceil(piece.untilMs / periodMs) - 1);
    for (let period = first; period <= last; period += 1) {
      const part =
        last === first ? piece : clipPiece(piece, period * periodMs, (period + 1) * periodMs);
      if (part === null) continue;
      const known = periods.get(period);
      if (known === undefined) periods.set(period, [part]);
      else known.push(part);
    }
  }
  return periods;
}

/** Pieces by a word that each has. */
export function groupPieces(
  pieces: readonly CostPiece[],
  keyOf: (piece: CostPiece) => string,
): Map<string, CostPiece[]> {
  const groups = new Map<string, CostPiece[]>();
  for (const piece of pieces) {
    const key = keyOf(piece);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [piece]);
    else known.push(piece);
  }
  return groups;
}
