import { ReaderProcess } from "./reader-process.ts";

/** Where the reader of a document comes from and goes to. */
export interface ReaderSource {
  /** A reader that has seen no document. @throws AppError INTERNAL; the reason when aborted */
  take(memoryBytesMax: number, signal?: AbortSignal): Promise<ReaderProcess>;
  giveBack(reader: ReaderProcess): Promise<void>;
}

/** A process for each document, ended after it. */
export const processEach: ReaderSource = {
  take: (memoryBytesMax, signal) => ReaderProcess.start(memoryBytesMax, signal),
  giveBack: (reader) => reader.kill(),
};

/** Readers that wait for the next document. Whoever made them closes them. */
export interface PdfReaders extends ReaderSource {
  close(): Promise<void>;
}

export interface PdfReadersOptions {
  /** Processes that may wait. */
  readonly restingMax: number;
  /** How long one waits. */
  readonly restingMs: number;
}

const usual: PdfReadersOptions = { restingMax: 2, restingMs: 30_000 };

interface Resting {
  readonly memoryBytesMax: number;
  /** null: it could not be made as new, and is gone. */
  readonly reader: Promise<ReaderProcess | null>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Keeps processes for the next document, with PDFium's compiled code and a memory of their own that no document
 * has touched. One that had a fault, or still holds much, is ended and never used again.
 */
export function createPdfReaders({ restingMax, restingMs } = usual): PdfReaders {
  const resting = new Set<Resting>();
  let isClosed = false;
  const remove = (one: Resting): boolean => {
    clearTimeout(one.timer);
    return resting.delete(one);
  };
  const end = async (one: Resting): Promise<void> => {
    if (remove(one)) await (await one.reader)?.kill();
  };
  return {
    async take(memoryBytesMax, signal) {
      for (const one of resting) {
        if (one.memoryBytesMax !== memoryBytesMax) continue;
        remove(one);
        const reader = await one.reader;
        if (reader === null || reader.isDead) continue;
        reader.wake();
        return reader;
      }
      return ReaderProcess.start(memoryBytesMax, signal);
    },
    async giveBack(reader) {
      if (isClosed || reader.isDead || resting.size >= restingMax) return reader.kill();
      const one: Resting = {
        memoryBytesMax: reader.memoryBytesMax,
        reader: renewed(reader),
        timer: setTimeout(() => void end(one), restingMs).unref(),
      };
      resting.add(one);
    },
    async close() {
      isClosed = true;
      await Promise.all([...resting].map(end));
    },
  };
}

async function renewed(reader: ReaderProcess): Promise<ReaderProcess | null> {
  if (!(await reader.renew())) return null;
  reader.rest();
  return reader;
}
