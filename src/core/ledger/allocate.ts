import { chargeOfRun, type PaidRun } from "../cost/paid-time.ts";
import { apportion } from "./apportion.ts";

/** One attempt of a task, as long as its container held it. */
export interface LedgerWork {
  /** Whose; a name that means one document. */
  readonly document: string;
  readonly fromMs: number;
  /** While it lasts: now. */
  readonly untilMs: number;
  /** It did not work, or its container was lost: it is done again. */
  readonly failed: boolean;
}

/** One life of a replica with all the work it held, in milliseconds of one clock. */
export interface LedgerRun extends PaidRun {
  readonly run: number;
  readonly pool: string;
  /** null: it never could work. */
  readonly readyMs: number | null;
  readonly works: readonly LedgerWork[];
}

/** `rounding`: paid, though it no longer ran. */
export const costKinds = ["busy", "failed", "coldStart", "idle", "rounding"] as const;
export type CostKind = (typeof costKinds)[number];

/** A part of what one run cost. */
export interface Piece {
  readonly run: number;
  readonly pool: string;
  /** null: nobody's, the run served no document at that time. */
  readonly document: string | null;
  readonly kind: CostKind;
  /** Of the run's works; null: shared by all. */
  readonly work: number | null;
  /** Where on the clock it lies. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Time of the container, which several works share. */
  readonly ms: number;
  /** Millionths of a US dollar; 0 as well where nobody charges, or nobody says what. */
  readonly microUsd: number;
  /** Its provider has not shown yet since when it charges for the run. */
  readonly isEstimated: boolean;
}

/** So much of each idle stretch falls to the documents of the run; what is longer is nobody's. */
const idleSharedMaxMs = 300_000;

/** The rule in words, for whoever reads the figures. */
export const allocationRule =
  "Each moment of a container is split equally among the tasks it holds. Its cold start, up to 5 minutes of each idle stretch and what is paid beyond its end are split among the documents it served, by their share of its work. The rest is nobody's: it stays unallocated.";

/**
 * What a run cost, piece by piece, by `allocationRule`. The pieces of a run add up to its charge
 * exactly, so over any runs the sums of documents and of what is nobody's add up to their total.
 * Work outside of the run's own time is cut off.
 */
export function allocateRun(run: LedgerRun): Piece[] {
  const works = run.works.map((work) => within(work, run));
  const { shares, idle, firstMs } = divide(works, run);
  const startedMs = Math.min(run.readyMs ?? run.untilMs, firstMs);
  const starting = Math.max(0, Math.min(startedMs, run.untilMs) - run.fromMs);
  const costs = chargeOfRun(run);
  const drafts = works.map(({ document, fromMs, untilMs, failed }, index): Draft => {
    const kind = failed ? "failed" : "busy";
    return { document, kind, work: index, fromMs, untilMs, ms: shares[index] ?? 0 };
  });
  const served = servedBy(drafts);
  const readyMs = run.fromMs + starting;
  const paidMs = run.untilMs + costs.roundingMs;
  shareOut(drafts, served, "coldStart", [run.fromMs, readyMs, starting]);
  shareOut(drafts, served, "idle", [readyMs, run.untilMs, idle.sharedMs]);
  shareOut(drafts, served, "rounding", [run.untilMs, paidMs, costs.roundingMs]);
  const nobody = { document: null, work: null, fromMs: readyMs, untilMs: run.untilMs };
  drafts.push({ ...nobody, kind: "idle", ms: idle.aloneMs });
  return priced(run, drafts, costs.microUsd);
}

type Draft = Omit<Piece, "run" | "pool" | "microUsd" | "isEstimated">;

/** Pieces of months are made at once: each is one object of one shape, and is not copied. */
function priced(
  { run, pool, basis }: LedgerRun,
  drafts: readonly Draft[],
  microUsd: number,
): Piece[] {
  const kept = drafts.filter(({ ms }) => ms > 0);
  const isEstimated = basis === "estimated";
  const amounts = apportion(
    microUsd,
    kept.map(({ ms }) => ms),
  );
  return kept.map(({ document, kind, work, fromMs, untilMs, ms }, index) => {
    const place = { run, pool, document, kind, work, fromMs, untilMs };
    return { ...place, ms, microUsd: amounts[index] ?? 0, isEstimated };
  });
}

