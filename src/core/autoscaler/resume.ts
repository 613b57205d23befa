import type { Json, Policy } from "./decision.ts";
import type { Fact } from "./facts.ts";
import type { ScalerState } from "./memory.ts";

/**
 * The memory of a scaler that begins anew, for its first question. What it had decided was written down
 * with it: a command is carried out or will never be, so nothing is waited for, and what does not show
 * any more has ended while nobody looked, which says nothing about whether starts succeed.
 */
export function resumed(state: ScalerState): ScalerState {
  const pools = Object.entries(state.pools).map(([pool, memory]) => [
    pool,
    { ...memory, commands: [], alive: [] },
  ]);
  return { ...state, pools: Object.fromEntries(pools) };
}

/** Told in pieces of so many, as a scaler that was there all the time would have heard them. */
const pieceFacts = 500;

/**
 * What a policy would remember, had it been told these facts as they happened. Nothing is asked about,
 * so nothing is decided.
 * @param facts in order of time
 */
export function recall(policy: Policy, state: Json, facts: readonly Fact[]): Json {
  let remembered = state;
  for (let at = 0; at < facts.length; at += pieceFacts) {
    const piece = facts.slice(at, at + pieceFacts);
    const nowMs = piece.at(-1)?.atMs ?? 0;
    remembered = policy.want({ nowMs, pools: {}, documents: [], facts: piece }, remembered).state;
  }
  return remembered;
}
