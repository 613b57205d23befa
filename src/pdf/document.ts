import { AppError } from "../errors/app-error.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { pixelSize } from "./draw.ts";
import { defaultPdfLimits } from "./limits.ts";
import type { Lock, Opened, PageSize } from "./messages.ts";
import { drawByPoppler } from "./poppler.ts";
import { preflight } from "./preflight.ts";
import type { CallLimits, ReaderProcess } from "./reader-process.ts";
import { processEach, type ReaderSource } from "./readers.ts";
import type { PageFacts, PdfDocument, PdfLimits, RenderedPage } from "./types.ts";
import { unreadFacts } from "./unread-facts.ts";

/** One odd character may be an ornament; more are words. */
const undrawnMin = 2;
const noSize: PageSize = { width: 0, height: 0 };
/** Faults of the renderer, not of the request. */
const fallbackCodes: ReadonlySet<ErrorCode> = new Set(["RENDER_FAILED", "PDF_TIMEOUT"]);

export interface OpenOptions {
  /** Ends the opening; later calls have signals of their own. */
  readonly signal?: AbortSignal;
  /** Absent: a process for this document alone. */
  readonly readers?: ReaderSource | undefined;
}

/**
 * Opens a PDF in a process that holds no other. Whoever opens it must `close` it.
 * @throws AppError DOCUMENT_UNAVAILABLE, EMPTY_FILE, FILE_TOO_LARGE, NOT_A_PDF, PDF_ENCRYPTED, PDF_DAMAGED,
 *   PDF_NO_PAGES, PDF_TOO_MANY_PAGES, PAGE_TOO_LARGE, PDF_TIMEOUT, PDF_CRASHED; the reason when aborted
 */
export async function openPdf(
  file: string,
  limits: PdfLimits = defaultPdfLimits,
  options: OpenOptions = {},
): Promise<PdfDocument> {
  options.signal?.throwIfAborted();
  await preflight(file, limits);
  const { signal, readers = processEach } = options;
  const { reader, opened } = await openReader(readers, { file, limits, signal });
  return new Document({ file, limits, readers, opened }, reader);
}

interface Opening {
  readonly file: string;
  readonly limits: PdfLimits;
  readonly signal: AbortSignal | undefined;
  readonly lock?: Lock;
}

/** A reader that has opened the file. Whoever asks for it gives it back, or kills it. */
export async function openReader(
  readers: ReaderSource,
  { file, limits, signal, lock }: Opening,
): Promise<{ reader: ReaderProcess; opened: Opened }> {
  const reader = await readers.take(limits.memoryBytesMax, signal);
  try {
    const opened = await reader.call<Opened>(
      { kind: "open", file, limits, lock },
      { limitMs: limits.openMs, signal, what: "Opening", deathCode: "PDF_CRASHED" },
    );
    return { reader, opened };
  } catch (error) {
    await readers.giveBack(reader);
    throw error;
  }
}

interface DocumentParts {
  readonly file: string;
  readonly limits: PdfLimits;
  readonly readers: ReaderSource;
  readonly opened: Opened;
}

class Document implements PdfDocument {
  readonly pages: number;
  readonly #file: string;
  readonly #limits: PdfLimits;
  readonly #readers: ReaderSource;
  readonly #closing = new AbortController();
  #reader: ReaderProcess;
  readonly #sizes: readonly PageSize[];
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ file, limits, readers, opened }: DocumentParts, reader: ReaderProcess) {
    this.#readers = readers;
    this.#file = file;
    this.#limits = limits;
    this.#reader = reader;
    this.pages = opened.pages;
    this.#sizes = opened.sizes;
  }

  render(page: number, longEdgePixels: number, signal?: AbortSignal): Promise<RenderedPage> {
    return this.#queued(signal, (either) => this.#render(page, longEdgePixels, either));
  }

  read(page: number, signal?: AbortSignal): Promise<PageFacts> {
    return this.#queued(signal, async (either) => {
      this.#check(page, either);
      const reader = await this.#freshReader(either);
      return reader.call<PageFacts>({ kind: "read", page }, this.#callLimits(page, either));
    });
  }

  #queued<T>(
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const either = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    const work = this.#queue.then(() => run(either));
    this.#queue = work.catch(() => {});
    return work;
  }

  #check(page: number, signal: AbortSignal): void {
    signal.throwIfAborted();
    if (!Number.isInteger(page) || page < 1 || page > this.pages) {
      throw new AppError("RENDER_FAILED", `There is no page ${page}.`);
    }
  }

  #callLimits(page: number, signal: AbortSignal): CallLimits {
    const limitMs = this.#limits.pageMs;
    return { limitMs, signal, what: `Page ${page}`, deathCode: "RENDER_FAILED" };
  }

  async close(): Promise<void> {
    this.#closing.abort(new AppError("RENDER_FAILED", "The document was closed."));
    await this.#queue;
    await this.#readers.giveBack(this.#reader);
  }

  async #render(page: number, longEdgePixels: number, signal: AbortSignal): Promise<RenderedPage> {
    this.#check(page, signal);
    if (!(longEdgePixels >= 1)) throw new AppError("RENDER_FAILED", "The size must be 1 or more.");
    try {
      const drawn = await this.#draw(page, longEdgePixels, signal);
      if (drawn.facts.undrawn < undrawnMin) return drawn;
      return (await this.#fallBack(page, longEdgePixels, drawn.facts, signal)) ?? drawn;
    } catch (error) {
      const { width: widthPoints, height: heightPoints } = this.#sizes[page - 1] ?? noSize;
      const isFault = error instanceof AppError && fallbackCodes.has(error.code);
      if (signal.aborted || !isFault || widthPoints <= 0 || heightPoints <= 0) throw error;
      const facts = unreadFacts({ page, widthPoints, heightPoints });
      const drawn = await this.#fallBack(page, longEdgePixels, facts, signal);
      if (drawn === null) throw error;
      return drawn;
    }
  }

  async #draw(page: number, longEdgePixels: number, signal: AbortSignal): Promise<RenderedPage> {
    const reader = await this.#freshReader(signal);
    const rendered = await reader.call<RenderedPage>(
      { kind: "render", page, longEdgePixels, limits: this.#limits },
      this.#callLimits(page, signal),
    );
    // Bytes cross the process border as a plain array view.
    return { ...rendered, jpeg: Buffer.from(rendered.jpeg) };
  }

  /** The same page drawn by poppler; null where it is not installed or fails too. */
  async #fallBack(
    page: number,
    longEdgePixels: number,
    facts: PageFacts,
    signal: AbortSignal,
  ): Promise<RenderedPage | null> {
    const { pixelsMax, fallbackMs: limitMs, memoryBytesMax } = this.#limits;
    if (limitMs === 0) return null;
    const { widthPoints, heightPoints } = facts;
    const { width, height } = pixelSize(widthPoints, heightPoints, longEdgePixels, pixelsMax);
    const size = { widthPixels: width, heightPixels: height };
    const file = this.#file;
    const jpeg = await drawByPoppler({ file, page, ...size, limitMs, memoryBytesMax, signal });
    return jpeg && { page, jpeg, ...size, facts, drawnBy: "poppler" };
  }

  async #freshReader(signal: AbortSignal): Promise<ReaderProcess> {
    if (this.#reader.isDead) {
      const again = { file: this.#file, limits: this.#limits, signal };
      this.#reader = (await openReader(this.#readers, again)).reader;
    }
    return this.#reader;
  }
}
