import { dayMs, dayStartMs } from "./calendar.ts";

/** How a day on which a server is charged for lies ahead. Millionths of a dollar. */
export interface ServerBill {
  /** Whole days until then; at least 0. */
  readonly daysLeft: number;
  /** What they have already cost, as part of the month that ends on that day. */
  readonly paidAheadMicroUsd: number;
}

/** null: the day is over. The month before a bill has as many days as the calendar says. */
export function serverBill(
  nextBillOn: string,
  today: string,
  microUsdPerMonth: number,
): ServerBill | null {
  const daysLeft = (dayStartMs(nextBillOn) - dayStartMs(today)) / dayMs;
  if (daysLeft < 0) return null;
  const ofMonth = (dayStartMs(nextBillOn) - monthBefore(nextBillOn)) / dayMs;
  const share = Math.min(1, daysLeft / ofMonth);
  return { daysLeft, paidAheadMicroUsd: Math.round(microUsdPerMonth * share) };
}

/** The same day a month earlier, or the last one of that month. */
function monthBefore(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month - 1, 0)).getUTCDate();
  return Date.UTC(year, month - 2, Math.min(date, last));
}
