import { charge } from "../../core/cost/charge.ts";
import type { FinalView } from "./view.ts";

/** A sentence about what is broken when all is over; null: it holds. */
export type FinalInvariant = (view: FinalView) => string | null;

export const everyDocumentEnds: FinalInvariant = ({ accepted, told }) => {
  const once = new Set(told);
  if (once.size !== told.length) return "a document ended twice";
  return accepted === told.length ? null : `${accepted} documents came and ${told.length} ended`;
};

/** Every moment of a replica is in exactly one of the lives that are paid for. */
export const ledgerIsTheLives: FinalInvariant = ({ lives, ledger }) => {
  const existedMs = lives.reduce((sum, life) => sum + life.endMs - life.requestedMs, 0);
  const workedMs = lives.reduce((sum, life) => sum + life.busyMs, 0);
  if (!isNear(existedMs, ledger.existedMs)) {
    return `replicas existed for ${ledger.existedMs} ms, and ${existedMs} ms are told`;
  }
  if (!isNear(workedMs, ledger.workedMs)) {
    return `replicas worked for ${ledger.workedMs} ms, and ${workedMs} ms are told`;
  }
  return null;
};

const priceMicroUsdPerHour = 3_600_000;

/** What the lives cost is what the time costs, to less than a millionth of a dollar a life. */
export const chargesAddUp: FinalInvariant = ({ lives, ledger }) => {
  const rate = { microUsdPerHour: priceMicroUsdPerHour, quantumMs: 0 };
  const paid = lives.reduce(
    (sum, { requestedMs, endMs }) =>
      sum + charge({ fromMs: requestedMs, untilMs: endMs, ...rate }).microUsd,
    0,
  );
  const whole = charge({ fromMs: 0, untilMs: ledger.existedMs, ...rate }).microUsd;
  const apart = Math.abs(paid - whole);
  return apart <= lives.length + 1 ? null : `the lives cost ${paid}, and their time ${whole}`;
};

const isNear = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-9 * Math.max(1, one, other);
