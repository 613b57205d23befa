import { dayMs } from "../../core/cost/calendar.ts";
import { projectionDaysMax } from "../../core/cost/projection.ts";
import type { CostPiece } from "../../core/cost/splits.ts";
import type { Piece } from "../../core/ledger/allocate.ts";
import {
  type DeckRow,
  type RunFacts,
  readDecks,
  readFirstRunMs,
  readRunFacts,
} from "../../db/costs.ts";
import type { ServiceContext } from "../context.ts";
import { type CostedRun, readCosts } from "../ledger.ts";

/** A run with its pieces, and what is known of it. */
export interface Run extends Omit<CostedRun, "pieces"> {
  readonly facts: RunFacts | undefined;
  readonly pieces: readonly CostPiece[];
}

export interface Ledger {
  readonly runs: readonly Run[];
  readonly decks: readonly DeckRow[];
  readonly firstRunMs: number | null;
}

/** Runs that reach into a period or into the days before it that a projection needs. */
export async function readLedgerOf(
  context: ServiceContext,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  decksIn: { readonly fromMs: number; readonly untilMs: number },
): Promise<Ledger> {
  const from = fromMs - projectionDaysMax * dayMs;
  const [costed, decks, firstRunMs] = await Promise.all([
    readCosts(context, { fromMs: from, untilMs }),
    readDecks(context.sql, decksIn),
    readFirstRunMs(context.sql),
  ]);
  const facts = await readRunFacts(
    context.sql,
    costed.map(({ run }) => run),
  );
  const byRun = new Map(facts.map((one) => [one.run, one]));
  return { runs: costed.map((run) => asRun(run, byRun.get(run.run))), decks, firstRunMs };
}

function asRun(run: CostedRun, facts: RunFacts | undefined): Run {
  const isLost = run.readyMs === null && facts?.failed === true;
  // What no provider has charged for yet may never be. Most are taken as they are: pieces of months are not copied.
  const isAsItIs = run.isBilled && !isLost;
  const pieces = isAsItIs ? run.pieces : run.pieces.map((piece) => told(piece, run, isLost));
  return { ...run, facts, pieces };
}

const told = (piece: Piece, { isBilled }: CostedRun, isLost: boolean): CostPiece => ({
  ...{ ...piece, isLost },
  microUsd: isBilled ? piece.microUsd : 0,
});

export const piecesOf = (runs: readonly Run[]): CostPiece[] => runs.flatMap(({ pieces }) => pieces);

export const isPriced = ({ microUsdPerHour }: Pick<Run, "microUsdPerHour">): boolean =>
  typeof microUsdPerHour === "number";
