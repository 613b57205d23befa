import { createHash } from "node:crypto";
import { AppError } from "../../../errors/app-error.ts";
import { linesOf, mergeReadings, type OcrLine } from "./ocr-lines.ts";
import { preparePictures } from "./ocr-picture.ts";
import { type OcrThread, startOcrThread } from "./ocr-thread.ts";

export interface Ocr {
  /**
   * Lines read from a page's JPEG, boxes as fractions of the page.
   * Throws AppError OCR_FAILED when the recognizer fails or passes its limit; the next call starts
   * a fresh one. An aborted signal throws its reason.
   */
  read(jpeg: Buffer, signal: AbortSignal): Promise<readonly OcrLine[]>;
  /** Ends the thread. Safe to repeat; a later `read` is refused. */
  close(): Promise<void>;
}

export interface OcrOptions {
  /** Limit for one page, in milliseconds. */
  readonly pageMs: number;
  /** Limit for starting the recognizer, in milliseconds. */
  readonly startMs: number;
  /** Readings kept by the hash of their picture: both tasks look at the same page. */
  readonly keptMax: number;
  readonly start?: (signal: AbortSignal) => Promise<OcrThread>;
}

async function within<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AppError("OCR_FAILED", `${what} took longer than ${limitMs / 1000} s.`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function readPage(thread: OcrThread, jpeg: Buffer): Promise<OcrLine[]> {
  const { plain, levelled } = await preparePictures(jpeg);
  const first = linesOf(await thread.recognize(plain.pnm, "page"), plain.width, plain.height);
  if (!levelled) return first;
  const second = linesOf(
    await thread.recognize(levelled.pnm, "sparse"),
    levelled.width,
    levelled.height,
  );
  return mergeReadings(first, second);
}

interface Running {
  readonly thread: Promise<OcrThread>;
  readonly stop: AbortController;
}

/** One recognizer, one page at a time; the thread is started at the first page that needs it. */
export function createOcr(options: OcrOptions): Ocr {
  const start = options.start ?? startOcrThread;
  const kept = new Map<string, readonly OcrLine[]>();
  let running: Running | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const drop = async (): Promise<void> => {
    const old = running;
    running = undefined;
    old?.stop.abort();
    // A start that was cut off rejects, and has ended its thread by itself.
    await old?.thread.then((thread) => thread.end()).catch(() => {});
  };

  const up = (): Promise<OcrThread> => {
    if (!running) {
      const stop = new AbortController();
      running = { stop, thread: start(stop.signal) };
    }
    return running.thread;
  };

  const attempt = async (jpeg: Buffer, signal: AbortSignal): Promise<readonly OcrLine[]> => {
    signal.throwIfAborted();
    if (closed) throw new AppError("OCR_FAILED", "The reader is closed.");
    try {
      const thread = await within(up(), options.startMs, "Starting the reader");
      return await within(readPage(thread, jpeg), options.pageMs, "Reading a page");
    } catch (error) {
      void drop();
      if (error instanceof AppError) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      throw new AppError("OCR_FAILED", detail, { cause: error });
    }
  };

  const remember = (key: string, lines: readonly OcrLine[]): void => {
    kept.delete(key);
    kept.set(key, lines);
    for (const oldest of kept.keys()) {
      if (kept.size <= options.keptMax) break;
      kept.delete(oldest);
    }
  };

  return {
    async read(jpeg, signal) {
      const key = createHash("sha256").update(jpeg).digest("base64");
      const turn = queue.then(async () => {
        const known = kept.get(key);
        const lines = known ?? (await attempt(jpeg, signal));
        remember(key, lines);
        return lines;
      });
      queue = turn.catch(() => {});
      return turn;
    },
    async close() {
      closed = true;
      kept.clear();
      await drop();
    },
  };
}
