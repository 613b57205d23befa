import type { Lease, Outcome, ProgressBody } from "../contract/worker-protocol.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import type { Log } from "../telemetry/log.ts";
import type { AttemptWatch } from "./attempt.ts";
import type { ControlClient, Grant } from "./control-client.ts";
import { backoffMs } from "./control-http.ts";
import { nearestLimit } from "./nearest-limit.ts";
import { createOutbox, type Parcel } from "./outbox.ts";
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
  /** Results are held back this long at most until a drain is told: what they free may come here. */
  readonly tellMs?: number;
}

/** A task under way, as health reports it. */
export interface RunningTask {
  readonly pipeline: string;
  readonly task: string;
  readonly fraction: number;
  /** Since it began here. */
  readonly seconds: number;
  /** Since it last made progress. */
  readonly stalledSeconds: number;
}

export interface TaskLoop {
  start(): void;
  /** Stops the work under these leases; nothing is settled for them. */
  lose(leases: readonly string[]): void;
  running(): readonly RunningTask[];
  held(): readonly string[];
  /**
   * Finishes the pipelines held, takes no other one, gives back what is left after `limitMs`, and
   * resolves when everything is settled (or could not be within the flush limit). Asks for more of the
   * held pipelines only once `told` has resolved: until then the control plane might hand out new ones.
   * Called again, it can only bring the limit nearer.
   */
  drain(limitMs: number, told?: Promise<void>): Promise<void>;
  /** Drops everything at once, without a word to anyone. */
  abort(): void;
}

interface Held {
  readonly lease: Lease;
  readonly startedMs: number;
  readonly controller: AbortController;
  fraction: number;
  progressedMs: number;
}

