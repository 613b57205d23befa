import type { FastifyInstance } from "fastify";
import type { Phase } from "../contract/fleet.ts";
import {
  type ContainerHealth,
  type HeartbeatBody,
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
import { createResultShelf, type ResultShelf } from "./api/result-shelf.ts";
import { attempt } from "./attempt.ts";
import { createContainerApi } from "./container-api.ts";
import { type ControlClient, createControlClient } from "./control-client.ts";
import { createDocumentStore, type DocumentStore, type OpenPdf } from "./document-store.ts";
import type { Engine, EngineProgress } from "./engines/engine.ts";
import { readHealth } from "./health.ts";
import { type Heartbeats, startHeartbeats } from "./heartbeats.ts";
import type { LogLines } from "./log-lines.ts";
import { type LogShipper, startLogShipper } from "./log-shipper.ts";
import { readerOf } from "./reader.ts";
import { featuresOf, type Settings } from "./settings.ts";
import { pause, raised } from "./signals.ts";
import { createSlots, type Slots } from "./slots.ts";
import { createTaskLoop, type TaskLoop } from "./task-loop.ts";
import { createVisualResults, type VisualResults } from "./visual-results.ts";

export interface ContainerParts {
  readonly settings: Settings;
  readonly engine: Engine;
  readonly openPdf: OpenPdf;
  /** The part of the built-in pack for a task: for requests that bring no lease. */
  readonly taskPack: (task: string) => Promise<TaskPack>;
  readonly workDir: string;
  /** Of the code that reads pages; absent: not known. */
  readonly codeDigest?: string;
  /** Its version; null: not installed. */
  readonly poppler?: string | null;
  /** Drawn fresh at each start of the process. */
  readonly bootId: string;
  readonly pid: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What the log has said, for the control plane. */
  readonly logLines: LogLines;
}

export interface Container {
  /** Address of its own API. */
  readonly url: string;
  /** Resolves with the exit code once everything has ended: 0 drained, 1 could not start. */
  readonly ended: Promise<number>;
  /**
   * Takes no new pipeline, finishes those it holds, gives back what is left after `limitMs` (default: the
   * setting), then ends. Called again, it can only bring the limit nearer.
   */
  drain(why: string, limitMs?: number): void;
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

class RunningContainer implements Container {
  url = "";
  readonly ended: Promise<number>;
  readonly #parts: ContainerParts;
  readonly #slots: Slots;
  readonly #documents: DocumentStore;
  readonly #control: ControlClient | null;
  readonly #visualResults: VisualResults;
  readonly #shelf: ResultShelf = createResultShelf();
  readonly #requests: ApiRequests;
  readonly #loop: TaskLoop | null;
  /** Raised when boot must stop; then, at the very end, when every call must. */
  readonly #boot = new AbortController();
  readonly #life = new AbortController();
  #app: FastifyInstance | null = null;
  #heartbeats: Heartbeats | null = null;
  #shipper: LogShipper | null = null;
  #phase: Phase = "booting";
  #phaseSinceMs: number;
  #note: string | null = null;
  #bytes: EngineProgress["bytes"] = null;
  #ending = false;
  /** Raised by whoever ends the machine itself. Until then a provider may start an ended container anew. */
  readonly #mayEnd = new AbortController();
  /** When a drain must have given everything back. */
  #drainByMs = Number.POSITIVE_INFINITY;
  #end: (code: number) => void = () => undefined;

  constructor(parts: ContainerParts) {
    const { settings, workDir, openPdf, random, log } = parts;
    this.#parts = parts;
    this.#phaseSinceMs = parts.clock.nowMs();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#slots = createSlots(settings.slots);
    this.#documents = createDocumentStore({ workDir, openPdf, log });
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
      shelf: this.#shelf,
      control: this.#control,
      health: () => this.#health(),
      life: this.#life.signal,
      log,
    });
    this.url = await this.#app.listen({ host, port });
    log.info({ url: this.url, pool: settings.pool, engine: engine.ref }, "listening");
    void this.#start();
  }

  drain(why: string, limitMs = this.#parts.settings.drainMs, mayStay = false): void {
    if (!mayStay || !this.#parts.settings.staysAfterDrain) this.#mayEnd.abort();
    const byMs = this.#parts.clock.nowMs() + limitMs;
    // The control plane repeats itself, and so may a provider: the first limit holds unless another is nearer.
    if (byMs >= this.#drainByMs) return;
    this.#drainByMs = byMs;
    this.#parts.log.info({ why, limitSeconds: limitMs / 1000 }, "draining");
    if (this.#ending) {
      void this.#loop?.drain(limitMs);
      void this.#requests.drain(limitMs);
      return;
    }
    this.#ending = true;
    void this.#close(0, limitMs);
  }

  kill(): void {
    this.#ending = true;
    this.#mayEnd.abort();
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
      await engine.load((progress) => {
        this.#enter(progress.phase, progress.note, progress.bytes);
      }, this.#boot.signal);
      this.#boot.signal.throwIfAborted();
      this.#enter("ready", null);
      this.#loop?.start();
    } catch (error) {
      if (this.#ending) return;
      this.#ending = true;
      const { code, detail } = failureOf(error);
      log.error({ err: error }, "the container could not start");
      this.#enter("failed", detail === null ? code : `${code}: ${detail}`);
      await this.#close(1, 0);
    }
  }

  /** Everything that was opened is closed, each in its turn and none without end. */
  async #close(code: 0 | 1, limitMs: number): Promise<void> {
    const { engine, log } = this.#parts;
    if (code === 0) this.#enter("draining", null);
    const told = this.#heartbeats?.told(this.#phase);
    this.#boot.abort(new AppError("DRAINING"));
    const steps: [string, () => Promise<unknown> | undefined][] = [
      ["leases", () => this.#loop?.drain(limitMs, told)],
      ["requests", () => this.#requests.drain(limitMs)],
    ];
    const later: typeof steps = [
      ["farewell", () => this.#sayFarewell(code === 0 ? "stopped" : "failed")],
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
    if (code === 0) await raised(this.#mayEnd.signal);
    for (const step of later) await run(step);
    this.#life.abort(new AppError("DRAINING"));
    log.info({ code }, "stopped");
    this.#end(code);
  }

  async #sayFarewell(phase: Phase): Promise<void> {
    await Promise.all([this.#shipper?.close(), this.#heartbeats?.stop(this.#beat(phase))]);
  }

  #enter(phase: Phase, note: string | null, bytes: EngineProgress["bytes"] = null): void {
    const changed = phase !== this.#phase;
    // A late word of the engine must not undo "draining".
    if (this.#ending && !["draining", "failed"].includes(phase)) return;
    this.#phase = phase;
    this.#note = note?.slice(0, 300) ?? null;
    this.#bytes = bytes;
    if (changed) {
      this.#phaseSinceMs = this.#parts.clock.nowMs();
      this.#parts.log.info({ phase, note }, "phase");
    }
    this.#heartbeats?.update(this.#beat(phase), changed);
  }

  #beat(phase: Phase): HeartbeatBody {
    const leases = [...(this.#loop?.held() ?? [])];
    const { bootId } = this.#parts;
    return { bootId, phase, leases, note: this.#note, bytes: this.#bytes ?? null };
  }

  #createControl(): ControlClient | null {
    const { settings, engine, random, log } = this.#parts;
    if (settings.controlUrl === null) return null;
    return createControlClient({
      url: settings.controlUrl,
      registrationToken: settings.registrationToken ?? "",
      describe: () => this.#describe(),
      reader: () => readerOf({ codeDigest: null, poppler: null, ...this.#parts }, engine),
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
    const { settings, log, logLines } = this.#parts;
    this.#shipper = startLogShipper({
      lines: logLines,
      send: async (lines) => this.#control?.sendLogs(lines, this.#life.signal),
    });
    this.#heartbeats = startHeartbeats({
      url,
      who,
      everyMs: who.heartbeatSeconds * 1000,
      body: this.#beat(this.#phase),
      log,
      onDrain: (seconds) =>
        this.drain(
          "asked by the control plane",
          seconds === null ? settings.askedDrainMs : seconds * 1000,
          true,
        ),
      onLost: (leases) => this.#loop?.lose(leases),
      onForgotten: (files) => this.#forget(files),
      onUnknown: (id) => void this.#registerAgain(id),
    });
  }

  #forget(files: readonly { readonly workspace: string; readonly sha256: string }[]): void {
    this.#visualResults.forget(files);
    this.#shelf.forget(files.map(({ sha256 }) => sha256));
    // It knows pictures, not documents: all that it keeps goes.
    this.#parts.engine.forget?.();
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
      ...(settings.run === null ? {} : { run: settings.run }),
      containerId: settings.containerId,
      features: [...featuresOf(settings.pool, engine.ref)],
      limits: { slots: settings.slots, maxConcurrentPipelines: settings.maxPipelines },
      coordinationUrl: settings.coordinationUrl ?? this.url,
      engine: engine.ref,
      gpu: settings.gpu,
      pid,
    };
  }

  #health(): Promise<ContainerHealth> {
    const { settings, engine, random } = this.#parts;
    return readHealth({
      settings,
      engine,
      slots: this.#slots,
      phase: this.#phase,
      phaseSinceMs: this.#phaseSinceMs,
      note: this.#note,
      controlPlane: this.#heartbeats?.state() ?? null,
      running: this.#loop?.running() ?? [],
      life: this.#life.signal,
      random,
    });
  }
}
