import { AppError } from "../errors/app-error.ts";
import { defaultPdfLimits } from "./limits.ts";
import type { Opened } from "./messages.ts";
import { preflight } from "./preflight.ts";
import { ReaderProcess } from "./reader-process.ts";
import type { PdfDocument, PdfLimits, RenderedPage } from "./types.ts";

export interface OpenOptions {
  /** Ends the opening; later calls have signals of their own. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a PDF in a process of its own. Whoever opens it must `close` it.
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
  const { reader, pages } = await openReader(file, limits, options.signal);
  return new Document(file, limits, reader, pages);
}

async function openReader(
  file: string,
  limits: PdfLimits,
  signal: AbortSignal | undefined,
): Promise<{ reader: ReaderProcess; pages: number }> {
  const reader = await ReaderProcess.start(limits.memoryBytesMax, signal);
  try {
    const { pages } = await reader.call<Opened>(
      { kind: "open", file, limits },
      { limitMs: limits.openMs, signal, what: "Opening", deathCode: "PDF_CRASHED" },
    );
    return { reader, pages };
  } catch (error) {
    await reader.kill();
    throw error;
  }
}

class Document implements PdfDocument {
  readonly pages: number;
  readonly #file: string;
  readonly #limits: PdfLimits;
  readonly #closing = new AbortController();
  #reader: ReaderProcess;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(file: string, limits: PdfLimits, reader: ReaderProcess, pages: number) {
    this.#file = file;
    this.#limits = limits;
    this.#reader = reader;
    this.pages = pages;
  }

  render(page: number, longEdgePixels: number, signal?: AbortSignal): Promise<RenderedPage> {
    const either = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    const work = this.#queue.then(() => this.#render(page, longEdgePixels, either));
    this.#queue = work.catch(() => {});
    return work;
  }

  async close(): Promise<void> {
    this.#closing.abort(new AppError("RENDER_FAILED", "The document was closed."));
    await this.#queue;
    await this.#reader.kill();
  }

  async #render(page: number, longEdgePixels: number, signal: AbortSignal): Promise<RenderedPage> {
    signal.throwIfAborted();
    if (!Number.isInteger(page) || page < 1 || page > this.pages) {
      throw new AppError("RENDER_FAILED", `There is no page ${page}.`);
    }
    if (!(longEdgePixels >= 1)) throw new AppError("RENDER_FAILED", "The size must be 1 or more.");
    const reader = await this.#freshReader(signal);
    const rendered = await reader.call<RenderedPage>(
      { kind: "render", page, longEdgePixels, limits: this.#limits },
      { limitMs: this.#limits.pageMs, signal, what: `Page ${page}`, deathCode: "RENDER_FAILED" },
    );
    // Bytes cross the process border as a plain array view.
    return { ...rendered, jpeg: Buffer.from(rendered.jpeg) };
  }

  async #freshReader(signal: AbortSignal): Promise<ReaderProcess> {
    if (this.#reader.isDead) {
      this.#reader = (await openReader(this.#file, this.#limits, signal)).reader;
    }
    return this.#reader;
  }
}
