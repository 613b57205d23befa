import { type CostedDocument, readCostedDocuments } from "../db/listed-costs.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { ServiceContext } from "./context.ts";
import { costFigures } from "./document-cost.ts";
import type { DocumentPlans } from "./document-plans.ts";
import { readCosts } from "./ledger.ts";

type Figures = ReturnType<typeof costFigures> & { readonly complete: boolean };

interface Known {
  readonly stamp: string;
  readonly atMs: number;
  readonly figures: Figures;
}

/** Ledgers of ended runs hardly ever change: only an invoice that comes late does that. */
const finalMs = 600_000;
/** What still changes is good for as long as this, or ten times what reading it took. */
const movingMs = 3_000;
const patience = 10;
const knownMax = 5_000;

/** Costs of many documents at once, as the page of each tells them. */
export function createListedCosts(context: ServiceContext) {
  const known = new Map<number, Known>();
  /** Whoever waits here finds what the one before has read. */
  const turn = createSemaphore(1);
  let tookMs = 0;
  const fresh = ({ id, ...row }: CostedDocument): Figures | undefined => {
    const found = known.get(id);
    if (found?.stamp !== stampOf(row)) return undefined;
    const isFinal = found.figures.complete && found.figures.estimatedMicroUsd === 0;
    const keptMs = isFinal ? finalMs : Math.max(movingMs, patience * tookMs);
    return context.clock.nowMs() - found.atMs <= keptMs ? found.figures : undefined;
  };
  const learn = async (rows: readonly CostedDocument[]): Promise<void> => {
    const atMs = context.clock.nowMs();
    const runs = await readCosts(context, { documentIds: rows.map(({ id }) => id) });
    for (const row of rows) {
      const own = runs.filter(({ works }) =>
        works.some(({ document }) => document === row.document),
      );
      const complete = row.isOver && own.every(({ isOpen }) => !isOpen);
      known.delete(row.id);
      const figures = { ...costFigures(own, row.document), complete };
      known.set(row.id, { stamp: stampOf(row), atMs, figures });
    }
    for (const oldest of known.keys()) {
      if (known.size <= knownMax) break;
      known.delete(oldest);
    }
    tookMs = context.clock.nowMs() - atMs;
  };
  return async (workspace: string, ids: readonly string[], plans: DocumentPlans) => {
    const rows = await readCostedDocuments(context.sql, workspace, ids);
    await turn.run(async () => {
      const stale = rows.filter((row) => fresh(row) === undefined);
      if (stale.length > 0) await learn(stale);
    });
    const open = rows.filter(({ isOver }) => !isOver);
    const expected = await plans.expectedCosts(open);
    return {
      asOf: new Date(context.clock.nowMs()).toISOString(),
      costs: rows.flatMap((row) => {
        const found = known.get(row.id)?.figures;
        if (found === undefined) return [];
        return [
          { document: row.document, ...found, expected: expected[open.indexOf(row)] ?? null },
        ];
      }),
    };
  };
}

/** What was learned of a document holds until it is worked on again: a retry keeps its generation, and ends anew. */
const stampOf = ({ generation, finishedMs }: Omit<CostedDocument, "id">): string =>
  `${generation} ${finishedMs}`;
