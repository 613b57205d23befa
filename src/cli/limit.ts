import { parseDuration } from "../core/autoscaler/duration.ts";
import { AppError } from "../errors/app-error.ts";

/** A signal that is raised by another one, or with WAIT_TIMEOUT when the time is over. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Ends the timer. */
  clear(): void;
}

/** Longest wait a timer can hold. */
const timerMsMax = 2 ** 31 - 1;

/** @param text as in `--timeout 10m`; absent: no limit. Throws USAGE. */
export function startLimit(signal: AbortSignal, text: string | undefined): Limit {
  if (text === undefined) return { signal, clear() {} };
  const ms = parseDuration(text);
  if (ms === null || ms <= 0 || ms > timerMsMax) {
    throw new AppError("USAGE", `--timeout must be a duration such as 90s or 10m, not "${text}"`);
  }
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new AppError("WAIT_TIMEOUT", `Waited ${text}.`)),
    ms,
  );
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    clear: () => clearTimeout(timer),
  };
}
