import type { TurnFacts } from "../../../src/services/turnstile/turnstile.ts";
import type { Percentiles } from "../contestant.ts";
import { percentilesOf } from "../percentiles.ts";

/** What happened in a stretch of time. */
export interface Window {
  readonly seconds: number;
  readonly pipelines: number;
  readonly pipelinesPerSecond: number;
  /** Time of the turns that handed something out, settling and reading what a lease carries included. */
  readonly claimMs: Percentiles | null;
  readonly claims: number;
  readonly tasksPerClaim: number;
  /** Time of a call that submits. */
  readonly submitMs: Percentiles | null;
}

/** Counts from its making on. */
export class Recorder {
  readonly #startedMs = performance.now();
  readonly #endedBefore: number;
  readonly #claimsMs: number[] = [];
  readonly #submissionsMs: number[] = [];
  #tasks = 0;

  /** @param ended pipelines that have ended so far */
  constructor(ended: number) {
    this.#endedBefore = ended;
  }

  turn({ seconds, granted }: TurnFacts): void {
    const tasks = granted.reduce((sum, count) => sum + count, 0);
    if (tasks === 0) return;
    this.#claimsMs.push(seconds * 1000);
    this.#tasks += tasks;
  }

  submission(tookMs: number): void {
    this.#submissionsMs.push(tookMs);
  }

  window(ended: number): Window {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const pipelines = ended - this.#endedBefore;
    const claims = this.#claimsMs.length;
    return {
      seconds,
      pipelines,
      pipelinesPerSecond: pipelines / seconds,
      claimMs: percentilesOf(this.#claimsMs),
      claims,
      tasksPerClaim: claims === 0 ? 0 : this.#tasks / claims,
      submitMs: percentilesOf(this.#submissionsMs),
    };
  }
}

/** For a terminal. */
export const windowText = ({ pipelinesPerSecond, claimMs, tasksPerClaim, submitMs }: Window) =>
  `${pipelinesPerSecond.toFixed(0)} pipelines/s; claim ${rangeText(claimMs)} of ${tasksPerClaim.toFixed(0)} tasks; submit ${rangeText(submitMs)}`;

const rangeText = (of: Percentiles | null): string =>
  of === null ? "never" : `p50 ${of.p50.toFixed(1)} p95 ${of.p95.toFixed(1)} ms`;