const within = (work: LedgerWork, { fromMs, untilMs }: LedgerRun): LedgerWork => {
  const from = Math.min(Math.max(work.fromMs, fromMs), untilMs);
  const until = Math.min(Math.max(work.untilMs, from), untilMs);
  return { document: work.document, fromMs: from, untilMs: until, failed: work.failed };
};

/** How long each work had the container to itself, in sum; and the time it had none. */
function divide(works: readonly LedgerWork[], { fromMs, untilMs, readyMs }: LedgerRun) {
  const lasting = works.filter((work) => work.untilMs > work.fromMs);
  const changes = lasting
    .flatMap((work) => [
      { atMs: work.fromMs, by: 1 },
      { atMs: work.untilMs, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs);
  const firstMs = changes[0]?.atMs ?? untilMs;
  const idle = { sharedMs: 0, aloneMs: 0 };
  const rest = (ms: number): void => {
    idle.sharedMs += lasting.length > 0 ? Math.min(ms, idleSharedMaxMs) : 0;
    idle.aloneMs += lasting.length > 0 ? Math.max(0, ms - idleSharedMaxMs) : ms;
  };
  rest(Math.max(0, firstMs - Math.max(fromMs, Math.min(readyMs ?? untilMs, firstMs))));
  /** Since the first work: what a work that was there all along would have had. */
  const had = new Map<number, number>();
  let [held, atMs, sum] = [0, firstMs, 0];
  for (const change of changes) {
    const passed = change.atMs - atMs;
    if (held > 0) sum += passed / held;
    else rest(passed);
    atMs = change.atMs;
    held += change.by;
    had.set(atMs, sum);
  }
  rest(untilMs - atMs);
  const shares = works.map((one) => (had.get(one.untilMs) ?? 0) - (had.get(one.fromMs) ?? 0));
  return { shares, idle, firstMs };
}

interface Served {
  /** How long each document had the container. */
  readonly byDocument: ReadonlyMap<string | null, number>;
  readonly allMs: number;
}

function servedBy(own: readonly Draft[]): Served {
  const byDocument = new Map<string | null, number>();
  let allMs = 0;
  for (const { document, ms } of own) {
    byDocument.set(document, (byDocument.get(document) ?? 0) + ms);
    allMs += ms;
  }
  return { byDocument, allMs };
}

/** Adds one part, shared among the documents by their share of the work; nobody's where there was none. */
function shareOut(
  drafts: Draft[],
  { byDocument, allMs }: Served,
  kind: CostKind,
  [fromMs, untilMs, partMs]: readonly [fromMs: number, untilMs: number, partMs: number],
): void {
  if (allMs === 0) {
    drafts.push({ document: null, kind, work: null, fromMs, untilMs, ms: partMs });
    return;
  }
  for (const [document, ms] of byDocument) {
    const share = (partMs * ms) / allMs;
    drafts.push({ document, kind, work: null, fromMs, untilMs, ms: share });
  }
}

/**
 * A piece as far as it lies in `[fromMs, untilMs)`; null: nothing of it does. What adjacent periods get of
 * it adds up to it exactly.
 */
export function clipPiece<P extends Piece>(piece: P, fromMs: number, untilMs: number): P | null {
  const [before, after] = [passed(piece, fromMs), passed(piece, untilMs)];
  if (after <= before) return null;
  return {
    ...piece,
    fromMs: Math.max(piece.fromMs, fromMs),
    untilMs: Math.min(piece.untilMs, untilMs),
    ms: piece.ms * (after - before),
    microUsd: Math.round(piece.microUsd * after) - Math.round(piece.microUsd * before),
  };
}

/** How much of a piece lies before an instant, from 0 to 1. */
function passed({ fromMs, untilMs }: Piece, atMs: number): number {
  if (atMs >= untilMs) return 1;
  return atMs <= fromMs ? 0 : (atMs - fromMs) / (untilMs - fromMs);
}
