import type { LaneBoxView, LaneMarkerView, LaneView } from "../../../src/contract/timeline.ts";
import type { Phase } from "../api/types.ts";
import { phaseWords, taskWords } from "../lib/words.ts";
import type { Band, BandKind, Box, BoxState, Marker } from "./model.ts";
import { stateWords, tookWords } from "./words.ts";

/** What the API tells of lanes, as parts of a chart. */

const kinds: Readonly<Record<Phase, BandKind | null>> = {
  ...{ requested: "wait", provisioning: "wait", pulling_image: "pull", pulling_model: "pull" },
  ...{ booting: "load", loading: "load", canary: "load", ready: "ready", draining: "drain" },
  ...{ stopped: null, failed: null },
};

export const msOf = (instant: string): number => Date.parse(instant);
const msOrNull = (instant: string | null): number | null =>
  instant === null ? null : msOf(instant);

export const bandsOf = ({ bands }: LaneView): Band[] =>
  bands.flatMap(({ phase, from, until }) => {
    const kind = kinds[phase];
    if (kind === null) return [];
    return [{ kind, words: phaseWords(phase), from: msOf(from), until: msOrNull(until) }];
  });

const states: Readonly<Record<LaneBoxView["outcome"], BoxState>> = {
  ...{ running: "running", done: "done", delayed: "failed", dead: "failed" },
  ...{ released: "back", cancelled: "back" },
};

export function boxOf(view: LaneBoxView, stages: readonly string[], nowMs: number): Box {
  const { id, task, attempt, outcome, lost, failure, document } = view;
  const [from, until] = [msOf(view.from), msOrNull(view.until)];
  const state = states[outcome];
  const which = attempt > 1 ? `, attempt ${attempt}` : "";
  const why = lost ? ", its container went away" : failure === null ? "" : `: ${failure.title}`;
  const words = `${taskWords(task)}${which}`;
  return {
    ...{ id, from, until, state, again: attempt > 1, label: words },
    tone: Math.max(0, stages.indexOf(task)),
    sentence: `${words}${document === null ? "" : ` of ${document.name}`}, ${stateWords[state]}${why}, ${tookWords((until ?? nowMs) - from)}`,
  };
}

export const markerOf = ({ id, at, sentence, decision, kind }: LaneMarkerView): Marker => ({
  ...{ id, at: msOf(at) },
  label: decision === null ? (kind === "retry" ? "Retry" : "Event") : `Decision ${decision.id}`,
  sentence:
    decision === null ? sentence : `Decision ${decision.id}, ${decision.action}: ${sentence}`,
});
