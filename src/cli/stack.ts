import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Lock, takeLock } from "../db/embedded/lock.ts";
import { birthOf } from "../db/embedded/processes.ts";
import { AppError } from "../errors/app-error.ts";
import { pause } from "../worker/signals.ts";

/** Who runs the stack of a state folder; kept in `<stateDir>/stack.json` while it answers. */
export interface StackRecord {
  readonly pid: number;
  /** When the process was born: a pid alone is used again. null where the system does not say. */
  readonly startToken: string | null;
  readonly url: string;
  readonly bootId: string;
  /** `up` stays until it is stopped; `run` only as long as its own documents take. */
  readonly command: "up" | "run";
}

/** What this module needs of a started stack. */
export interface StartedStack {
  readonly url: string;
  stop(): Promise<void>;
}

export interface AttachOptions<T extends StartedStack> {
  readonly stateDir: string;
  readonly command: StackRecord["command"];
  readonly start: () => Promise<T>;
  /** Whether a stack answers at this address. */
  readonly isAnswering: (url: string) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** Said once when another process has to be waited for. */
  readonly onWait?: (sentence: string) => void;
  /** How long another process is waited for. */
  readonly patienceMs?: number;
  /** Whether this record's stack may be used; `up` does not settle for one that ends soon. */
  readonly accepts?: (record: StackRecord) => boolean;
}

export type Attachment<T extends StartedStack> =
  | { readonly owned: false; readonly record: StackRecord }
  | {
      readonly owned: true;
      readonly stack: T;
      /** Stops the stack, then lets the next process own one. Safe to call twice. */
      release(): Promise<void>;
    };

const stepMs = 100;
const defaultPatienceMs = 120_000;

const recordFile = (stateDir: string): string => join(stateDir, "stack.json");

/**
 * The stack of a state folder: the one that runs, or a new one of this process. Of several processes
 * that ask at once one starts it and the others use it. Throws SERVER_UNREACHABLE when another
 * process holds the folder and never answers, and what `start` throws.
 */
export async function attachStack<T extends StartedStack>(
  options: AttachOptions<T>,
): Promise<Attachment<T>> {
  const { stateDir, signal, accepts = () => true } = options;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  let waitedMs = 0;
  for (;;) {
    signal.throwIfAborted();
    const record = await findStack(stateDir);
    if (record !== null && accepts(record) && (await options.isAnswering(record.url))) {
      return { owned: false, record };
    }
    const lock = await takeLock(join(stateDir, "stack.lock"));
    if ("release" in lock) return own(options, lock);
    // One that is used by somebody who finishes first may take as long as it takes.
    const isBusy = record !== null && !accepts(record);
    const patienceMs = options.patienceMs ?? defaultPatienceMs;
    if (!isBusy && waitedMs >= patienceMs) throw held(lock.heldBy, patienceMs);
    if (waitedMs === 10 * stepMs) options.onWait?.(waitSentence(lock.heldBy, isBusy));
    await pause(stepMs, signal);
    waitedMs += stepMs;
  }
}

/** The record of a process that lives, or null. Whether it answers is another question. */
export async function findStack(stateDir: string): Promise<StackRecord | null> {
  const record = parseRecord(await readFile(recordFile(stateDir), "utf8").catch(() => ""));
  if (record === null) return null;
  const birth = await birthOf(record.pid);
  if (birth === null) return null;
  return record.startToken === null || record.startToken === birth ? record : null;
}

async function own<T extends StartedStack>(
  options: AttachOptions<T>,
  lock: Lock,
): Promise<Attachment<T>> {
  const { stateDir, command } = options;
  let stack: T;
  try {
    stack = await options.start();
  } catch (error) {
    await lock.release();
    throw error;
  }
  let released: Promise<void> | null = null;
  const release = async (): Promise<void> => {
    // First the record: nobody new may come while it stops.
    await rm(recordFile(stateDir), { force: true });
    try {
      await stack.stop();
    } finally {
      await lock.release();
    }
  };
  const attachment: Attachment<T> = {
    owned: true,
    stack,
    release: () => {
      released ??= release();
      return released;
    },
  };
  try {
    const startToken = await birthOf(process.pid);
    const bootId = randomUUID();
    await writeRecord(stateDir, {
      pid: process.pid,
      startToken,
      url: stack.url,
      bootId,
      command,
    });
  } catch (error) {
    await attachment.release();
    throw error;
  }
  return attachment;
}

/** Appears whole: a reader never sees half a record. */
async function writeRecord(stateDir: string, record: StackRecord): Promise<void> {
  const draft = `${recordFile(stateDir)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(draft, recordFile(stateDir));
}

function parseRecord(text: string): StackRecord | null {
  try {
    const record = JSON.parse(text) as Partial<StackRecord> | null;
    const isWhole = typeof record?.pid === "number" && typeof record.url === "string";
    return isWhole ? (record as StackRecord) : null;
  } catch {
    return null;
  }
}

const held = (pid: number, patienceMs: number): AppError =>
  new AppError(
    "SERVER_UNREACHABLE",
    `Process ${pid} holds this folder's state and has not answered for ${Math.round(patienceMs / 1000)} s.`,
  );

const waitSentence = (pid: number, isBusy: boolean): string =>
  isBusy
    ? `Process ${pid} is running documents here; starting when it has finished ...`
    : `Process ${pid} is starting or stopping Pilotlight here; waiting for it ...`;
