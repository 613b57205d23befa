import { dayMs, dayOf, dayStartMs, daysBetween, monthOf } from "../../core/cost/calendar.ts";
import { fineDollars } from "../../core/cost/money.ts";
import { isPaidIn } from "../../core/cost/paid-time.ts";
import { type MoneyAndTime, type Share, splitOf } from "../../core/cost/splits.ts";
import { type DocumentName, readDocumentNames } from "../../db/costs.ts";
import { AppError } from "../../errors/app-error.ts";
import type { ServiceContext } from "../context.ts";
import { createRunLedger, type Run, type RunLedger, sumOfRuns } from "../run-ledger.ts";
import { type BudgetSettings, budgetView } from "./budget.ts";
import { cutView } from "./cut.ts";
import {
  type DocumentCosts,
  deckCosts,
  deckSpreads,
  documentCosts,
  documentRows,
  documentsView,
  moneyOfAll,
  sumOfShares,
} from "./documents.ts";
import { monthViews, priceSource } from "./month.ts";
import { chargingOf, priceLines, priceNote } from "./prices.ts";
import { isPriced, readLedgerOf, sharesOfRuns } from "./read.ts";
import {
  type CostRow,
  dayRows,
  type Grouping,
  hourRows,
  modelRows,
  phaseRows,
  poolRows,
} from "./rows.ts";
import { readSpent } from "./spent.ts";

export interface CostSettings extends BudgetSettings {
  readonly baselineUsdPerMonth: number;
}

