import { groupShares, moneyOf, msOf, type Share, splitOf } from "../../core/cost/splits.ts";
import { allocationRule } from "../../core/ledger/allocate.ts";
import { percentile } from "../../core/pipeline/estimate.ts";
import type { DeckRow, DocumentName } from "../../db/costs.ts";
import type { DocumentSum } from "../ledger.ts";
import { priceSource } from "./month.ts";
import { type CostRow, dearestFirst, rowOf } from "./rows.ts";

const largestMax = 20;
/** Below so many a percentile is said to rest on few. */
const samplesFew = 20;

export function sumOfShares(shares: readonly Share[]): number {
  let sum = 0;
  for (const share of shares) sum += moneyOf(share);
  return sum;
}

/** Of all documents together. */
export function moneyOfAll(byDocument: DocumentCosts["byDocument"]): number {
  let sum = 0;
  for (const shares of byDocument.values()) sum += sumOfShares(shares);
  return sum;
}

export interface DocumentCosts {
  /** Shares of documents by their public id. */
  readonly byDocument: ReadonlyMap<string, readonly Share[]>;
  /** Nobody's. */
  readonly unallocated: readonly Share[];
}

export function documentCosts(shares: readonly Share[]): DocumentCosts {
  const groups = groupShares(shares, ({ document }) => document ?? "");
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
  const own = ownTotals(byDocument, names, workspace);
  const rest = own.slice(largestMax);
  const sum = (lines: readonly OwnTotal[]): number =>
    lines.reduce((all, { totalMicroUsd }) => all + totalMicroUsd, 0);
  return {
    n: byDocument.size,
    largest: own.slice(0, largestMax).map(lineOf),
    restMicroUsd: sum(rest),
    restN: rest.length,
    othersMicroUsd: moneyOfAll(byDocument) - sum(own),
    othersN: byDocument.size - own.length,
    rule: allocationRule,
  };
}

interface OwnTotal {
  readonly document: DocumentName;
  readonly shares: readonly Share[];
  readonly totalMicroUsd: number;
  readonly ms: number;
}

/** The dearest first; where nothing has a price, the longest. */
const ownTotals = (
  byDocument: DocumentCosts["byDocument"],
  names: readonly DocumentName[],
  workspace: string,
): OwnTotal[] =>
  names
    .filter((one) => one.workspace === workspace)
    .map((document) => {
      const shares = byDocument.get(document.document) ?? [];
      let ms = 0;
      for (const share of shares) ms += msOf(share);
      return { document, shares, totalMicroUsd: sumOfShares(shares), ms };
    })
    .sort((a, b) => b.totalMicroUsd - a.totalMicroUsd || b.ms - a.ms);

function lineOf({ document: { document: id, name, pages }, shares }: OwnTotal) {
  const { microUsd, seconds, estimatedMicroUsd } = splitOf(shares);
  const { busy, wasted, coldStart, idle, total } = microUsd;
  return {
    ...{ id, name, pages, busyMicroUsd: busy, wastedMicroUsd: wasted },
    ...{ sharedMicroUsd: coldStart + idle, totalMicroUsd: total, estimatedMicroUsd },
    seconds: seconds.total,
  };
}

/** Rows for the table: own documents, then all of other workspaces as one, then nobody's. */
export function documentRows(
  { byDocument, unallocated }: DocumentCosts,
  names: readonly DocumentName[],
  workspace: string,
): CostRow[] {
  const own = names.filter((one) => one.workspace === workspace);
  const known = new Set(own.map(({ document }) => document));
  const others = [...byDocument].filter(([id]) => !known.has(id)).flatMap(([, shares]) => shares);
  return [
    ...own
      .map(({ document, name }) => rowOf(document, name, byDocument.get(document) ?? []))
      .sort(dearestFirst),
    ...(others.length === 0 ? [] : [rowOf("others", "documents of other workspaces", others)]),
    rowOf("unallocated", "unallocated: nobody's", unallocated),
  ];
}

export interface DeckCost {
  readonly microUsd: number;
  readonly pages: number | null;
}

/** Decks that ended in the time, each with what all of its runs cost; without those that nothing priced has served. */
export function deckCosts(
  decks: readonly DeckRow[],
  sums: ReadonlyMap<string, DocumentSum>,
): DeckCost[] {
  return decks.flatMap(({ document, pages }) => {
    const microUsd = sums.get(document)?.microUsd ?? null;
    return microUsd === null ? [] : [{ microUsd, pages }];
  });
}

/** What a deck costs, and a slide of it. */
export function deckSpreads(costs: readonly DeckCost[], asOf: string) {
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
