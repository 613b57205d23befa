import type { FastifyInstance } from "fastify";
import type { Phase } from "../contract/fleet.ts";
import {
  type ContainerHealth,
  protocolVersion,
  type RegisterAnswer,
  type RegisterBody,
  type TaskPack,
} from "../contract/worker-protocol.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import type { Log } from "../telemetry/log.ts";
import { type ApiRequests, createApiRequests } from "./api/requests.ts";
import { createResultShelf } from "./api/result-shelf.ts";
import { attempt } from "./attempt.ts";
import { createContainerApi } from "./container-api.ts";
import { type ControlClient, createControlClient } from "./control-client.ts";
import { createDocumentStore, type DocumentStore, type OpenPdf } from "./document-store.ts";
import type { Engine } from "./engines/engine.ts";
import { type Heartbeats, startHeartbeats } from "./heartbeats.ts";
import { featuresOf, type Settings } from "./settings.ts";
import { pause } from "./signals.ts";
import { createSlots, type Slots } from "./slots.ts";
import { createTaskLoop, type TaskLoop } from "./task-loop.ts";
import { createVisualResults, type VisualResults } from "./visual-results.ts";

export interface ContainerParts {
  readonly settings: Settings;
  readonly engine: Engine;
  readonly openPdf: OpenPdf;
  /** The part of the built-in pack for a task: for requests that bring no lease. */
  readonly taskPack: (task: string) => TaskPack;
  readonly workDir: string;
  /** Drawn fresh at each start of the process. */
  readonly bootId: string;
  readonly pid: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Container {
  /** Address of its own API. */
  readonly url: string;
  /** Resolves with the exit code once everything has ended: 0 drained, 1 could not start. */
  readonly ended: Promise<number>;
  /** Takes nothing new, finishes or gives back what is held, then ends. Safe to call again. */
  drain(why: string): void;
  /** Drops everything at once: whoever started us is gone. */
  kill(): void;
}

/** Opens the API, then registers, loads the engine and asks for work in the background. */
export async function startContainer(parts: ContainerParts): Promise<Container> {
  const container = new RunningContainer(parts);
  await container.open();
  return container;
}

const engineCloseMs = 2_000;
const healthMs = 2_000;

class RunningContainer implements Container {
  url = "";
  readonly ended: Promise<number>;
  readonly #parts: ContainerParts;
  readonly #slots: Slots;
  readonly #documents: DocumentStore;
  readonly #control: ControlClient | null;
  readonly #visualResults: VisualResults;
  readonly #requests: ApiRequests;
  readonly #loop: TaskLoop | null;
  /** Raised when boot must stop; then, at the very end, when every call must. */
  readonly #boot = new AbortController();
  readonly #life = new AbortController();
  #app: FastifyInstance | null = null;
  #heartbeats: Heartbeats | null = null;
  #phase: Phase = "booting";
  #note: string | null = null;
  #ending = false;
  #end: (code: number) => void = () => undefined;

