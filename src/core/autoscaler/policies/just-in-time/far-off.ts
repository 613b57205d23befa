import { seededRandom } from "../../../../lib/random.ts";
import { breakEvenTextMs } from "./costs.ts";
import { expectedNeedsMs, firstByNeed, sampleNeeds, upstreamOf, upstreamPool } from "./needs.ts";
import type { Scene } from "./scene.ts";
import { quantileOf } from "./sorted.ts";

/** So many documents are enough to know the first need. */
const drawnMax = 8;

/**
 * In how many milliseconds text is needed at the earliest (in nine of ten cases), where that is so far
 * off that keeping an idle replica for it costs more than stopping it and coming back: a deck of a
 * hundred pages. null: it is nearer, or there is work.
 */
export function farOffMs(scene: Scene): number | null {
  const { model, question, nowMs, state, pool, asked, supply } = scene;
  const { ready, leased, delayed } = asked.demand;
  if (model.isShared || pool.name !== model.text.name) return null;
  if (ready + leased + delayed > 0 || supply.requestedMs.length > 0) return null;
  const documents = upstreamOf(question.documents);
  const vision = state.pools[model.vision.name];
  const isBegun = question.documents.some((doc) => doc.visual === "done" && doc.textTasksLeft > 0);
  if (isBegun || documents.length === 0 || vision === undefined) return null;
  const running = documents.filter((doc) => doc.visual === "running").length;
  const { slots } = model.vision.scaling;
  const asking = question.pools[model.vision.name];
  const upstream = upstreamPool(asking, vision, slots, state, running, nowMs);
  const keepMs = breakEvenTextMs(model, state);
  // The mean lies above the first tenth: most documents need no draws.
  if (Math.min(...expectedNeedsMs(documents.slice(0, drawnMax), upstream)) < keepMs) return null;
  const { first } = firstByNeed(documents, upstream, drawnMax);
  const random = seededRandom(state.seed + Math.imul(documents[0]?.uploadedAtMs ?? 0, 0x9e3779b1));
  const needs = sampleNeeds(first, upstream, nowMs, random);
  const soonest = Float64Array.from(needs[0] ?? [], (_, s) =>
    Math.min(...needs.map((draws) => draws[s] ?? 0)),
  ).sort();
  const earliestMs = quantileOf(soonest, 0.1);
  return earliestMs > keepMs ? earliestMs : null;
}
