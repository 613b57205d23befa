import type { Random } from "../../../../lib/random.ts";
import type { PoolQuestion } from "../../decision.ts";
import { bucketOf, type CalibrationState, calibrate } from "../../forecast/calibration.ts";
import { sampleStarts, startMeanMs } from "../../forecast/cold-start.ts";
import { meanWorkSeconds, type PaceState, sampleRemaining } from "../../forecast/pace.ts";
import type { DocumentObservation } from "../../observation.ts";
import type { PoolState } from "./state.ts";

/** Draws of each quantity. */
export const drawsMax = 128;

/** The vision pool as the documents before text meet it. Times are milliseconds from now. */
export interface Upstream {
  readonly pace: PaceState;
  readonly calibration: CalibrationState;
  /** Ready slots that nothing holds. */
  readonly freeSlots: number;
  /** When slots are free that other tasks than visual analysis hold: their mean. */
  readonly otherFreeMs: readonly number[];
  /** How long each replica on its way has been started for, with the slots it brings. */
  readonly startingForMs: readonly number[];
  readonly slots: number;
  readonly pool: PoolState;
  readonly offMs: number | null;
}

/** Documents that still need text, before which visual analysis has not ended. */
export const upstreamOf = (
  documents: readonly DocumentObservation[],
): readonly DocumentObservation[] =>
  documents.filter((doc) => doc.visual !== "done" && doc.textTasksLeft > 0);

export function upstreamPool(
  question: PoolQuestion | undefined,
  pool: PoolState,
  slots: number,
  shared: Pick<Upstream, "pace" | "calibration">,
  running: number,
  nowMs: number,
): Upstream {
  const startingForMs: number[] = [];
  let ready = question?.fixed ?? 0;
  for (const replica of question?.staying ?? []) {
    if (replica.phase === "ready") ready += 1;
    else startingForMs.push(nowMs - (replica.requestedAtMs ?? replica.sinceMs));
  }
  for (const command of question?.coming ?? []) startingForMs.push(nowMs - command.atMs);
  // What is not there is on its way by the time this is asked: vision starts at upload.
  if (ready + startingForMs.length === 0) startingForMs.push(0);
  const leased = question?.demand.leased ?? 0;
  const other = Math.max(0, leased - running);
  return {
    ...shared,
    freeSlots: Math.max(0, ready * slots - leased),
    otherFreeMs: new Array<number>(other).fill(pool.taskMeanMs / 2),
    startingForMs,
    slots,
    pool,
    offMs: pool.stoppedAtMs === null ? null : nowMs - pool.stoppedAtMs,
  };
}

/** When visual analysis of each document is expected to end, in milliseconds from now, by means alone. */
export function expectedNeedsMs(
  documents: readonly DocumentObservation[],
  upstream: Upstream,
): Float64Array {
  const needs = new Float64Array(documents.length);
  const { pace, pool, offMs } = upstream;
  const startMs = startMeanMs(pool.starts, offMs);
  const slots = openSlots(upstream, (elapsedMs) => Math.max(startMs / 10, startMs - elapsedMs));
  const slideMs = meanWorkSeconds(pace, 1) * 1_000;
  const usualMs = meanWorkSeconds(pace, null) * 1_000;
  documents.forEach((doc, i) => {
    if (doc.visual !== "running") return;
    const left = doc.slides === null ? usualMs / 2 : (doc.slides - doc.slidesDone) * slideMs;
    needs[i] = Math.max(slideMs / 2, left);
    slots.push(needs[i] ?? 0);
  });
  documents.forEach((doc, i) => {
    if (doc.visual === "running") return;
    const workMs =
      doc.slides === null ? usualMs : Math.max(1, doc.slides - doc.slidesDone) * slideMs;
    needs[i] = takeSlot(slots, workMs);
  });
  return needs;
}

