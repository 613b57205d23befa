import { type CostPiece, groupPieces } from "../../core/cost/splits.ts";
import { allocationRule } from "../../core/ledger/allocate.ts";
import { percentile } from "../../core/pipeline/estimate.ts";
import type { DeckRow, DocumentName } from "../../db/costs.ts";
import { priceSource } from "./month.ts";
import { type CostRow, dearestFirst, rowOf } from "./rows.ts";

const largestMax = 20;
/** Below so many a percentile is said to rest on few. */
const samplesFew = 20;

export const moneyOf = (pieces: readonly CostPiece[]): number =>
  pieces.reduce((sum, { microUsd }) => sum + microUsd, 0);

/** Of all documents together. */
export function moneyOfAll(byDocument: DocumentCosts["byDocument"]): number {
  let sum = 0;
  for (const pieces of byDocument.values()) sum += moneyOf(pieces);
  return sum;
}

export interface DocumentCosts {
  /** Pieces of documents by their public id. */
  readonly byDocument: ReadonlyMap<string, readonly CostPiece[]>;
  /** Nobody's. */
  readonly unallocated: readonly CostPiece[];
}

export function documentCosts(pieces: readonly CostPiece[]): DocumentCosts {
  const groups = groupPieces(pieces, ({ document }) => document ?? "");
  const unallocated = groups.get("") ?? [];
  groups.delete("");
  return { byDocument: groups, unallocated };
}

/** Whose documents they are, as far as the caller may know. */
export function documentsView(
  { byDocument }: DocumentCosts,
  names: readonly DocumentName[],
  workspace: string,
) {
  const own = ownLines(byDocument, names, workspace);
  const [largest, rest] = [own.slice(0, largestMax), own.slice(largestMax)];
  const sum = (lines: readonly { totalMicroUsd: number }[]): number =>
    lines.reduce((all, { totalMicroUsd }) => all + totalMicroUsd, 0);
  const all = moneyOfAll(byDocument);
  return {
    n: byDocument.size,
    largest,
    restMicroUsd: sum(rest),
    restN: rest.length,
    othersMicroUsd: all - sum(own),
    othersN: byDocument.size - own.length,
    rule: allocationRule,
  };
}

function ownLines(
  byDocument: DocumentCosts["byDocument"],
  names: readonly DocumentName[],
  workspace: string,
) {
  return names
    .filter((one) => one.workspace === workspace)
    .map(({ document: id, name, pages }) => {
      const pieces = byDocument.get(id) ?? [];
      const of = { busy: 0, failed: 0, coldStart: 0, idle: 0, rounding: 0 };
      let ms = 0;
      for (const piece of pieces) {
        of[piece.kind] += piece.microUsd;
        ms += piece.ms;
      }
      const [busy, wasted] = [of.busy, of.failed];
      const total = busy + wasted + of.coldStart + of.idle + of.rounding;
      return {
        ...{ id, name, pages, busyMicroUsd: busy, wastedMicroUsd: wasted },
        ...{ sharedMicroUsd: total - busy - wasted, totalMicroUsd: total },
        seconds: ms / 1000,
      };
    })
    .sort((a, b) => b.totalMicroUsd - a.totalMicroUsd || b.seconds - a.seconds);
}

/** Rows for the table: own documents, then all of other workspaces as one, then nobody's. */
export function documentRows(
  { byDocument, unallocated }: DocumentCosts,
  names: readonly DocumentName[],
  workspace: string,
): CostRow[] {
  const own = names.filter((one) => one.workspace === workspace);
  const known = new Set(own.map(({ document }) => document));
  const others = [...byDocument].filter(([id]) => !known.has(id)).flatMap(([, pieces]) => pieces);
  return [
    ...own
      .map(({ document, name }) => rowOf(document, name, byDocument.get(document) ?? []))
      .sort(dearestFirst),
    ...(others.length === 0 ? [] : [rowOf("others", "documents of other workspaces", others)]),
    rowOf("unallocated", "unallocated: nobody's", unallocated),
  ];
}

/** What decks that ended in the time cost, each with all of its runs, and their slides. */
export function deckSpreads(decks: readonly DeckRow[], pieces: readonly CostPiece[], asOf: string) {
  const groups = groupPieces(pieces, ({ document }) => document ?? "");
  const costs = decks.flatMap(({ document, pages }) => {
    const own = groups.get(document);
    return own === undefined ? [] : [{ microUsd: moneyOf(own), pages }];
  });
  const spread = (amounts: readonly number[]) => {
    const [p50, p90] = [percentile(amounts, 0.5), percentile(amounts, 0.9)];
    if (p50 === null || p90 === null) return null;
    const [p50MicroUsd, p90MicroUsd] = [Math.round(p50), Math.round(p90)];
    const n = amounts.length;
    return { p50MicroUsd, p90MicroUsd, few: n < samplesFew, n, asOf, source: priceSource };
  };
  return {
    perDeck: spread(costs.map(({ microUsd }) => microUsd)),
    perSlide: spread(
      costs.flatMap(({ microUsd, pages }) =>
        pages === null || pages === 0 ? [] : microUsd / pages,
      ),
    ),
  };
}
