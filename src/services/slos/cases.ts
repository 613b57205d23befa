import { expectedStartMs } from "../../core/autoscaler/verdicts/expected-start.ts";
import { graceMs, readinessOf } from "../../core/autoscaler/verdicts/readiness.ts";
import {
  isWithin,
  mergeSpans,
  readySpans,
  type Span,
} from "../../core/autoscaler/verdicts/spans.ts";
import type { NeedRow } from "../../db/needs.ts";
import type { DeckTimes } from "../../db/slos.ts";
import type { ReadyRun } from "../../db/verdicts.ts";
import type { Case } from "./objective.ts";

/** Times in which at least one replica of these runs could work. */
export const readyTimes = (runs: readonly ReadyRun[]): Span[] =>
  mergeSpans(
    runs.flatMap(({ phases, endedMs }) =>
      readySpans(
        phases.map(({ phase, at }) => ({ phase, atMs: Date.parse(at) })),
        endedMs,
      ),
    ),
  );

const of = ({ document, workspace }: { document: string; workspace: string }) => ({
  ...{ document, workspace },
});

/** Something that has an end, or has already lasted longer than it may. */
function timed(
  fromMs: number,
  endMs: number | null,
  limitMs: number,
  nowMs: number,
): Pick<Case, "atMs" | "isGood" | "value"> | null {
  if (endMs !== null) {
    const ms = Math.max(0, endMs - fromMs);
    return { atMs: endMs, isGood: ms <= limitMs, value: ms / 1000 };
  }
  const lastsMs = nowMs - fromMs;
  return lastsMs <= limitMs
    ? null
    : { atMs: fromMs + limitMs, isGood: false, value: lastsMs / 1000 };
}

/** Decks that found a vision container ready: how soon something was to be seen. */
export function firstResults(
  decks: readonly DeckTimes[],
  visionReady: readonly Span[],
  limitMs: number,
  nowMs: number,
): Case[] {
  return decks.flatMap((deck) => {
    const ended = deck.state === "cancelled" || deck.state === "failed";
    if (!isWithin(visionReady, deck.uploadedMs) || (ended && deck.firstMs === null)) return [];
    const told = timed(deck.uploadedMs, deck.firstMs, limitMs, nowMs);
    return told === null ? [] : [{ ...told, ...of(deck) }];
  });
}

/** Decks of up to so many slides that ended well at the first go, or still last. */
export function doneTimes(
  decks: readonly DeckTimes[],
  { limitMs, slidesMax }: { readonly limitMs: number; readonly slidesMax: number },
  nowMs: number,
): Case[] {
  return decks.flatMap((deck) => {
    const { state, reopened, pages, finishedMs } = deck;
    const isLost = state === "failed" || state === "cancelled";
    if (reopened || isLost || pages === null || pages > slidesMax) return [];
    const told = timed(deck.uploadedMs, finishedMs, limitMs, nowMs);
    return told === null ? [] : [{ ...told, ...of(deck) }];
  });
}

/** Decks that have ended, apart from those that were called off. */
export const unattended = (decks: readonly DeckTimes[]): Case[] =>
  decks.flatMap((deck) => {
    const { state, retried, finishedMs } = deck;
    if (finishedMs === null || state === "cancelled") return [];
    const isGood = state !== "failed" && !retried;
    return [{ atMs: finishedMs, isGood, value: null, ...of(deck) }];
  });

export function handoffCases(needs: readonly NeedRow[], limitMs: number, nowMs: number): Case[] {
  return needs.flatMap((need) => {
    if (need.startedMs === null && need.ended) return [];
    const told = timed(need.neededMs, need.startedMs, limitMs, nowMs);
    return told === null ? [] : [{ ...told, ...of(need) }];
  });
}

/** Whether a text container was ready when it was needed, where that was possible at all. */
export function prewarmCases(
  needs: readonly NeedRow[],
  runs: readonly ReadyRun[],
  nowMs: number,
): Case[] {
  const ready = readyTimes(runs);
  const starts = runs
    .flatMap(({ requestedMs, readyMs }) =>
      readyMs === null ? [] : [{ requestedMs, tookMs: readyMs - requestedMs }],
    )
    .sort((a, b) => a.requestedMs - b.requestedMs);
  return needs.flatMap((need) => {
    const { uploadedMs, neededMs, startedMs, ended } = need;
    // One that waits may still begin within the grace; one that was called off asks for nothing.
    if (startedMs === null && (ended || nowMs - neededMs <= graceMs)) return [];
    const facts = { uploadedMs, textNeededMs: neededMs, textStartMs: startedMs };
    const { feasible, onTime } = readinessOf(facts, ready, expectedStartMs(starts, uploadedMs));
    if (!feasible) return [];
    return [{ atMs: neededMs, isGood: onTime, value: null, ...of(need) }];
  });
}
