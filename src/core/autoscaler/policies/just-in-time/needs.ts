import type { Random } from "../../../../lib/random.ts";
import type { PoolQuestion } from "../../decision.ts";
import { bucketOf, type CalibrationState, calibrate } from "../../forecast/calibration.ts";
import { sampleStarts, startMeanMs } from "../../forecast/cold-start.ts";
import { meanWorkSeconds, type PaceState, sampleRemaining } from "../../forecast/pace.ts";
import type { DocumentObservation } from "../../observation.ts";
import { heapify, takeFirst } from "./slots.ts";
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
): readonly DocumentObservation[] => documents.filter(isUpstream);

const isUpstream = (doc: DocumentObservation): boolean =>
  doc.visual !== "done" && doc.textTasksLeft > 0;

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
  const slideMs = meanWorkSeconds(pace, 1) * 1_000;
  const usualMs = meanWorkSeconds(pace, null) * 1_000;
  const free = new Array<number>(upstream.freeSlots).fill(0);
  free.push(...upstream.otherFreeMs);
  for (const elapsedMs of upstream.startingForMs) {
    const ms = Math.max(startMs / 10, startMs - elapsedMs);
    for (let i = 0; i < upstream.slots; i += 1) free.push(ms);
  }
  documents.forEach((doc, i) => {
    if (doc.visual !== "running") return;
    const left = doc.slides === null ? usualMs / 2 : (doc.slides - doc.slidesDone) * slideMs;
    const needMs = Math.max(slideMs / 2, left);
    needs[i] = needMs;
    free.push(needMs);
  });
  const slots = slotsFrom(free);
  documents.forEach((doc, i) => {
    if (doc.visual === "running") return;
    const workMs =
      doc.slides === null ? usualMs : Math.max(1, doc.slides - doc.slidesDone) * slideMs;
    needs[i] = takeFirst(slots, workMs);
  });
  return needs;
}

/** Without any slot work is done one after the other. */
function slotsFrom(free: readonly number[]): Float64Array {
  const slots = Float64Array.from(free.length === 0 ? [0] : free);
  heapify(slots);
  return slots;
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
  let ties = most - inOrder.indexOf(limit);
  const first = documents.filter((_, i) => {
    const need = needs[i] ?? 0;
    const isTie = need === limit && ties > 0;
    if (isTie) ties -= 1;
    return need < limit || isTie;
  });
  return { first, laterMs: inOrder.slice(most) };
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
  // More slots than there are documents change nothing.
  const useful = Math.ceil(documents.length / Math.max(1, upstream.slots));
  const starting = upstream.startingForMs.toSorted((a, b) => b - a).slice(0, useful);
  const starts = starting.map((elapsedMs) => {
    const own = new Float64Array(draws);
    sampleStarts(upstream.pool.starts, elapsedMs, upstream.offMs, random, own);
    return own;
  });
  const running = needs.filter((_, i) => documents[i]?.visual === "running");
  const waiting = needs.filter((_, i) => documents[i]?.visual === "waiting");
  const { freeSlots, otherFreeMs } = upstream;
  const many = freeSlots + otherFreeMs.length + upstream.slots * starts.length + running.length;
  const slots = new Float64Array(Math.max(1, many));
  for (let s = 0; s < draws; s += 1) {
    slots.fill(0);
    let at = freeSlots;
    for (const ms of otherFreeMs) slots[at++] = ms;
    for (const own of starts) for (let i = 0; i < upstream.slots; i += 1) slots[at++] = own[s] ?? 0;
    for (const own of running) slots[at++] = own[s] ?? 0;
    heapify(slots);
    for (const own of waiting) own[s] = takeFirst(slots, own[s] ?? 0);
  }
}

/** Makes the draws of one document calibrated, in place. */
export const calibrateNeed = (
  doc: DocumentObservation,
  { calibration }: Pick<Upstream, "calibration">,
  random: Random,
  draws: Float64Array,
): void => calibrate(calibration, bucketOf(doc), random, draws);
