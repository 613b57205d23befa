import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { AppError } from "../../errors/app-error.ts";
import type { ReplicaExit, ReplicaSighting, ReplicaSpec } from "../provider.ts";
import { LogFile } from "./log-file.ts";
import type { ModelSlots } from "./model-slots.ts";
import { sendSignal } from "./process-group.ts";

export interface ContainerOptions {
  readonly spec: ReplicaSpec;
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly logBytesMax: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  readonly startedAtMs: number;
  /** Where it may ask for a call to the shared model server; null: it does not share one. */
  readonly modelSlots: ModelSlots | null;
  /** It runs, or it is stopping. Its end is told by `ended`. */
  readonly onChange: () => void;
}

/**
 * One container as a child process, leader of a process group of its own: a Ctrl-C in the terminal
 * does not reach it, and what it started can be killed with it. It holds an IPC channel whose end
 * tells it that this process has died.
 */
export class Container {
  readonly spec: ReplicaSpec;
  /** Settles once the process and its group are gone; never rejects. */
  readonly ended: Promise<void>;
  readonly #options: ContainerOptions;
  readonly #child: ChildProcess;
  readonly #log: LogFile;
  #state: ReplicaSighting["state"] = "starting";
  #exit: ReplicaExit | null = null;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(options: ContainerOptions) {
    this.spec = options.spec;
    this.#options = options;
    this.#log = new LogFile(options.logFile, options.logBytesMax);
    this.#child = this.#fork();
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#log.write(chunk));
    this.#child.stderr?.on("data", (chunk: Buffer) => this.#log.write(chunk));
    options.modelSlots?.serve(this.#child);
    this.ended = this.#watch();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get state(): ReplicaSighting["state"] {
    return this.#state;
  }

  /** Resolves when the process exists. Throws REPLICA_START_FAILED when it could not be made. */
  async started(): Promise<void> {
    if (this.#child.pid === undefined) {
      await this.ended;
      throw startFailed(this.spec.name, this.#exit?.logTail ?? "no process");
    }
    // A stop may have come in between: its state must not be overwritten.
    if (this.#state !== "starting") return;
    this.#state = "running";
    this.#options.onChange();
  }

  /** Asks it to end, and kills the whole group when it has not after the grace. Safe to repeat. */
  stop(): void {
    const { pid } = this.#child;
    if (this.#state === "stopping" || this.#state === "exited" || pid === undefined) return;
    this.#state = "stopping";
    // Only the container itself: its PDF readers must live on while it drains.
    sendSignal(pid, "SIGTERM");
    this.#killTimer = setTimeout(() => sendSignal(-pid, "SIGKILL"), this.#options.graceMs);
    this.#options.onChange();
  }

  sighting(): ReplicaSighting {
    const { name, installation, pool, replica } = this.spec;
    return {
      name,
      installation,
      pool,
      replica,
      state: this.#state,
      phase: null,
      trouble: null,
      providerRef: String(this.#child.pid ?? "none"),
      startedAtMs: this.#options.startedAtMs,
      machine: null,
      exit: this.#exit,
    };
  }

  #fork(): ChildProcess {
    try {
      return fork(this.#options.entry.file, [], {
        execArgv: [...this.#options.entry.execArgv],
        env: { ...this.#options.env },
        detached: true,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
    } catch (error) {
      this.#log.close();
      throw startFailed(this.spec.name, String(error), { cause: error });
    }
  }

  async #watch(): Promise<void> {
    const { code, signal } = await endOf(this.#child, (reason) => {
      this.#log.write(Buffer.from(`${reason}\n`));
    });
    clearTimeout(this.#killTimer);
    // The rest of its group goes with it; that also closes the pipes they may have inherited.
    if (this.#child.pid !== undefined) sendSignal(-this.#child.pid, "SIGKILL");
    await this.#drained();
    this.#exit = { code, signal, logTail: this.#log.tail() };
    this.#state = "exited";
    this.#log.close();
  }

  /** The last words: waits until the pipes are read to their end. */
  async #drained(): Promise<void> {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null || stream.closed) continue;
      // A grandchild outside the group may hold the pipe open for as long as it likes.
      const limit = setTimeout(() => stream.destroy(), 1_000);
      await once(stream, "close").catch(() => undefined);
      clearTimeout(limit);
    }
  }
}

const startFailed = (name: string, reason: string, options?: ErrorOptions): AppError =>
  new AppError("REPLICA_START_FAILED", `${name}: ${reason}`, options);

/**
 * How it ended. An `error` means the end only when there never was a process: later ones are about
 * its channel, and the process may well live on.
 */
function endOf(
  child: ChildProcess,
  onError: (reason: string) => void,
): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", (error) => {
      onError(String(error));
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
}
