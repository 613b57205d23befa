import type { Lease, Outcome, ProgressBody, Settlement } from "../contract/worker-protocol.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import type { Log } from "../telemetry/log.ts";
import type { AttemptWatch } from "./attempt.ts";
import type { ControlClient, Grant } from "./control-client.ts";
import { backoffMs } from "./control-http.ts";
import { sendable } from "./sendable.ts";
import { pause } from "./signals.ts";
import type { Slots } from "./slots.ts";

export interface TaskLoopOptions {
  readonly control: ControlClient;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly attempt: (lease: Lease, watch: AttemptWatch) => Promise<Outcome | null>;
  /** Called whenever the set of held leases changes: heartbeats carry it. */
  readonly onHeld: (leases: readonly string[]) => void;
  /** Part of a drain's limit kept back to settle what was given back. */
  readonly flushMs?: number;
}

/** A task under way, as health reports it. */
export interface RunningTask {
  readonly pipeline: string;
  readonly task: string;
  readonly fraction: number;
  readonly seconds: number;
}

export interface TaskLoop {
  start(): void;
  /** Stops the work under these leases; nothing is settled for them. */
  lose(leases: readonly string[]): void;
  running(): readonly RunningTask[];
  held(): readonly string[];
  /**
   * Takes nothing new; waits for what is held, gives it back after `limitMs`, and resolves when
   * everything is settled (or could not be within the flush limit).
   */
  drain(limitMs: number): Promise<void>;
  /** Drops everything at once, without a word to anyone. */
  abort(): void;
}

interface Held {
  readonly lease: Lease;
  readonly startedMs: number;
  readonly controller: AbortController;
  fraction: number;
}

const flushDefaultMs = 3_000;
const marginMs = 2_000;
/** A task that was told to stop has this long to close what it holds. */
const letGoMs = 1_000;
/** A poll under way at the start of a drain may still bring leases: they go back, not lost. */
const lastPollMs = 500;
/** An empty answer that comes sooner than this is waited out, so no server can make us spin. */
const emptyPollMs = 250;

/**
 * Keeps `slots` tasks under way. Each request settles what has ended and asks for as many leases as
 * there are free slots; a task that ends while another request waits for work gets a request of its
 * own, so its result is flushed at once.
 */
export const createTaskLoop = (options: TaskLoopOptions): TaskLoop => new Loop(options);

class Loop implements TaskLoop {
  readonly #options: TaskLoopOptions;
  readonly #held = new Map<string, Held>();
  readonly #polls = new AbortController();
  readonly #requests = new Set<Promise<void>>();
  /** Those of them that only settle: they are answered at once. */
  readonly #flushes = new Set<Promise<void>>();
  #pending: Settlement[] = [];
  /** Leases asked for in requests that have not come back. */
  #reserved = 0;
  #draining = false;
  #failures = 0;

  constructor(options: TaskLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#pump();
  }

  lose(leases: readonly string[]): void {
    for (const id of leases) this.#held.get(id)?.controller.abort(new AppError("LEASE_LOST"));
  }

