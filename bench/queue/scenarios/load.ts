import { setTimeout as delay } from "node:timers/promises";
import { createBackground } from "../../../src/background.ts";
import { connect, type Sql, sessionLimits } from "../../../src/db/connect.ts";
import { heartbeat } from "../../../src/db/containers.ts";
import { ensurePartitions } from "../../../src/db/history.ts";
import { addPipelines } from "../../../src/db/submissions.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { loop, type Service, startAll, stopAll } from "../../../src/lib/service.ts";
import { announce, type ServiceContext } from "../../../src/services/context.ts";
import { createEpoch } from "../../../src/services/turnstile/epoch.ts";
import { createTurnstile } from "../../../src/services/turnstile/turnstile.ts";
import { submitPaced } from "../arrivals.ts";
import { defaultConfig, prepareQueue, startable, submission, verifyEnded } from "../fixture.ts";
import { type Container, type Pace, WorkerPool } from "../worker-pool.ts";
import { createPace } from "./pace.ts";
import { Recorder, type Window } from "./recorder.ts";

export interface Steady {
  readonly pipelinesPerSecond: number;
  readonly seconds: number;
  /** How often `onWindow` hears of what happened since it last did. */
  readonly everySeconds?: number;
  readonly onWindow?: (window: Window) => Promise<void>;
}

/** As the fastest contestant of the product has it. */
const setup = { containers: 170, slots: 9 };
const limits = { lanes: 3, outcomesMax: 500, entriesMax: 500 };
const ttlMs = 24 * 3_600_000;
/** For what prepares and verifies; the queue itself needs a few milliseconds. */
const patient = { ...sessionLimits, statementMsMax: 3_600_000 };
const submitAtOnce = 1000;
/** Enough never to run dry at full speed. */
const waitingMin = 3000;
const lookMs = 5;
const warmUpSeconds = 5;
/** Turns take a few milliseconds: whole ones are too coarse to compare them. */
const fineClock: Clock = { nowMs: () => performance.timeOrigin + performance.now() };

/** The product in this process, on one database, with as much work as one wants. */
export class Load {
  readonly sql: Sql;
  readonly #context: ServiceContext;
  readonly #recorders = new Set<Recorder>();
  #pool: WorkerPool | null = null;
  #services: readonly Service[] = [];
  #submitted = 0;

  static async open(url: string): Promise<Load> {
    const sql = connect(url, { max: limits.lanes + 5, name: "bench", limits: patient });
    const load = new Load(sql, await prepareQueue(sql));
    await ensurePartitions(sql);
    await load.#start();
    return load;
  }

  private constructor(sql: Sql, context: ServiceContext) {
    this.sql = sql;
    this.#context = context;
  }

  /** As much as goes, for so long: what waits is always refilled. */
  peak(seconds: number): Promise<Window> {
    return this.#run(null, async (pool) => {
      const endMs = performance.now() + seconds * 1000;
      while (performance.now() < endMs) {
        if (this.#submitted - pool.ended < waitingMin) await this.#submit(submitAtOnce);
        else await delay(lookMs);
      }
    });
  }

  /** The same, after some seconds that do not count. */
  async warmPeak(seconds: number): Promise<Window> {
    await this.peak(warmUpSeconds);
    return this.peak(seconds);
  }

  /** At a fixed rate, whatever waits. */
  steady(plan: Steady): Promise<Window> {
    const { pipelinesPerSecond, seconds, everySeconds = seconds, onWindow } = plan;
    return this.#run(createPace(pipelinesPerSecond, setup.containers), async (pool) => {
      const stop = new AbortController();
      const submit = (count: number): Promise<void> => this.#submit(count);
      const endless = Number.POSITIVE_INFINITY;
      const arrivals = submitPaced(endless, pipelinesPerSecond, submit, stop.signal);
      for (let left = seconds; left > 0; left -= everySeconds) {
        const recorder = this.#record(pool);
        // Arrivals end before only by failing.
        await Promise.race([arrivals, delay(Math.min(left, everySeconds) * 1000)]);
        this.#recorders.delete(recorder);
        // Nobody asks for them here, and they would be kept for ever.
        pool.hopsMs.length = 0;
        await onWindow?.(recorder.window(pool.ended));
      }
      stop.abort();
      await arrivals;
    });
  }

  /**
   * Throws unless all that ended here ended well and in order.
   * @param afterId pipelines up to this one were there before
   */
  async close(afterId = 0): Promise<void> {
    await stopAll(this.#services);
    try {
      await verifyEnded(this.sql, afterId, this.#pool?.ended ?? 0);
    } finally {
      await this.sql.end();
    }
  }

  async #start(): Promise<void> {
    const epoch = createEpoch(this.#context);
    await epoch.draw();
    const context = { ...this.#context, clock: fineClock };
    const turnstile = createTurnstile(context, epoch, {
      ...{ ...limits, retry: defaultConfig.retry },
      onTurn: (turn) => {
        for (const recorder of this.#recorders) recorder.turn(turn);
      },
    });
    this.#pool = new WorkerPool(this.#context, turnstile);
    await this.#pool.open(setup);
    const background = createBackground(this.#context, defaultConfig, {
      ...{ startable, installation: "bench" },
    });
    this.#services = [...background.services, heartbeats(this.sql, this.#pool.containers)];
    await startAll(this.#services);
  }

  async #submit(count: number): Promise<void> {
    this.#submitted += count;
    const startedMs = performance.now();
    const [first] = await addPipelines(this.sql, submission(count));
    for (const recorder of this.#recorders) recorder.submission(performance.now() - startedMs);
    const { classIds = [], rank = 0 } = first ?? {};
    announce(
      this.#context,
      classIds.map((classId) => ({ classId, rank })),
    );
  }

  #record(pool: WorkerPool): Recorder {
    const recorder = new Recorder(pool.ended);
    this.#recorders.add(recorder);
    return recorder;
  }

  /** The containers work while `work` does; what they hold then is settled, and counted no more. */
  async #run(pace: Pace | null, work: (pool: WorkerPool) => Promise<void>): Promise<Window> {
    const pool = this.#pool;
    if (pool === null) throw new Error("It has not started.");
    const recorder = this.#record(pool);
    pool.start(pace);
    try {
      await work(pool);
      return recorder.window(pool.ended);
    } finally {
      this.#recorders.delete(recorder);
      await pool.pause();
    }
  }
}

/** A container that works speaks of its leases all the time. */
function heartbeats(sql: Sql, containers: readonly Container[]): Service {
  return loop({
    name: "heartbeats",
    everyMs: defaultConfig.timings.heartbeatMs,
    tick: async () => {
      for (const { id } of containers) {
        await heartbeat(sql, id, { phase: "ready", note: null, ttlMs, leases: 1 });
      }
    },
    onError: (error) => console.error("A heartbeat failed.", error),
  });
}
