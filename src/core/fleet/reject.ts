import { dollars } from "../cost/money.ts";
import { type Candidate, type Circumstances, machineKey } from "./candidate.ts";
import type { Estimate } from "./estimate.ts";
import type { Needs } from "./needs.ts";
import { vramLeft } from "./vram.ts";

export type RejectReason =
  | "too-little-memory"
  | "unpriced"
  | "unavailable"
  | "refused"
  | "not-allowed"
  | "too-dear"
  | "spot-not-wanted"
  | "over-budget"
  | "no-vram-left";

/** Why a machine is out of the question; `detail` completes a sentence that begins with its name. */
export interface Why {
  readonly reason: RejectReason;
  readonly detail: string;
}

/** A machine that was refused is left alone for this long. */
const refusalMs = 300_000;

/** The first thing that rules a machine out, or null: what was forbidden, what it lacks, what it costs. */
export function rejection(needs: Needs, one: Estimate, circumstances: Circumstances): Why | null {
  const { candidate } = one;
  return (
    forbidden(needs, candidate) ??
    tooSmall(needs, candidate) ??
    notToBeHad(candidate, circumstances) ??
    tooExpensive(needs, one, circumstances)
  );
}

function forbidden(needs: Needs, { gpu, region, spot, microUsdPerHour }: Candidate): Why | null {
  if (!isAmong(needs.gpuTypes, gpu)) {
    return { reason: "not-allowed", detail: "is not one of the allowed GPU types" };
  }
  if (!isAmong(needs.regions, region)) {
    const where = region === null ? "does not tell its region" : `is in ${region}`;
    return {
      reason: "not-allowed",
      detail: `${where}, and only ${needs.regions.join(", ")} will do`,
    };
  }
  if (microUsdPerHour === null) return null;
  if (spot && needs.spot === "never") {
    return { reason: "spot-not-wanted", detail: "is spot, which is not wanted" };
  }
  if (!spot && needs.spot === "only") {
    return { reason: "not-allowed", detail: "is on demand, and only spot is wanted" };
  }
  return null;
}

/** `l40s` in a configuration means the provider's `L40S`. */
function isAmong(allowed: readonly string[], name: string | null): boolean {
  if (allowed.length === 0) return true;
  return name !== null && allowed.some((one) => one.toLowerCase() === name.toLowerCase());
}

/**
 * On a GPU that is shared, what the models hold must still be free. A machine of its own must have
 * the whole memory asked for; one that does not tell is trusted only where nobody charges for it.
 */
function tooSmall(needs: Needs, candidate: Candidate): Why | null {
  const { vramGb, sharedVramGb, usedVramGb, microUsdPerHour } = candidate;
  if (sharedVramGb !== undefined) {
    const neededGb = needs.modelVramGb;
    if (sharedVramGb < neededGb) return tooLittle(`${sharedVramGb} GB`, neededGb);
    const leftGb = vramLeft(sharedVramGb, [{ vramGb: usedVramGb ?? 0 }]);
    if (leftGb >= neededGb) return null;
    const detail = `has ${leftGb} GB of ${sharedVramGb} GB left, and ${neededGb} GB are needed`;
    return { reason: "no-vram-left", detail };
  }
  if (needs.vramGb <= 0) return null;
  if (vramGb === null) {
    // A price list tells both: of a machine that is in none, the price is what is missed first.
    const saysPrice = microUsdPerHour === "unpriced" && needs.allowUnpriced !== true;
    if (microUsdPerHour === null || saysPrice) return null;
    return tooLittle("an unknown amount of memory", needs.vramGb);
  }
  return vramGb < needs.vramGb ? tooLittle(`${vramGb} GB`, needs.vramGb) : null;
}

const tooLittle = (has: string, neededGb: number): Why => ({
  reason: "too-little-memory",
  detail: `has ${has}, and ${neededGb} GB are needed`,
});

function notToBeHad(candidate: Candidate, { refusals, nowMs }: Circumstances): Why | null {
  if (candidate.isAvailable === false) {
    return { reason: "unavailable", detail: "has no capacity" };
  }
  const key = machineKey(candidate);
  // The two clocks may differ a little: a refusal just ahead of this one's counts too.
  const refusal = refusals.find(
    (one) => machineKey(one) === key && Math.abs(nowMs - one.atMs) < refusalMs,
  );
  if (refusal === undefined) return null;
  const agoS = Math.max(0, Math.round((nowMs - refusal.atMs) / 1_000));
  const said = refusal.code === "PROVIDER_NO_CAPACITY" ? "had no capacity" : refusal.code;
  return { reason: "refused", detail: `was refused ${agoS} s ago (${said})` };
}

function tooExpensive(needs: Needs, one: Estimate, circumstances: Circumstances): Why | null {
  const { microUsdPerHour } = one.candidate;
  const { microUsdLeft, microUsdPerHourLeft } = circumstances;
  if (microUsdPerHour === null) return null;
  if (microUsdPerHour === "unpriced" || one.expectedMicroUsd === "unpriced") {
    // No limit can be kept with a price that nobody knows.
    const limits = [needs.microUsdPerHourMax, microUsdLeft, microUsdPerHourLeft];
    const isFree = needs.allowUnpriced === true && limits.every((limit) => limit === null);
    return isFree ? null : { reason: "unpriced", detail: "is unpriced" };
  }
  if (needs.microUsdPerHourMax !== null && microUsdPerHour > needs.microUsdPerHourMax) {
    const detail = `costs ${dollars(microUsdPerHour)} an hour, and ${dollars(needs.microUsdPerHourMax)} is the most`;
    return { reason: "too-dear", detail };
  }
  if (microUsdPerHourLeft !== null && microUsdPerHour > microUsdPerHourLeft) {
    const detail = `costs ${dollars(microUsdPerHour)} an hour, and the ceiling leaves ${dollars(Math.max(0, microUsdPerHourLeft))}`;
    return { reason: "over-budget", detail };
  }
  if (microUsdLeft !== null && one.expectedMicroUsd > microUsdLeft) {
    const detail = `would cost ${dollars(one.expectedMicroUsd)}, and the budget has ${dollars(Math.max(0, microUsdLeft))} left`;
    return { reason: "over-budget", detail };
  }
  return null;
}
