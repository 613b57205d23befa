import { z } from "zod";
import { dollars } from "../../../core/cost/money.ts";
import { type Lifetime, type Rental, readingOf, readings } from "../../../core/cost/spending.ts";
import { AppError } from "../../../errors/app-error.ts";
import type { VerdaHttp } from "../http.ts";
import type { Asking } from "./parts.ts";

const balanceAnswer = z.looseObject({ amount: z.coerce.number(), currency: z.string().nullish() });

/** The balance in millionths of a US dollar; null where it is not told, or in another currency. */
export async function readBalance(http: VerdaHttp): Promise<number | null> {
  try {
    const { amount, currency } = await http.call(
      { method: "GET", path: "/balance" },
      balanceAnswer,
    );
    if ((currency ?? "usd").toLowerCase() !== "usd") return null;
    return Math.round(amount * 1_000_000);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

const cents = (microUsd: number): string => dollars(Math.round(microUsd / 10_000) * 10_000);

/**
 * How the bill rounds, where the balance tells it; else what to look for in the console. The balance
 * is that of the account: whatever else runs there is in it, too.
 */
export function tellRounding(
  { notebook }: Asking,
  rental: Rental,
  lives: readonly Lifetime[],
  balances: { readonly before: number | null; readonly after: number | null },
): void {
  if (lives.length === 0) return;
  const told = readings(rental, lives);
  const figures = `${cents(told.replica)} if each replica rounds up, ${cents(told.account)} if the account does, ${cents(told.none)} if nothing is rounded`;
  const { before, after } = balances;
  if (before === null || after === null) {
    const why = "no balance was told; look in the console for what these minutes cost";
    notebook.leave("rounding", `${why}: ${figures}`);
    return;
  }
  const paid = before - after;
  const reading = readingOf(told, paid);
  const fell = `the balance fell by ${cents(Math.max(0, paid))}`;
  if (reading !== null) notebook.settle("rounding", reading, `${fell}: ${figures}`);
  else
    notebook.leave("rounding", `${fell}, which settles nothing: ${figures}. It may be told late.`);
}
