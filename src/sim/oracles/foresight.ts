import type { PoolQuestion, Question } from "../../core/autoscaler/decision.ts";
import {
  type DocumentObservation,
  isStarting,
  type ReplicaObservation,
} from "../../core/autoscaler/observation.ts";
import type { SimDocument, Stage, World } from "../model.ts";

/** The truth about what is in the system, and nothing about uploads to come. Instants and lengths in milliseconds. */
export interface Foresight {
  /** When each document that is still upstream will need text, the earliest first. */
  textNeeds(question: Question): readonly number[];
  /** From a start at that moment to `ready`; infinite where it would fail. */
  coldMs(pool: string, atMs: number): number;
  /** Documents whose visual analysis has not begun, in the order of their uploads. */
  waiting(question: Question): readonly DocumentObservation[];
  /** When the places of a pool's replicas are free for work that waits now, each place once. */
  freeAtMs(question: Question, pool: PoolQuestion): number[];
  /** All work of a document in a pool: how long it takes places up. */
  workMs(pool: string, pipeline: string): number;
}

export function foresightOf(world: World, stage: Stage): Foresight {
  const documents = new Map<string, SimDocument>();
  for (const document of world.documents()) documents.set(String(document.id), document);
  const slidesOf = (pipeline: string) => documents.get(pipeline)?.slideMs ?? [];
  const visualMs = (pipeline: string) => sum(slidesOf(pipeline));
  const workMs = (pool: string, pipeline: string): number =>
    sum(
      (documents.get(pipeline)?.taskMs ?? []).filter((_, task) => stage.graph.pools[task] === pool),
    );
  const coldMs = (pool: string, atMs: number): number => {
    const { how, tookMs } = world.start(pool, atMs);
    return how === "ready" ? tookMs : Number.POSITIVE_INFINITY;
  };
  const slotsOf = (pool: string) => stage.containers[pool]?.slots ?? 1;
  const endOfVisual = (
    { pipeline, slidesDone, slideSinceMs }: DocumentObservation,
    nowMs: number,
  ) => Math.max(nowMs, (slideSinceMs ?? nowMs) + sum(slidesOf(pipeline).slice(slidesDone)));

  const freeAtMs = (question: Question, { pool, staying, coming }: PoolQuestion): number[] => {
    const { nowMs } = question;
    const ready = staying.filter((replica) => !isStarting(replica));
    const busy = busyUntil(question, pool);
    const places = ready.length * slotsOf(pool);
    const leased = sum(ready.map(({ leases }) => leases));
    // Of leases without a document that tells their end, it is taken that they end halfway through such work.
    while (busy.length < leased) busy.push(nowMs + middleMs(busy, nowMs));
    const free = busy.slice(0, places);
    while (free.length < places) free.push(nowMs);
    const starting = [
      ...staying.filter(isStarting).map(askedAt),
      ...coming.map(({ atMs }) => atMs),
    ];
    for (const atMs of starting) {
      const readyMs = Math.max(nowMs, atMs + coldMs(pool, atMs));
      for (let place = 0; place < slotsOf(pool); place += 1) free.push(readyMs);
    }
    return free.sort((a, b) => a - b);
  };

  const busyUntil = (question: Question, pool: string): number[] =>
    stage.graph.pools[stage.visual] === pool
      ? question.documents
          .filter(({ visual }) => visual === "running")
          .map(
            (document) =>
              endOfVisual(document, question.nowMs) +
              workMs(pool, document.pipeline) -
              visualMs(document.pipeline),
          )
      : [];

  const waiting = (question: Question) =>
    question.documents
      .filter(({ visual }) => visual === "waiting")
      .toSorted((a, b) => a.uploadedAtMs - b.uploadedAtMs);

  const textNeeds = (question: Question): readonly number[] => {
    const { nowMs } = question;
    const needs = question.documents
      .filter(({ visual }) => visual === "running")
      .map((document) => endOfVisual(document, nowMs));
    const vision = Object.values(question.pools).find(
      ({ pool }) => pool === stage.graph.pools[stage.visual],
    );
    if (vision === undefined) return needs.sort((a, b) => a - b);
    const free = freeAtMs(question, vision);
    for (const { pipeline } of waiting(question)) {
      const beginMs = free.shift();
      if (beginMs === undefined) break;
      needs.push(beginMs + visualMs(pipeline));
      insert(free, beginMs + workMs(vision.pool, pipeline));
    }
    return needs.sort((a, b) => a - b);
  };

  return {
    textNeeds,
    coldMs,
    freeAtMs,
    waiting,
    workMs,
  };
}

const askedAt = ({ requestedAtMs, sinceMs }: ReplicaObservation): number =>
  requestedAtMs ?? sinceMs;

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const middleMs = (busy: readonly number[], nowMs: number): number =>
  busy.length === 0 ? 15_000 : sum(busy.map((atMs) => atMs - nowMs)) / busy.length / 2;

/** Into a sorted list. */
export function insert(sorted: number[], value: number): void {
  let at = sorted.length;
  while (at > 0 && (sorted[at - 1] ?? 0) > value) at -= 1;
  sorted.splice(at, 0, value);
}
