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

export interface MoneyAndTime {
  /** Millionths of a dollar. */
  readonly microUsd: Split;
  readonly seconds: Split;
  /** Of the total: what runs are estimated at whose provider has not shown yet since when it charges. */
  readonly estimatedMicroUsd: number;
}

/**
 * What one document, or nobody, has of one run in one period: many pieces in one, so that months are summed fast.
 * Money in whole millionths of a dollar, time in milliseconds.
 */
export interface Share {
  readonly run: number;
  readonly pool: string;
  readonly document: string | null;
  /** Of equal length since 1970. */
  readonly period: number;
  readonly isEstimated: boolean;
  readonly busy: number;
  readonly coldStart: number;
  readonly idle: number;
  readonly wasted: number;
  readonly busyMs: number;
  readonly coldStartMs: number;
  readonly idleMs: number;
  readonly wastedMs: number;
}

type OpenShare = { -readonly [Field in keyof Share]: Share[Field] };

/**
 * Pieces of one run by document and period; one across several periods is cut, and loses nothing.
 * @param isLost it failed before it could work: then all of it is wasted
 * @param isOfAll all documents together, and nobody: `document` is null
 */
export function sharesOf(
  pieces: readonly Piece[],
  periodMs: number,
  isLost: boolean,
  isOfAll = false,
): Share[] {
  const shares = new Map<number, Map<string | null, OpenShare>>();
  const add = (piece: Piece, period: number): void => {
    let own = shares.get(period);
    if (own === undefined) {
      own = new Map();
      shares.set(period, own);
    }
    const document = isOfAll ? null : piece.document;
    let share = own.get(document);
    if (share === undefined) {
      share = emptyShare(piece, document, period);
      own.set(document, share);
    }
    addTo(share, piece, isLost);
  };
  for (const piece of pieces) {
    const first = Math.floor(piece.fromMs / periodMs);
    const last = Math.max(first, Math.ceil(piece.untilMs / periodMs) - 1);
    if (first === last) add(piece, first);
    for (let period = first; first < last && period <= last; period += 1) {
      const part = clipPiece(piece, period * periodMs, (period + 1) * periodMs);
      if (part !== null) add(part, period);
    }
  }
  return [...shares.values()].flatMap((own) => [...own.values()]);
}

const emptyShare = (
  { run, pool, isEstimated }: Piece,
  document: string | null,
  period: number,
): OpenShare => ({
  ...{ run, pool, document, period, isEstimated },
  ...{ busy: 0, coldStart: 0, idle: 0, wasted: 0 },
  ...{ busyMs: 0, coldStartMs: 0, idleMs: 0, wastedMs: 0 },
});

function addTo(share: OpenShare, { kind, microUsd, ms }: Piece, isLost: boolean): void {
  if (isLost || kind === "failed") {
    share.wasted += microUsd;
    share.wastedMs += ms;
  } else if (kind === "busy") {
    share.busy += microUsd;
    share.busyMs += ms;
  } else if (kind === "coldStart") {
    share.coldStart += microUsd;
    share.coldStartMs += ms;
  } else {
    share.idle += microUsd;
    share.idleMs += ms;
  }
}

export const moneyOf = ({ busy, coldStart, idle, wasted }: Share): number =>
  busy + coldStart + idle + wasted;

export const msOf = ({ busyMs, coldStartMs, idleMs, wastedMs }: Share): number =>
  busyMs + coldStartMs + idleMs + wastedMs;

/** Sums over shares: the parts add up to the total, of money exactly. */
export function splitOf(shares: readonly Share[]): MoneyAndTime {
  const money = { busy: 0, coldStart: 0, idle: 0, wasted: 0, total: 0 };
  const ms = { ...money };
  let estimatedMicroUsd = 0;
  for (const share of shares) {
    money.busy += share.busy;
    money.coldStart += share.coldStart;
    money.idle += share.idle;
    money.wasted += share.wasted;
    ms.busy += share.busyMs;
    ms.coldStart += share.coldStartMs;
    ms.idle += share.idleMs;
    ms.wasted += share.wastedMs;
    if (share.isEstimated) estimatedMicroUsd += moneyOf(share);
  }
  money.total = money.busy + money.coldStart + money.idle + money.wasted;
  ms.total = ms.busy + ms.coldStart + ms.idle + ms.wasted;
  return { microUsd: money, seconds: inSeconds(ms), estimatedMicroUsd };
}

const inSeconds = ({ busy, coldStart, idle, wasted, total }: Split): Split => ({
  ...{ busy: busy / 1000, coldStart: coldStart / 1000, idle: idle / 1000 },
  ...{ wasted: wasted / 1000, total: total / 1000 },
});

/** Shares by something that each has. */
export function groupShares<K>(
  shares: readonly Share[],
  keyOf: (share: Share) => K,
): Map<K, Share[]> {
  const groups = new Map<K, Share[]>();
  for (const share of shares) {
    const key = keyOf(share);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [share]);
    else known.push(share);
  }
  return groups;
}
