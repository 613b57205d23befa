import type { ClaimedTask } from "../../src/db/leases.ts";
import type { ServiceContext } from "../../src/services/context.ts";
import type { Settlement } from "../../src/services/turnstile/outcomes.ts";
import type { Turnstile } from "../../src/services/turnstile/turnstile.ts";
import { addContainer, needOf } from "./fixture.ts";

const pipelinesOfContainer = 3;

export type Pool = "vision" | "text";

/** How much work is taken, and how often: without one, all there is, at once. */
export interface Pace {
  /** Tasks a container may ask for now. */
  room(pool: Pool, slots: number): number;
  took(pool: Pool, tasks: number): void;
  rest(): Promise<void>;
}

export interface Container {
  readonly id: string;
  readonly classIds: readonly number[];
  readonly pool: Pool;
  readonly slots: number;
}

/** Containers in this process whose tasks take no time. */
export class WorkerPool {
  readonly hopsMs: number[] = [];
  readonly containers: Container[] = [];
  readonly #context: ServiceContext;
  readonly #turnstile: Turnstile;
  #pace: Pace | null = null;
  #stop = new AbortController();
  #loops: Promise<void>[] = [];
  /** When the tasks of a pipeline ended, by index. */
  readonly #endedMs = new Map<number, number[]>();
  readonly #watchers = new Set<() => void>();
  /** Pipelines ended by this pool. */
  ended = 0;

  constructor(context: ServiceContext, turnstile: Turnstile) {
    this.#context = context;
    this.#turnstile = turnstile;
  }

  /** So many containers of each pool, each with the default cap of three pipelines. */
  async open(about: { containers: number; slots: number }): Promise<void> {
    const { slots } = about;
    for (const pool of ["vision", "text"] as const) {
      for (let n = 0; n < about.containers; n += 1) {
        const limits = { pool, slots, pipelines: pipelinesOfContainer };
        const { id, classIds } = await addContainer(this.#context.sql, limits);
        this.containers.push({ id, classIds, pool, slots });
      }
    }
  }

  start(pace: Pace | null = null): void {
    this.#pace = pace;
    this.#stop = new AbortController();
    this.#loops = this.containers.map((container) => this.#work(container));
  }

  /** Settles when so many pipelines in all have ended durably. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.ended < count) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** What it holds is settled; nothing more is taken until it starts again. Rejects with what a container met. */
  async pause(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
  }

  async #work({ id, classIds, pool, slots }: Container): Promise<void> {
    const { signal } = this.#stop;
    const pace = this.#pace;
    let outcomes: readonly Settlement[] = [];
    let held: readonly ClaimedTask[] = [];
    const waiting = { waitMs: 10_000, signal: AbortSignal.any([signal]) };
    while (!signal.aborted || outcomes.length > 0) {
      // To hear at once what was accepted, it waits for work only when it has nothing to say.
      const patience = outcomes.length > 0 || pace !== null ? undefined : waiting;
      const room = signal.aborted ? 0 : (pace?.room(pool, slots) ?? slots);
      const visitor = { id, classIds };
      const { accepted, leases } = await this.#turnstile.pass(visitor, outcomes, room, patience);
      this.#settled(held, accepted);
      held = leases;
      for (const lease of leases) this.#begin(lease);
      outcomes = leases.map((key) => ({ key, outcome: doneOutcome }));
      pace?.took(pool, leases.length);
      await pace?.rest();
    }
  }

  #begin({ pipelineId, idx }: ClaimedTask): void {
    const ended = this.#endedMs.get(pipelineId) ?? [];
    const nowMs = performance.now();
    const before = ended[needOf[idx] ?? -1];
    if (before !== undefined) this.hopsMs.push(nowMs - before);
    ended[idx] = nowMs;
    this.#endedMs.set(pipelineId, ended);
  }

  #settled(held: readonly ClaimedTask[], accepted: readonly boolean[]): void {
    for (const [at, { pipelineId }] of held.entries()) {
      if (accepted[at] !== true) throw new Error("a result was not accepted");
      const left = (this.#left.get(pipelineId) ?? needOf.length) - 1;
      this.#left.set(pipelineId, left);
      if (left > 0) continue;
      this.#left.delete(pipelineId);
      this.#endedMs.delete(pipelineId);
      this.ended += 1;
    }
    for (const look of [...this.#watchers]) look();
  }

  readonly #left = new Map<number, number>();
}

export const doneOutcome = {
  kind: "done",
  result: { ok: true },
  gaps: [],
  applicable: true,
  reason: null,
  engine: { name: "extractive", model: null },
} as const;
