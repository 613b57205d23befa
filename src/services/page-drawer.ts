import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline as pipe } from "node:stream/promises";
import { documentKey, pageKey } from "../blobs/blobs.ts";
import { AppError } from "../errors/app-error.ts";
import { openPdf, type PdfDocument, type PdfLimits, type ReaderSource } from "../pdf/index.ts";
import type { ServiceContext } from "./context.ts";
import { pageWidth } from "./leases.ts";

export interface PageDrawerOptions {
  readonly tempDir: string;
  readonly limits: PdfLimits;
  readonly readers?: ReaderSource;
  /** Pages that may wait at once. */
  readonly waitingMax: number;
  /** Longest time from the question to the picture. */
  readonly drawMsMax: number;
}

/** Draws pages for whoever looks at a document, one at a time. */
export interface PageDrawer {
  /**
   * The page at 1280 pixels (JPEG), now stored. undefined: the document's file is not here.
   * @throws AppError PAGES_BUSY, and what `openPdf` and `render` throw
   */
  draw(document: DrawnDocument, page: number): Promise<Buffer | undefined>;
  /** Ends what runs; everything that waits fails. */
  close(): Promise<void>;
}

export interface DrawnDocument {
  readonly workspace: string;
  readonly sha256: string;
}

interface Job {
  readonly document: DrawnDocument;
  readonly page: number;
  readonly signal: AbortSignal;
  readonly settle: (work: Promise<Buffer | undefined>) => void;
}

/** Pages of one document drawn in a row, before others have their turn. */
const rowMax = 20;
/** A page that could not be drawn is not tried again at once: it may cost its whole time limit each time. */
const faultMs = 600_000;
const faultsMax = 500;

export function createPageDrawer(context: ServiceContext, options: PageDrawerOptions): PageDrawer {
  const asked = new Map<string, Promise<Buffer | undefined>>();
  const faults = createFaults(context);
  const waiting: Job[] = [];
  const closing = new AbortController();
  let worker: Promise<void> | null = null;

  const work = async (): Promise<void> => {
    for (let job = waiting[0]; job !== undefined; job = waiting[0]) {
      const { document } = job;
      await drawRow(context, options, document, () => nextOf(waiting, document)).catch((error) =>
        context.log.error({ err: error }, "drawing pages did not end well"),
      );
    }
    worker = null;
  };
  const queue = (document: DrawnDocument, page: number): Promise<Buffer | undefined> => {
    if (waiting.length >= options.waitingMax) throw new AppError("PAGES_BUSY");
    return new Promise((resolve, reject) => {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new AppError("PAGES_BUSY")), options.drawMsMax);
      const signal = AbortSignal.any([late.signal, closing.signal]);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      const settle: Job["settle"] = (drawn) => {
        drawn.then(resolve, reject).finally(() => clearTimeout(timer));
      };
      waiting.push({ document, page, signal, settle });
      worker ??= work();
    });
  };

  return {
    async draw(document, page) {
      const key = pageKey(document.workspace, document.sha256, page, pageWidth);
      faults.check(key);
      let drawing = asked.get(key);
      if (drawing === undefined) {
        drawing = queue(document, page).finally(() => asked.delete(key));
        asked.set(key, drawing);
      }
      return drawing.catch((error) => {
        faults.note(key, error);
        throw error;
      });
    },
    async close() {
      closing.abort(new AppError("SHUTTING_DOWN"));
      await worker;
    },
  };
}

/** The next page of this document that is still wanted. */
function nextOf(waiting: Job[], { workspace, sha256 }: DrawnDocument): Job | undefined {
  const at = waiting.findIndex(
    ({ document }) => document.workspace === workspace && document.sha256 === sha256,
  );
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}

/** Opens the document once for the pages that wait; after a fault the next page opens it again. */
async function drawRow(
  context: ServiceContext,
  options: PageDrawerOptions,
  document: DrawnDocument,
  next: () => Job | undefined,
): Promise<void> {
  const file = join(options.tempDir, `pages-${randomUUID()}.pdf`);
  let pdf: PdfDocument | undefined;
  const drawOne = async ({ page, signal }: Job): Promise<Buffer | undefined> => {
    signal.throwIfAborted();
    const key = pageKey(document.workspace, document.sha256, page, pageWidth);
    const stored = await context.blobs.get(key);
    if (stored !== undefined) return stored;
    if (pdf === undefined) {
      if (!(await fetchFile(context, document, file))) return undefined;
      pdf = await openPdf(file, options.limits, { signal, readers: options.readers });
    }
    const { jpeg } = await pdf.render(page, pageWidth, signal);
    await context.blobs.put(key, jpeg);
    return jpeg;
  };
  try {
    for (let drawn = 0; drawn < rowMax; drawn += 1) {
      const job = next();
      if (job === undefined) return;
      const work = drawOne(job);
      job.settle(work);
      await work.catch(() => undefined);
    }
  } finally {
    await pdf?.close();
    await rm(file, { force: true });
  }
}

/** A copy to open: where blobs are kept is not known here. */
async function fetchFile(
  context: ServiceContext,
  { workspace, sha256 }: DrawnDocument,
  file: string,
): Promise<boolean> {
  const blob = await context.blobs.open(documentKey(workspace, sha256));
  if (blob === undefined) return false;
  await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
  await pipe(blob.stream, createWriteStream(file, { mode: 0o600 }));
  return true;
}

interface Faults {
  /** Throws what was noted. */
  check(key: string): void;
  note(key: string, error: unknown): void;
}

function createFaults({ clock }: ServiceContext): Faults {
  const known = new Map<string, { error: AppError; untilMs: number }>();
  return {
    check(key) {
      const fault = known.get(key);
      if (fault === undefined) return;
      if (clock.nowMs() < fault.untilMs) throw fault.error;
      known.delete(key);
    },
    note(key, error) {
      if (!(error instanceof AppError)) return;
      if (error.code === "PAGES_BUSY" || error.code === "SHUTTING_DOWN") return;
      known.set(key, { error, untilMs: clock.nowMs() + faultMs });
      const [oldest] = known.keys();
      if (known.size > faultsMax && oldest !== undefined) known.delete(oldest);
    },
  };
}
