import { seededRandom } from "../../../../lib/random.ts";
import type { Question } from "../../decision.ts";
import type { Fact } from "../../facts.ts";
import { sampleStarts } from "../../forecast/cold-start.ts";
import { sampleRemaining } from "../../forecast/pace.ts";
import { summarise } from "../../forecast/summary.ts";
import { learnHistory } from "./history.ts";
import { offMs } from "./known-work.ts";
import { isAwaited, learn } from "./learn.ts";
import type { Model } from "./model.ts";
import { drawsMax } from "./needs.ts";
import type { JitState } from "./state.ts";

/** One step of the price of lateness, in millionths of a dollar: 0.02 of a dollar (scaling 3.6). */
const latePriceStep = 20_000;
const latePriceMax = 800_000;
/** A fact older than this is told again after a restart: what the pools showed then is not known any more. */
const freshMs = 5_000;

/** All that a question teaches before it is answered. */
export function learnAll(state: JitState, question: Question, model: Model): JitState {
  const priced = learnLateness(state, question, model);
  const facts = learn(priced, question.facts);
  const learned = learnHistory(facts, question.facts, question.nowMs, model);
  return foretell(learnTextTasks(learned, question), question);
}

function learnTextTasks(state: JitState, { documents }: Question): JitState {
  let { textTasks } = state;
  for (const doc of documents) textTasks = Math.max(textTasks, doc.textTasksLeft);
  return textTasks === state.textTasks ? state : { ...state, textTasks };
}

/**
 * The price of a late document rises while more of them find no text replica than the goal allows, and
 * falls else: dual ascent. A document counts by the chance that a start at its upload would
 * have been early enough; one that found a replica counts in full.
 */
function learnLateness(state: JitState, question: Question, model: Model): JitState {
  const { goal } = model.settings;
  if (goal === null || model.isShared) return state;
  let { latePriceMicroUsd } = state;
  for (const fact of question.facts) {
    if (fact.kind !== "text-needed" || question.nowMs - fact.atMs > freshMs) continue;
    const part = latenessOf(state, question, model, fact);
    const step = latePriceStep * part.feasible * (part.late - (1 - goal));
    latePriceMicroUsd = Math.min(latePriceMax, Math.max(0, latePriceMicroUsd + step));
  }
  return latePriceMicroUsd === state.latePriceMicroUsd ? state : { ...state, latePriceMicroUsd };
}

function latenessOf(
  state: JitState,
  question: Question,
  model: Model,
  { pipeline, atMs }: Extract<Fact, { kind: "text-needed" }>,
): { readonly late: 0 | 1; readonly feasible: number } {
  const text = question.pools[model.text.name];
  const own = state.pools[model.text.name];
  const isReady =
    (text?.fixed ?? 0) > 0 ||
    text?.staying.some(({ phase, sinceMs }) => phase === "ready" && sinceMs <= atMs) === true;
  if (isReady) return { late: 0, feasible: 1 };
  const doc = question.documents.find((each) => each.pipeline === pipeline);
  if (doc === undefined || own === undefined) return { late: 1, feasible: 0 };
  const draws = new Float64Array(drawsMax);
  const random = seededRandom(state.seed + Math.imul(atMs, 0x9e3779b1));
  // One that is on its way and not ready yet takes longer than it has: had it been asked for at the
  // upload, it would have been late as well unless it takes less than the notice there was.
  const requested = text?.staying.map(({ requestedAtMs, sinceMs }) => requestedAtMs ?? sinceMs);
  const elapsedMs = Math.max(0, atMs - Math.min(atMs, ...(requested ?? [])));
  sampleStarts(own.starts, elapsedMs, offMs(own, atMs), random, draws);
  const noticeMs = atMs - doc.uploadedAtMs;
  return { late: 1, feasible: draws.filter((ms) => elapsedMs + ms <= noticeMs).length / drawsMax };
}

/** Forecasts of followed documents that have just read a slide and stand in their bucket now. */
function foretell(state: JitState, question: Question): JitState {
  const { nowMs, facts, documents } = question;
  let told = state;
  for (const fact of facts) {
    if (fact.kind !== "slide-done") continue;
    if (!told.watched.some((each) => each.pipeline === fact.pipeline && each.foretold === null)) {
      continue;
    }
    const doc = documents.find((each) => each.pipeline === fact.pipeline);
    if (doc === undefined || doc.visual !== "running" || !isAwaited(told, doc)) continue;
    const draws = new Float64Array(drawsMax);
    const random = seededRandom(state.seed + Math.imul(nowMs, 0x9e3779b1));
    sampleRemaining(told.pace, doc, nowMs, random, draws);
    const foretold = summarise(draws);
    told = {
      ...told,
      watched: told.watched.map((each) =>
        each.pipeline === doc.pipeline ? { ...each, foretold, foretoldAtMs: nowMs } : each,
      ),
    };
  }
  return told;
}