  constructor(parts: ContainerParts) {
    const { settings, workDir, openPdf, random, log } = parts;
    this.#parts = parts;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#slots = createSlots(settings.slots);
    this.#documents = createDocumentStore({ workDir, openPdf });
    this.#control = this.#createControl();
    const { visionUrl, containerToken, handoffMs, communicationMs } = settings;
    const control = this.#control;
    this.#visualResults = createVisualResults({
      control,
      visionUrl,
      containerToken,
      handoffMs,
      communicationMs,
      random,
      log,
    });
    const ready = (): boolean => this.#phase === "ready";
    this.#requests = createApiRequests({ slots: this.#slots, ready });
    this.#loop = control === null ? null : this.#createLoop(control);
  }

  async open(): Promise<void> {
    const { settings, engine, taskPack, log } = this.#parts;
    const { host, port } = settings;
    this.#app = await createContainerApi({
      settings,
      work: { engine, documents: this.#documents, taskPack },
      requests: this.#requests,
      visualResults: this.#visualResults,
      shelf: createResultShelf(),
      control: this.#control,
      health: () => this.#health(),
      life: this.#life.signal,
      log,
    });
    this.url = await this.#app.listen({ host, port });
    log.info({ url: this.url, pool: settings.pool, engine: engine.ref }, "listening");
    void this.#start();
  }

  drain(why: string): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#parts.log.info({ why }, "draining");
    void this.#close(0);
  }

  kill(): void {
    this.#ending = true;
    this.#loop?.abort();
    this.#requests.abort();
    this.#heartbeats?.kill();
    this.#boot.abort(new AppError("DRAINING"));
    this.#life.abort(new AppError("DRAINING"));
  }

  /** Never throws: a start that fails ends the container with exit code 1. */
  async #start(): Promise<void> {
    const { engine, log } = this.#parts;
    try {
      await this.#control?.register(this.#boot.signal);
      await engine.load(({ phase, note }) => this.#enter(phase, note), this.#boot.signal);
      this.#boot.signal.throwIfAborted();
      this.#enter("ready", null);
      this.#loop?.start();
    } catch (error) {
      if (this.#ending) return;
      this.#ending = true;
      const { code, detail } = failureOf(error);
      log.error({ err: error }, "the container could not start");
      this.#enter("failed", detail === null ? code : `${code}: ${detail}`);
      await this.#close(1);
    }
  }

  /** Everything that was opened is closed, each in its turn and none without end. */
  async #close(code: 0 | 1): Promise<void> {
    const { settings, engine, log } = this.#parts;
    if (code === 0) this.#enter("draining", null);
    this.#boot.abort(new AppError("DRAINING"));
    const steps: [string, () => Promise<unknown> | undefined][] = [
      ["leases", () => this.#loop?.drain(settings.drainMs)],
      ["requests", () => this.#requests.drain(settings.drainMs)],
    ];
    const later: typeof steps = [
      ["heartbeats", () => this.#heartbeats?.stop(this.#beat(code === 0 ? "stopped" : "failed"))],
      ["api", () => this.#app?.close()],
      ["documents", () => this.#documents.close()],
      ["engine", () => Promise.race([engine.close(), pause(engineCloseMs, this.#life.signal)])],
    ];
    const run = async ([name, step]: (typeof steps)[number]): Promise<void> => {
      try {
        await step();
      } catch (error) {
        log.error({ err: error, step: name }, "closing failed");
      }
    };
    await Promise.all(steps.map(run));
    for (const step of later) await run(step);
    this.#life.abort(new AppError("DRAINING"));
    log.info({ code }, "stopped");
    this.#end(code);
  }

  #enter(phase: Phase, note: string | null): void {
    const changed = phase !== this.#phase;
    // A late word of the engine must not undo "draining".
    if (this.#ending && !["draining", "failed"].includes(phase)) return;
    this.#phase = phase;
    this.#note = note?.slice(0, 300) ?? null;
    if (changed) this.#parts.log.info({ phase, note }, "phase");
    this.#heartbeats?.update(this.#beat(phase), changed);
  }

  #beat(phase: Phase) {
    const leases = [...(this.#loop?.held() ?? [])];
    return { bootId: this.#parts.bootId, phase, leases, note: this.#note };
  }

  #createControl(): ControlClient | null {
    const { settings, random, log } = this.#parts;
    if (settings.controlUrl === null) return null;
    return createControlClient({
      url: settings.controlUrl,
      registrationToken: settings.registrationToken ?? "",
      describe: () => this.#describe(),
      onIdentity: (who) => this.#identify(settings.controlUrl ?? "", who),
      life: this.#life.signal,
      random,
      log,
    });
  }

  #createLoop(control: ControlClient): TaskLoop {
    const { engine, clock, random, log } = this.#parts;
    const ports = {
      engine,
      control,
      documents: this.#documents,
      visualResults: this.#visualResults,
      clock,
      log,
    };
    return createTaskLoop({
      control,
      slots: this.#slots,
      clock,
      random,
      log,
      attempt: (lease, watch) => attempt(lease, ports, watch),
      onHeld: () => this.#heartbeats?.update(this.#beat(this.#phase), false),
    });
  }

  #identify(url: string, who: RegisterAnswer): void {
    if (this.#heartbeats !== null) {
      this.#heartbeats.identify(who);
      return;
    }
    this.#heartbeats = startHeartbeats({
      url,
      who,
      everyMs: who.heartbeatSeconds * 1000,
      body: this.#beat(this.#phase),
      log: this.#parts.log,
      onDrain: () => this.drain("asked by the control plane"),
      onLost: (leases) => this.#loop?.lose(leases),
      onUnknown: (id) => void this.#registerAgain(id),
    });
  }

  async #registerAgain(id: string): Promise<void> {
    try {
      await this.#control?.renew(id, this.#life.signal);
    } catch (error) {
      if (this.#life.signal.aborted) return;
      this.#parts.log.error({ err: error }, "refused by the control plane");
      this.drain("refused by the control plane");
    }
  }

  #describe(): RegisterBody {
    const { settings, engine, bootId, pid } = this.#parts;
    return {
      protocol: protocolVersion,
      bootId,
      pool: settings.pool,
      replica: settings.replica,
      containerId: settings.containerId,
      features: [...featuresOf(settings.pool, engine.ref)],
      limits: { slots: settings.slots, maxConcurrentPipelines: settings.maxPipelines },
      coordinationUrl: settings.coordinationUrl ?? this.url,
      engine: engine.ref,
      gpu: settings.gpu,
      pid,
    };
  }

  async #health(): Promise<ContainerHealth> {
    const { settings, engine } = this.#parts;
    const slow = pause(healthMs, this.#life.signal).then(() => ({
      ok: false,
      detail: `No answer within ${healthMs / 1000} s.`,
    }));
    const engineState = await Promise.race([engine.healthy(), slow]);
    const beats = this.#heartbeats?.state();
    const running = this.#slots.running();
    return {
      status: this.#status(engineState.ok),
      pool: settings.pool,
      replica: settings.replica,
      phase: this.#phase,
      engine: engine.ref,
      queue: {
        slots: settings.slots,
        running,
        free: Math.max(0, settings.slots - running),
      },
      dependencies: {
        engine: engineState,
        ...(beats === undefined ? {} : { control_plane: { ok: beats.ok, detail: beats.detail } }),
      },
      pipelines: [...(this.#loop?.running() ?? [])],
    };
  }

  #status(engineOk: boolean): ContainerHealth["status"] {
    if (this.#phase === "draining" || this.#phase === "stopped") return "draining";
    if (this.#phase === "failed") return "unhealthy";
    if (this.#phase !== "ready") return "starting";
    if (!engineOk) return "unhealthy";
    return this.#slots.running() >= this.#slots.total ? "busy" : "ok";
  }
}
