import { dayMs, dayOf, dayStartMs, monthOf } from "../../core/cost/calendar.ts";
import { chargeOfRun, isPaidIn } from "../../core/cost/paid-time.ts";
import { clipPiece } from "../../core/ledger/allocate.ts";
import { moneySum } from "../../core/ledger/sums.ts";
import { readCharges } from "../../db/ledger.ts";
import type { ServiceContext } from "../context.ts";
import { readCosts } from "../ledger.ts";
import { runsMax } from "../run-ledger.ts";
import { cutView } from "./cut.ts";
import { priceSource } from "./month.ts";

/**
 * What the month that runs has cost so far, equal to what a report says of it. A run that lies within it counts with
 * its charge; only of one that reaches beyond it, it matters what was done when.
 */
export async function readSpent(context: ServiceContext, nowMs: number) {
  const { month, fromMs, untilMs } = monthOf(dayOf(nowMs));
  const { runs, cut } = await readCharges(context.sql, { fromMs, untilMs }, runsMax);
  const own = runs.filter((run) => isPaidIn(run, fromMs, untilMs));
  // What is paid beyond this day counts when it comes.
  const endMs = dayStartMs(dayOf(nowMs)) + dayMs;
  const across: number[] = [];
  let [microUsd, estimatedMicroUsd] = [0, 0];
  for (const run of own) {
    const told = chargeOfRun(run);
    const isInside = run.fromMs >= fromMs && run.untilMs + told.roundingMs <= endMs;
    if (!isInside) across.push(run.run);
    if (isInside) microUsd += told.microUsd;
    if (isInside && run.basis === "estimated") estimatedMicroUsd += told.microUsd;
  }
  for (const { pieces } of across.length === 0 ? [] : await readCosts(context, { runs: across })) {
    const sum = moneySum(pieces.flatMap((piece) => clipPiece(piece, fromMs, endMs) ?? []));
    microUsd += sum.microUsd;
    estimatedMicroUsd += sum.estimatedMicroUsd;
  }
  const asOf = new Date(nowMs).toISOString();
  const toDate = { microUsd, estimatedMicroUsd, n: own.length, asOf, source: priceSource };
  return { month, toDate, cut: cutView(cut) };
}
