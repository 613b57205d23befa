import { charge } from "../../cost/charge.ts";
import { graceMs } from "./readiness.ts";
import {
  longestMs,
  type Need,
  type Tariff,
  type Verdict,
  verdictOf,
  waitFigures,
} from "./verdict.ts";

/** What came of one start. Instants are milliseconds of one clock. */
export interface StartedLife extends Tariff {
  readonly decidedMs: number;
  readonly readyMs: number | null;
  /** It was given its first task. */
  readonly workedFromMs: number | null;
  readonly ended: { readonly how: "stopped" | "failed" } | null;
  /** What was paid for in all, from and until; null: nothing is. */
  readonly billed: { readonly fromMs: number; readonly untilMs: number } | null;
  /** Whether no other replica of the pool ran or started when it was decided. */
  readonly isAlone: boolean;
}

/**
 * The verdict on a start, exactly one of:
 *
 * - `failed`: it ended by a failure before it ever worked. `seconds` and money: all that was paid for.
 * - `unused`: it was stopped before it ever worked: a wasted pre-warm. The same figures.
 * - `late`: when it became ready, a document had waited for it longer than the grace. `seconds`: the
 *   longest wait; `documents` and `waitSeconds`: all that waited until then. It wasted no money.
 * - `early`: nobody had, and from ready to its first task it stood idle longer than the grace.
 *   `seconds` and money: that idle time.
 * - `on-time`: neither.
 *
 * A wait counts from the need. Where another replica was there already it counts from the decision:
 * until then the document waited for that one.
 * Null: not known yet, since it lives and has not worked.
 */
export function startVerdict(life: StartedLife, needs: readonly Need[]): Verdict | null {
  const { workedFromMs, ended } = life;
  if (workedFromMs === null) {
    if (ended === null) return null;
    const paid = wholeOf(life);
    return verdictOf(ended.how === "failed" ? "failed" : "unused", paid);
  }
  const readyMs = Math.min(life.readyMs ?? workedFromMs, workedFromMs);
  const waitsMs = waitsFor(life, readyMs, needs);
  const worstMs = longestMs(waitsMs);
  if (worstMs > graceMs) {
    return verdictOf("late", { seconds: worstMs / 1000, ...waitFigures(waitsMs) });
  }
  const idleMs = workedFromMs - readyMs;
  if (idleMs <= graceMs) return verdictOf("on-time");
  const microUsd = priceOf(life, { fromMs: readyMs, untilMs: workedFromMs }, 0);
  return verdictOf("early", { seconds: idleMs / 1000, microUsd });
}

/** A start that led to no run at all: nothing could be placed, and nothing was paid. */
export const neverStarted: Verdict = verdictOf("failed");

function waitsFor(life: StartedLife, readyMs: number, needs: readonly Need[]): number[] {
  const sinceMs = life.isAlone ? Number.NEGATIVE_INFINITY : life.decidedMs;
  return needs
    .filter(({ neededMs, startedMs }) => neededMs < readyMs && (startedMs ?? readyMs) >= readyMs)
    .map(({ neededMs }) => Math.max(0, readyMs - Math.max(neededMs, sinceMs)));
}

function wholeOf(life: StartedLife): Pick<Verdict, "seconds" | "microUsd"> {
  const { billed } = life;
  if (billed === null) return { seconds: 0, microUsd: 0 };
  const { paidMs } = charge({ ...billed, quantumMs: life.quantumMs, microUsdPerHour: null });
  return { seconds: paidMs / 1000, microUsd: priceOf(life, billed, life.quantumMs) };
}

function priceOf(
  { microUsdPerHour }: Tariff,
  span: { readonly fromMs: number; readonly untilMs: number },
  quantumMs: number,
): number | null {
  if (microUsdPerHour === "unpriced") return null;
  return charge({ ...span, quantumMs, microUsdPerHour }).microUsd;
}
