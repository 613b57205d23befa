import { allocateRun, type Piece } from "../core/ledger/allocate.ts";
import {
  type LedgerQuery,
  type LedgerRunRow,
  type LedgerWorkRow,
  readLedger,
} from "../db/ledger.ts";
import type { ServiceContext } from "./context.ts";

/** A run with the work it held and what it cost, piece by piece; a piece's `work` counts in `works`. */
export interface CostedRun extends LedgerRunRow {
  readonly works: readonly LedgerWorkRow[];
  readonly pieces: readonly Piece[];
}

/**
 * What runs cost and for whom, oldest first, whatever workspace their documents are of. Pieces of a run
 * without a price have time and no money.
 */
export async function readCosts(
  { sql }: Pick<ServiceContext, "sql">,
  query: LedgerQuery,
): Promise<CostedRun[]> {
  const { runs, works } = await readLedger(sql, query);
  const ofRun = new Map<number, LedgerWorkRow[]>(runs.map(({ run }) => [run, []]));
  for (const work of works) ofRun.get(work.run)?.push(work);
  return runs.map((run) => {
    const own = ofRun.get(run.run) ?? [];
    return { ...run, works: own, pieces: allocateRun({ ...run, works: own }) };
  });
}

/** Money of documents, and their containers' time, from runs that cover all of their work. */
export interface DocumentSum {
  /** null: nothing that served it has a price. */
  readonly microUsd: number | null;
  readonly seconds: number;
}

/** By public id of the document. */
export function sumByDocument(
  runs: readonly Pick<CostedRun, "pieces" | "microUsdPerHour">[],
): Map<string, DocumentSum> {
  const sums = new Map<string, { microUsd: number | null; seconds: number }>();
  for (const { pieces, microUsdPerHour } of runs) {
    const isPriced = typeof microUsdPerHour === "number";
    for (const { document, microUsd, ms } of pieces) {
      if (document === null) continue;
      let sum = sums.get(document);
      if (sum === undefined) {
        sum = { microUsd: null, seconds: 0 };
        sums.set(document, sum);
      }
      if (isPriced) sum.microUsd = (sum.microUsd ?? 0) + microUsd;
      sum.seconds += ms / 1000;
    }
  }
  return sums;
}
