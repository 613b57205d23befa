import { type ChildProcess, fork } from "node:child_process";
import { AppError } from "../errors/app-error.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { childEntry } from "../lib/entry.ts";
import { watchMemory } from "./memory.ts";
import type { ReaderReply, ReaderRequest } from "./messages.ts";

/** Time for the process to load PDFium. A busy machine is no fault of the document. */
const startMs = 60_000;

/** Longest time to make a reader as new. */
const renewMs = 2_000;
/** A reader that holds more after that is not used again: the next document has its own limit to pass. */
const restingBytesMax = 300_000_000;

/** Limits of one call, and how its failures are told. */
export interface CallLimits {
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Begins sentences of details: `Page 3`. */
  readonly what: string;
  /** The code when the process dies or uses too much memory. */
  readonly deathCode: ErrorCode;
}

type Without<T> = T extends unknown ? Omit<T, "id"> : never;
export type Call = Without<ReaderRequest>;

interface Waiting {
  settle(reply: ReaderReply): void;
  died(): void;
}

/**
 * One reader process: no secrets in its environment, watched for memory, killed on any fault.
 * It answers one call at a time. After `isDead` a new one is needed.
 */
export class ReaderProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly memoryBytesMax: number;
  #stopWatch: () => void = () => {};
  #waiting: Waiting | null = null;
  #lastId = 0;
  #dead = false;
  #overMemory = false;

  private constructor(memoryBytesMax: number) {
    const entry = childEntry(import.meta.url, "./child");
    this.memoryBytesMax = memoryBytesMax;
    this.#child = fork(entry.file, [], {
      execArgv: [...entry.execArgv, "--max-old-space-size=512", "--expose-gc"],
      // It reads files of strangers, so it gets nothing of our environment.
      env: {},
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      // A process that never came up has no exit.
      this.#child.on("error", () => this.#child.pid === undefined && resolve());
    });
    this.#child.on("message", (reply) => this.#waiting?.settle(reply as ReaderReply));
    this.#watch();
    void this.#exited.then(() => this.#bury());
  }

  /** @throws AppError INTERNAL when the process does not come up. */
  static async start(memoryBytesMax: number, signal?: AbortSignal): Promise<ReaderProcess> {
    const reader = new ReaderProcess(memoryBytesMax);
    const limits = { limitMs: startMs, signal, what: "The reader", deathCode: "INTERNAL" } as const;
    try {
      await reader.#wait(0, limits, () => {});
      return reader;
    } catch (error) {
      await reader.kill();
      if (signal?.aborted) throw error;
      throw new AppError("INTERNAL", "The PDF reader did not start.", { cause: error });
    }
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /**
   * One call. The process is killed when the call passes its limit, is aborted, or breaks the reader.
   * @throws AppError PDF_TIMEOUT, `deathCode`, or what the reader says; the signal's reason when aborted
   */
  async call<T>(request: Call, limits: CallLimits): Promise<T> {
    const id = ++this.#lastId;
    const reply = await this.#wait(id, limits, () => {
      this.#child.send({ ...request, id }, (error) => error !== null && this.#waiting?.died());
    });
    if (reply.kind === "value") return reply.value as T;
    if (reply.kind === "ready") throw new AppError("INTERNAL", "The PDF reader started twice.");
    if (reply.broken) await this.kill();
    throw new AppError(reply.code, detailOf(limits.what, reply.detail));
  }

  /** Makes it as new for another document: a fresh memory of PDFium. false: it was ended instead. */
  async renew(): Promise<boolean> {
    if (this.#dead) return false;
    const limits = { limitMs: renewMs, what: "The reader", deathCode: "INTERNAL" } as const;
    const bytes = await this.call<number>({ kind: "renew" }, limits).catch(() => restingBytesMax);
    if (bytes < restingBytesMax) return true;
    await this.kill();
    return false;
  }

  /** While it waits for a document it keeps nobody from ending: it ends with its parent. */
  rest(): void {
    this.#stopWatch();
    this.#child.unref();
    this.#child.channel?.unref();
  }

  wake(): void {
    this.#child.ref();
    this.#child.channel?.ref();
    this.#watch();
  }

  #watch(): void {
    this.#stopWatch = watchMemory(this.#child.pid, this.memoryBytesMax, () => {
      this.#overMemory = true;
      this.#child.kill("SIGKILL");
    });
  }

  /** Ends the process and waits until it is gone. May be called again. */
  async kill(): Promise<void> {
    this.#dead = true;
    // One that rests would not keep us here until it is gone.
    this.#child.ref();
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #wait(id: number, limits: CallLimits, send: () => void): Promise<ReaderReply> {
    const { signal, what } = limits;
    signal?.throwIfAborted();
    if (this.#dead) throw this.#deathError(limits);
    let timer: NodeJS.Timeout | undefined;
    let onAbort = (): void => {};
    try {
      return await new Promise<ReaderReply>((resolve, reject) => {
        const died = (): void => reject(this.#deathError(limits));
        const settle = (reply: ReaderReply): void => {
          if (reply.kind === "ready" ? id === 0 : reply.id === id) resolve(reply);
        };
        this.#waiting = { settle, died };
        onAbort = () => reject(signal?.reason);
        signal?.addEventListener("abort", onAbort, { once: true });
        const seconds = Math.round(limits.limitMs / 100) / 10;
        timer = setTimeout(
          () => reject(new AppError("PDF_TIMEOUT", `${what} took longer than ${seconds} s.`)),
          limits.limitMs,
        );
        send();
      });
    } catch (error) {
      await this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#waiting = null;
    }
  }

  #deathError({ what, deathCode }: CallLimits): AppError {
    const megabytes = Math.round(this.memoryBytesMax / 1e6);
    return this.#overMemory
      ? new AppError(deathCode, `${what} needed more than ${megabytes} MB of memory.`)
      : new AppError(deathCode, `${what} ended the reader.`);
  }

  #bury(): void {
    this.#dead = true;
    this.#stopWatch();
    this.#waiting?.died();
  }
}

const detailOf = (what: string, detail: string | null): string | undefined =>
  detail === null ? undefined : what === "" ? detail : `${what}: ${detail}`;