/** The slots that are free now or later, those of running visual analyses not counted. */
function openSlots(upstream: Upstream, readyInMs: (elapsedMs: number) => number): number[] {
  const slots = new Array<number>(upstream.freeSlots).fill(0);
  slots.push(...upstream.otherFreeMs);
  for (const elapsedMs of upstream.startingForMs) {
    const ms = readyInMs(elapsedMs);
    for (let i = 0; i < upstream.slots; i += 1) slots.push(ms);
  }
  return slots;
}

/** Takes the slot that is free first, and gives when the work is done. */
function takeSlot(slots: number[], workMs: number): number {
  let first = 0;
  for (let k = 1; k < slots.length; k += 1) {
    if ((slots[k] ?? 0) < (slots[first] ?? 0)) first = k;
  }
  const endMs = (slots[first] ?? 0) + workMs;
  slots[first] = endMs;
  return endMs;
}

/** The `most` documents that are expected to need text first, and the expected needs of the others. */
export function firstByNeed(
  documents: readonly DocumentObservation[],
  upstream: Upstream,
  most: number,
): { readonly first: readonly DocumentObservation[]; readonly laterMs: Float64Array } {
  if (documents.length <= most) return { first: documents, laterMs: new Float64Array(0) };
  const needs = expectedNeedsMs(documents, upstream);
  const inOrder = needs.toSorted();
  const limit = inOrder[most - 1] ?? 0;
  // Of several that are expected at the limit itself the earlier ones come in.
  let ties = most - inOrder.findIndex((need) => need === limit);
  const first: DocumentObservation[] = [];
  const later: number[] = [];
  documents.forEach((doc, i) => {
    const need = needs[i] ?? 0;
    const isTie = need === limit && ties > 0;
    if (isTie) ties -= 1;
    if (need < limit || isTie) first.push(doc);
    else later.push(need);
  });
  return { first, laterMs: Float64Array.from(later).sort() };
}

/**
 * Joint draws of the milliseconds until each document needs text, one array a document. Those whose
 * visual analysis runs need what it still takes; those that wait take their turns over the slots of
 * the vision pool, first come first served, in each draw by itself. Draws are calibrated by what
 * became of earlier ones.
 */
export function sampleNeeds(
  documents: readonly DocumentObservation[],
  upstream: Upstream,
  nowMs: number,
  random: Random,
  draws = drawsMax,
): readonly Float64Array[] {
  const needs = documents.map((doc) => {
    const own = new Float64Array(draws);
    sampleRemaining(upstream.pace, doc, nowMs, random, own);
    for (let s = 0; s < draws; s += 1) own[s] = (own[s] ?? 0) * 1_000;
    return own;
  });
  if (documents.some((doc) => doc.visual === "waiting")) {
    rollForward(documents, needs, upstream, random, draws);
  }
  return needs;
}

function rollForward(
  documents: readonly DocumentObservation[],
  needs: readonly Float64Array[],
  upstream: Upstream,
  random: Random,
  draws: number,
): void {
  const starts = upstream.startingForMs.map((elapsedMs) => {
    const own = new Float64Array(draws);
    sampleStarts(upstream.pool.starts, elapsedMs, upstream.offMs, random, own);
    return own;
  });
  for (let s = 0; s < draws; s += 1) {
    const slots = new Array<number>(upstream.freeSlots).fill(0);
    slots.push(...upstream.otherFreeMs);
    for (const own of starts) for (let i = 0; i < upstream.slots; i += 1) slots.push(own[s] ?? 0);
    for (let i = 0; i < needs.length; i += 1) {
      if (documents[i]?.visual === "running") slots.push(needs[i]?.[s] ?? 0);
    }
    for (let i = 0; i < needs.length; i += 1) {
      const own = needs[i];
      if (own !== undefined && documents[i]?.visual === "waiting") {
        own[s] = takeSlot(slots, own[s] ?? 0);
      }
    }
  }
}

/** Makes the draws of one document calibrated, in place. */
export const calibrateNeed = (
  doc: DocumentObservation,
  { calibration }: Pick<Upstream, "calibration">,
  random: Random,
  draws: Float64Array,
): void => calibrate(calibration, bucketOf(doc), random, draws);
