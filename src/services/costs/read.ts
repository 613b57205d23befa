import { dayMs } from "../../core/cost/calendar.ts";
import { projectionDaysMax } from "../../core/cost/projection.ts";
import type { Share } from "../../core/cost/splits.ts";
import { type DeckRow, readDecks, readFirstRunMs } from "../../db/costs.ts";
import type { Period } from "../../db/ledger.ts";
import type { ServiceContext } from "../context.ts";
import type { Run, RunLedger, RunsOfPeriod } from "../run-ledger.ts";

export interface Ledger extends RunsOfPeriod {
  readonly decks: readonly DeckRow[];
  readonly firstRunMs: number | null;
}

/** Runs that reach into a period or into the days before it that a projection needs. */
export async function readLedgerOf(
  { sql }: Pick<ServiceContext, "sql">,
  runLedger: RunLedger,
  { fromMs, untilMs }: Period,
  decksIn: Period,
): Promise<Ledger> {
  const from = fromMs - projectionDaysMax * dayMs;
  const [told, decks, firstRunMs] = await Promise.all([
    runLedger({ fromMs: from, untilMs }),
    readDecks(sql, decksIn),
    readFirstRunMs(sql),
  ]);
  return { ...told, decks, firstRunMs };
}

export const sharesOfRuns = (runs: readonly Run[]): Share[] => runs.flatMap(({ shares }) => shares);

export const isPriced = ({ microUsdPerHour }: Pick<Run, "microUsdPerHour">): boolean =>
  typeof microUsdPerHour === "number";