export interface CostQuery {
  /** UTC days, both counted. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by: Grouping;
  readonly baseline?: number | undefined;
}

const daysMax = 400;
/** The notice on other pages needs no fresher figure. */
const budgetAgeMs = 30_000;

/** What running costs, for whom, and against what. Money of the installation, names of one workspace. */
export function createCosts(
  context: ServiceContext,
  settings: CostSettings,
  runLedger: RunLedger = createRunLedger(context),
) {
  let kept: { readonly atMs: number; readonly view: ReturnType<typeof budgetView> } | null = null;
  const keep = (month: Parameters<typeof budgetView>[0], nowMs: number) => {
    kept = { atMs: nowMs, view: budgetView(month, settings) };
    return kept.view;
  };
  const budget = async () => {
    const nowMs = context.clock.nowMs();
    if (kept !== null && nowMs - kept.atMs < budgetAgeMs) return kept.view;
    return keep(await readSpent(context, nowMs), nowMs);
  };
  return {
    /** Of the month that runs; up to 30 s old, as its `asOf` says. */
    budget,
    /** Throws BAD_REQUEST for a time that ends before it begins, or is longer than 400 days. */
    get: async (workspace: string, query: CostQuery) => {
      const told = await report({ context, settings, runLedger }, workspace, query);
      const nowMs = Date.parse(told.asOf);
      const isThisMonth = told.month.month === monthOf(dayOf(nowMs)).month;
      return {
        ...told,
        budget: isThisMonth ? keep({ ...told.month, cut: told.cut }, nowMs) : await budget(),
      };
    },
  };
}
export type Costs = ReturnType<typeof createCosts>;

interface Period {
  readonly from: string;
  readonly to: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

function periodOf({ from, to }: CostQuery, nowMs: number): Period {
  const today = dayOf(nowMs);
  const last = to === undefined || to > today ? today : to;
  const first = from ?? dayOf(monthOf(last).fromMs);
  const [fromMs, untilMs] = [dayStartMs(first), dayStartMs(last) + dayMs];
  if (fromMs >= untilMs) {
    throw new AppError("BAD_REQUEST", `From ${first} to ${last}: that is no time.`);
  }
  if (untilMs - fromMs > daysMax * dayMs) {
    throw new AppError("BAD_REQUEST", `At most ${daysMax} days at once.`);
  }
  return { from: first, to: last, fromMs, untilMs };
}

interface ReportParts {
  readonly context: ServiceContext;
  readonly settings: CostSettings;
  readonly runLedger: RunLedger;
}

async function report(
  { context, settings, runLedger }: ReportParts,
  workspace: string,
  query: CostQuery,
) {
  const nowMs = context.clock.nowMs();
  const period = periodOf(query, nowMs);
  const month = monthOf(period.to);
  const reach = {
    fromMs: Math.min(period.fromMs, month.fromMs),
    untilMs: Math.max(period.untilMs, month.untilMs),
  };
  const ledger = await readLedgerOf(context, runLedger, reach, period);
  const runs = ledger.runs.filter((run) => isPaidIn(run, period.fromMs, period.untilMs));
  const [first, end] = [period.fromMs / dayMs, period.untilMs / dayMs];
  const shares = sharesOfRuns(runs).filter((one) => one.period >= first && one.period < end);
  const parts = documentCosts(shares);
  const names = await readDocumentNames(context.sql, [...parts.byDocument.keys()]);
  const baselineUsd = query.baseline ?? settings.baselineUsdPerMonth;
  const months = monthViews(ledger, period.to, nowMs, Math.round(baselineUsd * 1e6));
  const asOf = new Date(nowMs).toISOString();
  const split = splitOf(shares);
  const days = dayRows(shares, daysBetween(period.from, period.to));
  const isAnyPriced = runs.some(isPriced);
  const decks = deckCosts(ledger.decks, sumOfRuns(ledger.runs));
  return {
    ...{ asOf, from: period.from, to: period.to, by: query.by, timezone: "UTC" as const },
    isOpen: period.untilMs > nowMs,
    charging: chargingOf(runs),
    cut: cutView(ledger.cut),
    total: {
      ...{ microUsd: split.microUsd.total, estimatedMicroUsd: split.estimatedMicroUsd },
      ...{ n: runs.length, asOf, source: priceSource },
    },
    split,
    days,
    rows: rowsOf(query.by, { period, days, shares, runs, parts, names, workspace }),
    ...months,
    ...(isAnyPriced ? deckSpreads(decks, asOf) : { perDeck: null, perSlide: null }),
    breakEven: breakEven(split.microUsd.total, decks.length, months.baseline),
    prices: priceLines(runs),
    priceNote,
    documents: documentsView(parts, names, workspace),
    sum: sumOf(parts, runs, split),
    unchargedSeconds: secondsAt(shares, runs, null),
    unpricedSeconds: secondsAt(shares, runs, "unpriced"),
  };
}

interface RowParts {
  readonly period: Period;
  readonly days: readonly CostRow[];
  readonly shares: readonly Share[];
  readonly runs: readonly Run[];
  readonly parts: DocumentCosts;
  readonly names: readonly DocumentName[];
  readonly workspace: string;
}

function rowsOf(by: Grouping, given: RowParts): CostRow[] {
  const { period, days, shares, runs, parts, names, workspace } = given;
  switch (by) {
    case "day":
      return [...days];
    case "hour":
      return hourRows(runs, period.fromMs, period.untilMs);
    case "pool":
      return poolRows(shares);
    case "phase":
      return phaseRows(shares);
    case "model":
      return modelRows(shares, runs);
    case "document":
      return documentRows(parts, names, workspace);
  }
}

/**
 * All that was paid, by all decks that ended in the time and whose cost is known: idle time is part of what a deck
 * costs, and one on machines without a price has no part in what was paid.
 */
function breakEven(
  microUsd: number,
  decks: number,
  { microUsdPerMonth }: { readonly microUsdPerMonth: number },
) {
  const microUsdPerDeck = decks === 0 ? 0 : Math.round(microUsd / decks);
  if (microUsdPerDeck === 0) return null;
  const most = Math.floor(microUsdPerMonth / microUsdPerDeck);
  const sentence = `At ${fineDollars(microUsdPerDeck)} a deck, the old server is cheaper only above ${most.toLocaleString("en-US")} decks a month; this time had ${decks.toLocaleString("en-US")} whose containers have a price.`;
  return { microUsdPerDeck, decks: most, decksInTime: decks, sentence };
}

/** Whether the parts are the whole: what documents and nobody got, and each run's own charge. */
function sumOf(
  { byDocument, unallocated }: DocumentCosts,
  runs: readonly Run[],
  all: MoneyAndTime,
) {
  const { total } = all.microUsd;
  const documents = moneyOfAll(byDocument);
  const rest = sumOfShares(unallocated);
  const isEachWhole = runs.every(({ isWhole }) => isWhole);
  return {
    documentsMicroUsd: documents,
    unallocatedMicroUsd: rest,
    totalMicroUsd: total,
    billedMicroUsd: total - all.estimatedMicroUsd,
    estimatedMicroUsd: all.estimatedMicroUsd,
    matches: isEachWhole && documents + rest === total,
  };
}

function secondsAt(
  shares: readonly Share[],
  runs: readonly Run[],
  price: null | "unpriced",
): number {
  const such = new Set(runs.flatMap((one) => (one.microUsdPerHour === price ? [one.run] : [])));
  return splitOf(shares.filter(({ run }) => such.has(run))).seconds.total;
}
