import type { Fact } from "../../facts.ts";
import { fittedIdle } from "./costs.ts";
import { isFitDue, pushed } from "./gaps.ts";
import type { Model } from "./model.ts";
import type { JitState } from "./state.ts";
import { passTime } from "./week.ts";

/** Facts older than this are told by a scaler that starts anew: what the pools showed then nobody saw. */
const historyMs = 600_000;

/**
 * The gaps of past days out of their facts alone: text was unneeded from the end of the last pipeline to
 * the next upload, vision from the last visual analysis on.
 */
export function learnHistory(
  state: JitState,
  facts: readonly Fact[],
  nowMs: number,
  model: Model,
): JitState {
  const first = facts[0];
  if (first === undefined || nowMs - first.atMs < historyMs) return state;
  const open = new Set<string>();
  let neededMs: number | null = null;
  let endedMs: number | null = null;
  let { idle, week } = state;
  for (const fact of facts) {
    if (nowMs - fact.atMs < historyMs) break;
    if (fact.kind === "text-needed") neededMs = fact.atMs;
    if (fact.kind === "pipeline-ended" && open.delete(fact.pipeline)) endedMs = fact.atMs;
    if (fact.kind !== "uploaded") continue;
    if (open.size === 0) {
      const sinceMs = neededMs ?? endedMs;
      week = passTime(week, sinceMs, fact.atMs, true);
      if (sinceMs !== null && endedMs !== null) {
        idle = {
          ...idle,
          visionMs: pushed(idle.visionMs, fact.atMs - sinceMs),
          textMs: pushed(idle.textMs, fact.atMs - endedMs),
          fresh: idle.fresh + 1,
        };
      }
    }
    open.add(fact.pipeline);
  }
  if (idle === state.idle && week === state.week) return state;
  const learned = { ...state, idle, week };
  const isDue = isFitDue(idle.visionMs.length, idle.fresh);
  return isDue ? { ...learned, idle: fittedIdle(model, learned) } : learned;
}
