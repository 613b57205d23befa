import { dayMs, dayOf, monthOf } from "../core/cost/calendar.ts";
import { AppError } from "../errors/app-error.ts";

/** UTC days, both counted in. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const day = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (text: string): boolean => day.test(text) && !Number.isNaN(Date.parse(text));

/**
 * A time as people say it, in UTC: `today`, `yesterday`, `this month`, `last month`, `last 7 days`,
 * `2026-10`, `2026-10-03`, `2026-10-03..2026-10-09`. Throws USAGE for anything else.
 */
export function periodOf(text: string, nowMs: number): Period {
  const said = text.trim().toLowerCase();
  const today = dayOf(nowMs);
  const [from = "", to = ""] = said.split("..");
  const days = /^last (\d{1,3}) days$/.exec(said);
  if (said === "today") return { from: today, to: today };
  if (said === "yesterday") return { from: dayOf(nowMs - dayMs), to: dayOf(nowMs - dayMs) };
  if (said === "this month") return { from: dayOf(monthOf(today).fromMs), to: today };
  if (said === "last month") return wholeMonth(dayOf(monthOf(today).fromMs - 1));
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(said)) return wholeMonth(`${said}-01`);
  if (days !== null && Number(days[1]) > 0) {
    return { from: dayOf(nowMs - (Number(days[1]) - 1) * dayMs), to: today };
  }
  if (isDay(said)) return { from: said, to: said };
  if (isDay(from) && isDay(to) && from <= to) return { from, to };
  throw new AppError(
    "USAGE",
    `--for must be a time such as today, "last month", "last 7 days", 2026-10 or 2026-10-03..2026-10-09, not "${text}"`,
  );
}

function wholeMonth(within: string): Period {
  const { fromMs, untilMs } = monthOf(within);
  return { from: dayOf(fromMs), to: dayOf(untilMs - 1) };
}
