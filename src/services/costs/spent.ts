import { dayMs, dayOf, dayStartMs, monthOf } from "../../core/cost/calendar.ts";
import { charge } from "../../core/cost/charge.ts";
import { clipPiece } from "../../core/ledger/allocate.ts";
import { type ChargedRunRow, readCharges } from "../../db/ledger.ts";
import type { ServiceContext } from "../context.ts";
import { readCosts } from "../ledger.ts";
import { priceSource } from "./month.ts";

/**
 * What the month that runs has cost so far, equal to what a report says of it. A run that lies within it counts with
 * its charge; only of one that reaches beyond it, it matters what was done when.
 */
export async function readSpent(context: ServiceContext, nowMs: number) {
  const { month, fromMs, untilMs } = monthOf(dayOf(nowMs));
  const runs = await readCharges(context.sql, { fromMs, untilMs });
  const own = runs.filter((run) => run.fromMs < untilMs && run.untilMs >= fromMs);
  const paid = own.filter(({ isBilled }) => isBilled);
  // What is paid beyond this day counts when it comes.
  const endMs = dayStartMs(dayOf(nowMs)) + dayMs;
  const across: number[] = [];
  let microUsd = 0;
  for (const run of paid) {
    const told = chargeOf(run);
    if (run.fromMs >= fromMs && run.untilMs + told.roundingMs <= endMs) microUsd += told.microUsd;
    else across.push(run.run);
  }
  for (const { pieces } of across.length === 0 ? [] : await readCosts(context, { runs: across })) {
    for (const piece of pieces) microUsd += clipPiece(piece, fromMs, endMs)?.microUsd ?? 0;
  }
  const asOf = new Date(nowMs).toISOString();
  return { month, toDate: { microUsd, n: own.length, asOf, source: priceSource } };
}

function chargeOf({ microUsdPerHour: price, ...run }: ChargedRunRow) {
  return charge({ ...run, microUsdPerHour: typeof price === "number" ? price : null });
}
