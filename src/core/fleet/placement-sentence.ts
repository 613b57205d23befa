import { dollars } from "../cost/money.ts";
import type { Candidate } from "./candidate.ts";
import type { Estimate } from "./estimate.ts";
import type { RejectReason, Why } from "./reject.ts";

/** A sentence names this many others that fit, and this many that do not. */
const namedMax = 3;

/** What changes by itself or by a setting comes first; what was never meant comes last. */
const interest: Readonly<Record<RejectReason, number>> = {
  unavailable: 0,
  refused: 0,
  unpriced: 1,
  "over-budget": 2,
  "too-dear": 2,
  "no-vram-left": 3,
  "too-little-memory": 4,
  "spot-not-wanted": 5,
  "not-allowed": 6,
};

/**
 * `vision-1 on L40S at verda, spot, $0.75 an hour: cheapest of 3 that fit; H100 $1.79; A100 has no
 * capacity`. Others are named by what tells them from the chosen one.
 */
export function placementSentence(
  replica: string,
  ranked: readonly Estimate[],
  rejected: readonly (Why & { readonly candidate: Candidate })[],
): string {
  const [first, ...others] = ranked;
  const chosen = first?.candidate ?? null;
  const bySort = rejected.toSorted((a, b) => interest[a.reason] - interest[b.reason]);
  const worth = chosen === null ? bySort : bySort.filter(({ reason }) => interest[reason] < 5);
  const out = few(worth.map((one) => `${outLabel(one.candidate, chosen, one)} ${one.detail}`));
  if (first === undefined) {
    const why = out.length === 0 ? "no provider shows any" : out.join("; ");
    return `${replica} finds no machine: ${why}`;
  }
  // Only where an hour of another one is cheaper does the whole cost explain the choice.
  const inAll = others.some((one) => isDearer(first.candidate, one.candidate));
  const rivals = few(
    others.map((one) => `${label(one.candidate, chosen)} ${priceText(one, inAll)}`),
  );
  return [`${replica} ${headline(first, ranked.length, inAll)}`, ...rivals, ...out].join("; ");
}

function headline(first: Estimate, fitting: number, inAll: boolean): string {
  const { gpu, gpus, provider, region, spot, microUsdPerHour } = first.candidate;
  const on = gpu === null ? "" : `on ${gpuText(gpu, gpus)} `;
  const where = `${on}at ${provider}${region === null ? "" : ` in ${region}`}`;
  if (microUsdPerHour === null) return `${where}: nobody charges for it`;
  const how = spot ? "spot" : "on demand";
  if (microUsdPerHour === "unpriced") {
    return `${where}, ${how}: unpriced, and nothing with a price fits`;
  }
  const price = `${dollars(microUsdPerHour)} an hour${inAll ? `, ${dollars(whole(first))} in all` : ""}`;
  const best = fitting === 1 ? "the only one that fits" : `cheapest of ${fitting} that fit`;
  return `${where}, ${how}, ${price}: ${best}`;
}

function priceText(one: Estimate, inAll: boolean): string {
  const { microUsdPerHour } = one.candidate;
  if (microUsdPerHour === null) return "for nothing";
  if (microUsdPerHour === "unpriced") return "unpriced";
  return `${dollars(microUsdPerHour)}${inAll ? `, ${dollars(whole(one))} in all` : ""}`;
}

const whole = (one: Estimate): number =>
  one.expectedMicroUsd === "unpriced" ? 0 : one.expectedMicroUsd;

const isDearer = (a: Candidate, b: Candidate): boolean =>
  typeof a.microUsdPerHour === "number" &&
  typeof b.microUsdPerHour === "number" &&
  a.microUsdPerHour > b.microUsdPerHour;

const gpuText = (gpu: string, gpus: number): string => (gpus > 1 ? `${gpus}x ${gpu}` : gpu);

function label(candidate: Candidate, chosen: Candidate | null, tellsSpot = true): string {
  const { provider, gpu, gpus, region, spot, microUsdPerHour } = candidate;
  const machine = gpu === null ? "a machine" : gpuText(gpu, gpus);
  const at = gpu === null || provider !== chosen?.provider ? ` at ${provider}` : "";
  const within = region === null || region === chosen?.region ? "" : ` in ${region}`;
  const isSame = microUsdPerHour === null || spot === chosen?.spot || !tellsSpot;
  const how = isSame ? "" : spot ? " spot" : " on demand";
  return `${machine}${at}${within}${how}`;
}

/** Spot or not is the same for most reasons: left out, the two become one text. */
function outLabel(candidate: Candidate, chosen: Candidate | null, { reason }: Why): string {
  const isAlike = interest[reason] !== 2 && reason !== "refused";
  return label(candidate, chosen, !isAlike || candidate.gpu === chosen?.gpu);
}

/** Each text once, the first of them, and how many were left out. */
function few(texts: readonly string[]): string[] {
  const each = [...new Set(texts)];
  const left = each.length - namedMax;
  return left > 0 ? [...each.slice(0, namedMax), `${left} more`] : each;
}
