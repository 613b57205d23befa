import { fineDollars } from "../../../src/core/cost/money.ts";
import { durationWords } from "../lib/format.ts";

const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** `$1,412.30`, `$0.043`, `$0.0042`, `-$3.20`: from whole millionths. */
export function microUsdWords(microUsd: number): string {
  const amount = Math.abs(microUsd);
  const words = amount > 0 && amount < 1_000_000 ? fineDollars(amount) : cents.format(amount / 1e6);
  return microUsd < 0 ? `-${words}` : words;
}

/** A price is told finer than a sum. */
export const rateWords = (microUsdPerHour: number | "unpriced" | null): string => {
  if (microUsdPerHour === null) return "nobody charges";
  return microUsdPerHour === "unpriced"
    ? "price unknown"
    : `${microUsdWords(microUsdPerHour)} an hour`;
};

export const quantumWords = (seconds: number): string =>
  seconds === 0 ? "to the millisecond" : `in whole pieces of ${durationWords(seconds)}`;

export const parts = [
  { key: "busy", name: "Busy", note: "a task was being done" },
  { key: "coldStart", name: "Cold start", note: "until a container is ready" },
  { key: "idle", name: "Idle, warm", note: "ready and without work, or paid beyond the end" },
  { key: "wasted", name: "Wasted", note: "failed attempts, starts that failed" },
] as const;
export type Part = (typeof parts)[number]["key"];
