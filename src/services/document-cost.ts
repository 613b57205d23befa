import { allocationRule, type CostKind, costKinds, type Piece } from "../core/ledger/allocate.ts";
import { moneySum } from "../core/ledger/sums.ts";
import { percentile } from "../core/pipeline/estimate.ts";
import type { DocumentRow } from "../db/documents.ts";
import { readSimilar } from "../db/ledger.ts";
import type { ServiceContext } from "./context.ts";
import { type CostedRun, readCosts, sumByDocument } from "./ledger.ts";

/** As many pages as this one has, give or take. */
const similarity = { least: 0.8, most: 1.25, documents: 50 };

const priceSource =
  "The prices that providers told when the machines were rented, billed as they bill; no invoice has confirmed them.";

/** What one document cost, from the runs of containers that worked for it. */
export async function costOfDocument(context: ServiceContext, row: DocumentRow) {
  const runs = await readCosts(context, { documentIds: [row.id] });
  const own = (piece: Piece): boolean => piece.document === row.document;
  const money = moneyOf(runs);
  const pieces = runs.flatMap((run) => run.pieces.filter(own));
  return {
    document: row.document,
    asOf: new Date(context.clock.nowMs()).toISOString(),
    complete: row.finishedAt !== null && runs.every(({ isOpen }) => !isOpen),
    ...costFigures(runs, row.document),
    parts: costKinds.map((kind) => partOf(kind, pieces, money)),
    rule: allocationRule,
    source: priceSource,
    containers: runs.map((run) => {
      const mine = run.pieces.filter(own);
      return {
        ...{ run: run.run, name: nameOf(run), provider: run.provider, isOpen: run.isOpen },
        usdPerHour: usdOf(run.microUsdPerHour),
        isEstimated: run.basis === "estimated",
        ...{ microUsd: moneyOf([run])(mine), seconds: secondsOf(mine) },
      };
    }),
    attempts: runs.flatMap((run) => attemptsOf(run, row.document)),
    typical: await typicalOf(context, row),
  };
}

/** What a document cost in all; `runs` are those that worked for it. */
export function costFigures(runs: readonly CostedRun[], document: string) {
  const pieces = runs.flatMap((run) => run.pieces.filter((piece) => piece.document === document));
  return {
    charging: chargingOf(runs),
    microUsd: moneyOf(runs)(pieces),
    estimatedMicroUsd: moneySum(pieces).estimatedMicroUsd,
    containerSeconds: secondsOf(pieces),
  };
}

type Money = (pieces: readonly Piece[]) => number | null;

/** Sums where at least one of these runs has a price. */
function moneyOf(runs: readonly CostedRun[]): Money {
  const isPriced = runs.some(({ microUsdPerHour }) => typeof microUsdPerHour === "number");
  return (pieces) => (isPriced ? pieces.reduce((sum, { microUsd }) => sum + microUsd, 0) : null);
}

const secondsOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { ms }) => sum + ms, 0) / 1000;
const nameOf = ({ pool, replica }: CostedRun): string => `${pool}-${replica}`;
const usdOf = (price: CostedRun["microUsdPerHour"]) =>
  typeof price === "number" ? price / 1e6 : price;

function partOf(kind: CostKind, pieces: readonly Piece[], money: Money) {
  const own = pieces.filter((piece) => piece.kind === kind);
  return { kind, microUsd: money(own), seconds: secondsOf(own) };
}

function chargingOf(runs: readonly CostedRun[]): "charged" | "free" | "unpriced" | "part" | "none" {
  if (runs.length === 0) return "none";
  const prices = runs.map(({ microUsdPerHour }) => microUsdPerHour);
  if (prices.every((price) => price === null)) return "free";
  if (prices.every((price) => typeof price === "number")) return "charged";
  return prices.every((price) => price === "unpriced") ? "unpriced" : "part";
}

/** Each attempt's own share of the time it held a container; nothing of what is shared. */
function attemptsOf(run: CostedRun, document: string) {
  return run.pieces.flatMap(({ work, ms, microUsd, document: whose }) => {
    const held = work === null ? undefined : run.works[work];
    if (held === undefined || whose !== document) return [];
    const { task, generation, attempt, outcome } = held;
    return [
      {
        ...{ task, generation, attempt, container: nameOf(run), outcome },
        microUsd: typeof run.microUsdPerHour === "number" ? microUsd : null,
        seconds: ms / 1000,
      },
    ];
  });
}

/** The median of documents of this size. */
async function typicalOf(context: ServiceContext, row: DocumentRow) {
  const pagesMin = Math.floor(row.pages * similarity.least);
  const pagesMax = Math.ceil(row.pages * similarity.most);
  const { workspace, document } = row;
  const asked = { workspace, document, pagesMin, pagesMax, limit: similarity.documents };
  const similar = await readSimilar(context.sql, asked);
  const documentIds = similar.map(({ id }) => id);
  const all = sumByDocument(similar.length === 0 ? [] : await readCosts(context, { documentIds }));
  const sums = similar.flatMap((one) => all.get(one.document) ?? []);
  const costs = sums.flatMap(({ microUsd }) => (microUsd === null ? [] : [microUsd]));
  const median = percentile(costs, 0.5);
  return {
    ...{ n: sums.length, pagesMin, pagesMax },
    medianMicroUsd: median === null ? null : Math.round(median),
    medianSeconds: percentile(
      sums.map(({ seconds }) => seconds),
      0.5,
    ),
  };
}