const flushDefaultMs = 3_000;
const marginMs = 2_000;
/** A task that was told to stop has this long to close what it holds. */
const letGoMs = 1_000;
/** A poll under way at the start of a drain may still bring leases: they go back, not lost. */
const lastPollMs = 500;
/** How often a draining container asks whether a pipeline it holds has more for it. */
const drainPollMs = 500;
const tellDefaultMs = 2_000;
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
  readonly #outbox = createOutbox();
  /** Leases asked for in requests that have not come back. */
  #reserved = 0;
  /** Pipeline of every lease whose end the control plane has not confirmed. */
  readonly #unsettled = new Map<string, string>();
  readonly #limit = nearestLimit(() => this.#giveBack());
  /** Pipelines held when the drain began; null: no drain. */
  #finishing: ReadonlySet<string> | null = null;
  #drained: Promise<void> | null = null;
  /** The control plane knows of the drain. */
  #told = false;
  /** Nothing is sent for the moment. */
  #hushed = false;
  /** The limit of the drain is reached: everything goes back. */
  #over = false;
  #leave: () => void = () => undefined;
  readonly #leaving = new Promise<void>((resolve) => {
    this.#leave = () => {
      this.#over = true;
      resolve();
    };
  });
  #change: () => void = () => undefined;
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
    return [...this.#held.values()].map(({ lease, startedMs, fraction, progressedMs }) => ({
      pipeline: lease.pipeline,
      task: lease.task,
      fraction,
      seconds: (nowMs - startedMs) / 1000,
      stalledSeconds: (nowMs - progressedMs) / 1000,
    }));
  }

  held(): readonly string[] {
    return [...this.#held.keys()];
  }

  drain(limitMs: number, told: Promise<void> = Promise.resolve()): Promise<void> {
    this.#limit.bring(limitMs - this.#flushMs);
    this.#drained ??= this.#drain(told);
    return this.#drained;
  }

  async #drain(told: Promise<void>): Promise<void> {
    const earlier = Promise.all(this.#requests);
    this.#finishing = new Set(this.#unsettled.values());
    void told.then(() => {
      this.#told = true;
    });
    await this.#hush(Promise.race([told, this.#leaving]));
    do {
      await this.#workOff();
      await Promise.all([
        // A poll under way since before may bring the next task of a held pipeline, or a new one: that goes back.
        orAfter(earlier, lastPollMs),
        this.#over ? orAfter(this.#options.slots.idle(), letGoMs) : null,
      ]);
    } while (this.#isBusy() && !this.#over);
    this.#over = true;
    await orAfter(this.#settleAll(), this.#flushMs);
    this.#limit.clear();
    this.#polls.abort(new AppError("DRAINING"));
  }

  /** Sends nothing yet: what a result frees comes here only if it is asked for in the same request. */
  async #hush(until: Promise<void>): Promise<void> {
    this.#hushed = this.#unsettled.size > 0;
    if (this.#hushed) await orAfter(until, this.#options.tellMs ?? tellDefaultMs);
    this.#hushed = false;
  }

  /** Until nothing is held and all is settled, or the limit is reached. */
  async #workOff(): Promise<void> {
    const ask = (): void => this.#pump(this.#told);
    const asking = setInterval(ask, drainPollMs);
    ask();
    while (this.#isBusy() && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#change = resolve;
      });
    }
    clearInterval(asking);
  }

  #isBusy(): boolean {
    return this.#held.size > 0 || !this.#outbox.isEmpty() || this.#flushes.size > 0;
  }

  #giveBack(): void {
    this.#leave();
    this.#stopAll("DRAINING");
    this.#change();
  }

  get #flushMs(): number {
    return this.#options.flushMs ?? flushDefaultMs;
  }

  abort(): void {
    this.#finishing ??= new Set();
    this.#leave();
    this.#limit.clear();
    this.#polls.abort(new AppError("DRAINING"));
    this.#stopAll("LEASE_LOST");
    this.#change();
  }

  #stopAll(code: "DRAINING" | "LEASE_LOST"): void {
    for (const { controller } of this.#held.values()) controller.abort(new AppError(code));
  }

  /** @param ask for work too, when nothing is to be settled; a drain asks in its own rhythm */
  #pump(ask = this.#finishing === null): void {
    const idle = this.#outbox.isEmpty();
    if (this.#hushed || this.#polls.signal.aborted || (idle && !ask)) return;
    const free = this.#freeSlots();
    if (free === 0 && idle) return;
    const parcels = this.#outbox.take();
    this.#reserved += free;
    // A drain never waits for work: its requests are answered at once.
    const isWaiting = free > 0 && this.#finishing === null;
    const running = this.#request(free, isWaiting, parcels).finally(() => {
      this.#requests.delete(running);
      this.#flushes.delete(running);
      this.#change();
      this.#pump();
    });
    this.#requests.add(running);
    if (!isWaiting) this.#flushes.add(running);
    // What one that travels alone has left behind does not wait until its request has found work.
    if (!this.#outbox.isEmpty()) this.#pump(false);
  }

  #freeSlots(): number {
    const { slots } = this.#options;
    if (this.#finishing !== null && (!this.#told || this.#over)) return 0;
    return Math.max(0, slots.total - slots.running() - this.#reserved);
  }

  /** Never throws. What it could not settle waits in the outbox again. */
  async #request(capacity: number, isWaiting: boolean, parcels: readonly Parcel[]): Promise<void> {
    const { control, clock } = this.#options;
    const settle = parcels.map(({ settlement }) => settlement);
    const { signal } = this.#polls;
    const waitSeconds = isWaiting ? (control.identity()?.pollSeconds ?? 10) : 0;
    const startedMs = clock.nowMs();
    try {
      const answer = await control.lease({ capacity, waitSeconds, settle }, signal);
      this.#take(capacity, answer);
      for (const { lease } of settle) this.#unsettled.delete(lease);
      if (answer.leases.length > 0 || settle.length > 0 || this.#finishing !== null) return;
      await pause(Math.max(0, emptyPollMs - (clock.nowMs() - startedMs)), signal);
    } catch (error) {
      if (!signal.aborted) await this.#onFailure(error, parcels);
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
      this.#outbox.add({ lease: id, outcome });
    }
  }

  async #onFailure(error: unknown, parcels: readonly Parcel[]): Promise<void> {
    const { log, random } = this.#options;
    this.#failures += 1;
    if (this.#failures === 1) log.warn({ err: error }, "asking for work failed");
    if (isRefused(error) && parcels.length > 0) {
      const leases = parcels.map(({ settlement }) => settlement.lease);
      log.error({ err: error, leases }, "results were refused");
      // What is given up is settled by nobody here: the control plane takes the lease back.
      for (const { settlement } of this.#outbox.refuse(parcels, error)) {
        this.#unsettled.delete(settlement.lease);
      }
    } else this.#outbox.putBack(parcels);
    await pause(backoffMs(Math.min(this.#failures, 6), random), this.#polls.signal);
  }

  #begin(lease: Lease): void {
    if (!this.#mayBegin(lease)) {
      this.#outbox.add({ lease: lease.id, outcome: { kind: "released" } });
      return;
    }
    const { slots, clock, log } = this.#options;
    const controller = new AbortController();
    const startedMs = clock.nowMs();
    const task = { lease, startedMs, controller, fraction: 0, progressedMs: startedMs };
    this.#held.set(lease.id, task);
    this.#unsettled.set(lease.id, lease.pipeline);
    slots.take();
    this.#options.onHeld(this.held());
    log.info({ lease: lease.id, task: lease.task, pipeline: lease.pipeline }, "task started");
    void this.#work(task);
  }

  #mayBegin({ pipeline }: Lease): boolean {
    return this.#finishing === null || (this.#finishing.has(pipeline) && !this.#over);
  }

  /** Never throws. */
  async #work(task: Held): Promise<void> {
    const { slots, log, onHeld } = this.#options;
    const { lease } = task;
    const outcome = sendable(await this.#try(task));
    if (outcome !== null) this.#outbox.add({ lease: lease.id, outcome });
    else this.#unsettled.delete(lease.id);
    this.#held.delete(lease.id);
    log.info({ lease: lease.id, task: lease.task, end: outcome?.kind ?? "lost" }, "task ended");
    // Queued before the slot is free: whoever waits for idle finds the settlement.
    slots.give();
    onHeld(this.held());
    this.#pump();
    this.#change();
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
          task.progressedMs = this.#options.clock.nowMs();
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
    while (this.#flushes.size > 0 || !this.#outbox.isEmpty()) {
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
