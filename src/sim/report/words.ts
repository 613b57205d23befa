import { escaped } from "../../core/text/escaped.ts";
import type { ReportShare } from "./data.ts";

export { escaped };

/** Figures as the page writes them. */

/** `$0.0658`: three significant digits, since policies differ in tenths of a cent. */
export function usd(amount: number): string {
  if (amount === 0) return "$0";
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(amount)))));
  return `$${amount.toFixed(Math.max(2, digits))}`;
}

/** `8.2 s`, `48 s`, `4 min 55 s`, `2 h 5 min`. */
export function time(ms: number): string {
  const seconds = ms / 1_000;
  if (ms === 0) return "0 s";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0
    ? `${minutes / 60} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `91.0 %`, and its interval apart: `90.1 to 91.8`. */
export const shareText = ({ share }: ReportShare): string =>
  share === null ? "–" : percent(share);

export const intervalText = ({ share, low, high }: ReportShare): string =>
  share === null ? "" : `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)}`;

export const hours = (value: number): string =>
  value.toFixed(value < 10 ? 2 : value < 1_000 ? 1 : 0);

/** The name of a policy, which may be long and has no blanks: it may break after its marks. */
export const breakable = (name: string): string => escaped(name).replace(/[:,]/g, "$&<wbr>");