  running(): readonly RunningTask[] {
    const nowMs = this.#options.clock.nowMs();
    return [...this.#held.values()].map(({ lease, startedMs, fraction }) => ({
      pipeline: lease.pipeline,
      task: lease.task,
      fraction,
      seconds: (nowMs - startedMs) / 1000,
    }));
  }

  held(): readonly string[] {
    return [...this.#held.keys()];
  }

  async drain(limitMs: number): Promise<void> {
    this.#draining = true;
    const flushMs = this.#options.flushMs ?? flushDefaultMs;
    const earlier = Promise.all(this.#requests);
    const giveBack = (): void => this.#stopAll("DRAINING");
    const giveBackMs = Math.max(0, limitMs - flushMs);
    const timer = setTimeout(giveBack, giveBackMs);
    await orAfter(this.#options.slots.idle(), giveBackMs + letGoMs);
    clearTimeout(timer);
    await orAfter(earlier, lastPollMs);
    await orAfter(this.#settleAll(), flushMs);
    this.#polls.abort(new AppError("DRAINING"));
  }

  abort(): void {
    this.#draining = true;
    this.#polls.abort(new AppError("DRAINING"));
    this.#stopAll("LEASE_LOST");
  }

  #stopAll(code: "DRAINING" | "LEASE_LOST"): void {
    for (const { controller } of this.#held.values()) controller.abort(new AppError(code));
  }

  #pump(): void {
    const { slots } = this.#options;
    const free = this.#draining ? 0 : Math.max(0, slots.total - slots.running() - this.#reserved);
    if ((free === 0 && this.#pending.length === 0) || this.#polls.signal.aborted) return;
    const settle = this.#pending;
    this.#pending = [];
    this.#reserved += free;
    const running = this.#request(free, settle).finally(() => {
      this.#requests.delete(running);
      this.#flushes.delete(running);
      this.#pump();
    });
    this.#requests.add(running);
    if (free === 0) this.#flushes.add(running);
  }

  /** Never throws. What it could not settle is pending again. */
  async #request(capacity: number, settle: Settlement[]): Promise<void> {
    const { control, clock } = this.#options;
    const { signal } = this.#polls;
    const waitSeconds = capacity > 0 ? (control.identity()?.pollSeconds ?? 10) : 0;
    const startedMs = clock.nowMs();
    try {
      const answer = await control.lease({ capacity, waitSeconds, settle }, signal);
      this.#take(capacity, answer);
      if (answer.leases.length > 0 || settle.length > 0) return;
      await pause(Math.max(0, emptyPollMs - (clock.nowMs() - startedMs)), signal);
    } catch (error) {
      if (!signal.aborted) await this.#onFailure(error, settle);
      this.#reserved -= capacity;
    }
  }

  #take(capacity: number, answer: Grant): void {
    const { log } = this.#options;
    this.#failures = 0;
    this.#reserved -= capacity;
    for (const { lease, accepted, code } of answer.settled) {
      if (!accepted) log.warn({ lease, code }, "a result came too late");
    }
    for (const lease of answer.leases) this.#begin(lease);
    for (const { id, detail } of answer.unreadable) {
      log.error({ lease: id, detail }, "a lease could not be read");
      const outcome = { kind: "failed", code: "PROTOCOL_UNSUPPORTED", detail } as const;
      this.#pending.push({ lease: id, outcome });
    }
  }

  async #onFailure(error: unknown, settle: Settlement[]): Promise<void> {
    const { log, random } = this.#options;
    this.#failures += 1;
    if (this.#failures === 1) log.warn({ err: error }, "asking for work failed");
    // A refusal would repeat for ever: such results are given up, and their leases run out.
    if (isRefused(error) && settle.length > 0) log.error({ err: error }, "results were refused");
    else this.#pending = [...settle, ...this.#pending];
    await pause(backoffMs(Math.min(this.#failures, 6), random), this.#polls.signal);
  }

  #begin(lease: Lease): void {
    if (this.#draining) {
      this.#pending.push({ lease: lease.id, outcome: { kind: "released" } });
      return;
    }
    const { slots, clock, log } = this.#options;
    const controller = new AbortController();
    const task = { lease, startedMs: clock.nowMs(), controller, fraction: 0 };
    this.#held.set(lease.id, task);
    slots.take();
    this.#options.onHeld(this.held());
    log.info({ lease: lease.id, task: lease.task, pipeline: lease.pipeline }, "task started");
    void this.#work(task);
  }

  /** Never throws. */
  async #work(task: Held): Promise<void> {
    const { slots, log, onHeld } = this.#options;
    const { lease } = task;
    const outcome = sendable(await this.#try(task));
    if (outcome !== null) this.#pending.push({ lease: lease.id, outcome });
    this.#held.delete(lease.id);
    log.info({ lease: lease.id, task: lease.task, end: outcome?.kind ?? "lost" }, "task ended");
    // Queued before the slot is free: whoever waits for idle finds the settlement.
    slots.give();
    onHeld(this.held());
    this.#pump();
  }

  /**
   * The lease's time runs from its arrival here: the deadline's clock is another machine's. We end a
   * little before it, so that a task that ran too long is settled and its container not blamed.
   */
  async #try(task: Held): Promise<Outcome | null> {
    const { lease, controller } = task;
    const late = (): void => controller.abort(new AppError("TASK_TIMEOUT"));
    const limitMs = lease.timeoutSeconds * 1000;
    const timer = setTimeout(late, limitMs - Math.min(marginMs, limitMs / 10));
    try {
      return await this.#options.attempt(lease, {
        signal: controller.signal,
        onLost: () => controller.abort(new AppError("LEASE_LOST")),
        onProgress: ({ fraction }: ProgressBody) => {
          task.fraction = fraction;
        },
      });
    } catch (error) {
      const { code, detail } = failureOf(error);
      return { kind: "failed", code, detail };
    } finally {
      clearTimeout(timer);
    }
  }

  async #settleAll(): Promise<void> {
    while (this.#flushes.size > 0 || this.#pending.length > 0) {
      this.#pump();
      await Promise.race(this.#flushes);
    }
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof AppError && ["BAD_REQUEST", "FORBIDDEN", "FILE_TOO_LARGE"].includes(error.code);

async function orAfter(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
