import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors/app-error.ts";
import type { PdfDocument, RenderedPage } from "../pdf/types.ts";
import type { Log } from "../telemetry/log.ts";
import { abortable } from "./signals.ts";

/** Where the bytes of a document come from. */
export interface DocumentSource {
  /** Users of the same key share one open document: a pipeline, or one request of the API. */
  readonly key: string;
  readonly sha256: string;
  /** Puts the bytes into `file` (which does not exist yet). Throws AppError. */
  fetch(file: string, signal: AbortSignal): Promise<void>;
}

export interface DocumentHandle {
  readonly pages: number;
  /** The page drawn at 1280 pixels and its text; drawn once for all users of the document. */
  page(number: number, signal: AbortSignal): Promise<RenderedPage>;
  /**
   * Runs `work` once per name for all users; a failed run may be repeated. Where it failed for another
   * user it is done anew with one's own `work`: his lease is not ours. Throws the reason of a raised signal.
   */
  once(name: string, work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  release(): Promise<void>;
}

export interface DocumentStore {
  open(source: DocumentSource, signal: AbortSignal): Promise<DocumentHandle>;
  /** Closes every document and removes its file. */
  close(): Promise<void>;
}

export type OpenPdf = (file: string, signal: AbortSignal) => Promise<PdfDocument>;

export interface DocumentStoreOptions {
  readonly workDir: string;
  readonly openPdf: OpenPdf;
  /** Drawn pages are dropped, oldest first, beyond this. A dropped page is drawn again when asked for. */
  readonly pagesBytesMax?: number;
  readonly log?: Log;
}

const longEdgePixels = 1280;
const pagesBytesMaxDefault = 48 * 1024 * 1024;
/** A page that could not be drawn this often is not tried again. */
const drawTries = 2;

interface Entry {
  readonly file: string;
  readonly closing: AbortController;
  readonly pdf: Promise<PdfDocument>;
  users: number;
  readonly pages: Map<number, Promise<RenderedPage>>;
  readonly faults: Map<number, { count: number; error: unknown }>;
  readonly done: Map<string, Promise<void>>;
}

export function createDocumentStore(options: DocumentStoreOptions): DocumentStore {
  const entries = new Map<string, Entry>();
  const memory = pageMemory(options.pagesBytesMax ?? pagesBytesMaxDefault);
  let files = 0;

  const openEntry = (source: DocumentSource): Entry => {
    files += 1;
    const file = join(options.workDir, `document-${files}.pdf`);
    const closing = new AbortController();
    const pdf = fetchAndOpen(source, file, closing.signal, options.openPdf);
    // Waited for by each user; a failure while nobody waits any more must not end the process.
    pdf.catch(() => undefined);
    const [pages, faults, done] = [new Map(), new Map(), new Map()];
    return { file, closing, pdf, users: 0, pages, faults, done };
  };
  const closeEntry = async (entry: Entry): Promise<void> => {
    entry.closing.abort(new AppError("DRAINING"));
    for (const page of entry.pages.keys()) memory.drop(entry, page);
    await entry.pdf.then((pdf) => pdf.close()).catch(() => undefined);
    await rm(entry.file, { force: true });
  };
  const letGo = async (key: string, entry: Entry): Promise<void> => {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (entries.get(key) === entry) entries.delete(key);
    await closeEntry(entry);
  };

  return {
    async open(source, signal) {
      const entry = entries.get(source.key) ?? openEntry(source);
      entries.set(source.key, entry);
      entry.users += 1;
      try {
        const pdf = await abortable(entry.pdf, signal);
        return handleOf(entry, pdf, { memory, log: options.log }, () => letGo(source.key, entry));
      } catch (error) {
        await letGo(source.key, entry);
        throw error;
      }
    },
    async close() {
      const open = [...entries.values()];
      entries.clear();
      await Promise.all(open.map(closeEntry));
    },
  };
}

async function fetchAndOpen(
  source: DocumentSource,
  file: string,
  signal: AbortSignal,
  openPdf: OpenPdf,
): Promise<PdfDocument> {
  await source.fetch(file, signal);
  signal.throwIfAborted();
  return await openPdf(file, signal);
}

function handleOf(
  entry: Entry,
  pdf: PdfDocument,
  drawing: Drawing,
  letGo: () => Promise<void>,
): DocumentHandle {
  let released = false;
  return {
    pages: pdf.pages,
    page(number, signal) {
      let page = entry.pages.get(number);
      if (page === undefined) {
        page = draw(entry, pdf, number, drawing);
        page.catch(() => undefined);
        entry.pages.set(number, page);
      }
      return abortable(page, signal);
    },
    once: (name, work, signal) => doOnce(entry.done, name, work, signal),
    async release() {
      if (released) return;
      released = true;
      await letGo();
    },
  };
}

async function doOnce(
  done: Map<string, Promise<void>>,
  name: string,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let others = done.get(name); others !== undefined; others = done.get(name)) {
    try {
      return await abortable(others, signal);
    } catch {
      signal.throwIfAborted();
    }
  }
  const own = work();
  done.set(name, own);
  own.catch(() => done.delete(name));
  await abortable(own, signal);
}

/** Drawing belongs to the document, not to the task that asked first: its end must not fail the other. */
async function draw(
  entry: Entry,
  pdf: PdfDocument,
  page: number,
  { memory, log }: Drawing,
): Promise<RenderedPage> {
  const known = entry.faults.get(page);
  if (known !== undefined && known.count >= drawTries) throw known.error;
  try {
    const drawn = await pdf.render(page, longEdgePixels, entry.closing.signal);
    memory.keep(entry, page, drawn.jpeg.byteLength);
    tellOdd(drawn, log);
    return drawn;
  } catch (error) {
    entry.pages.delete(page);
    // A hang costs its whole time limit and comes again.
    const isHang = error instanceof AppError && error.code === "PDF_TIMEOUT";
    entry.faults.set(page, { count: isHang ? drawTries : (known?.count ?? 0) + 1, error });
    throw error;
  }
}

interface Drawing {
  readonly memory: PageMemory;
  readonly log: Log | undefined;
}

/** What whoever looks at the picture should know; never words of the page. */
function tellOdd({ page, drawnBy, facts }: RenderedPage, log: Log | undefined): void {
  if (drawnBy === "poppler") log?.info({ page }, "drawn by poppler");
  else if (facts.undrawn > 0) {
    log?.warn(
      { page, characters: facts.undrawn },
      "a font is missing in the document: letters are missing in the picture; with poppler-utils installed they are drawn",
    );
  }
}

interface PageMemory {
  keep(entry: Entry, page: number, bytes: number): void;
  drop(entry: Entry, page: number): void;
}

/** Counts the drawn pages of all documents and drops the oldest when they grow too large together. */
function pageMemory(bytesMax: number): PageMemory {
  const held = new Map<string, { entry: Entry; page: number; bytes: number }>();
  let total = 0;
  const drop = (entry: Entry, page: number): void => {
    const key = `${entry.file}#${page}`;
    total -= held.get(key)?.bytes ?? 0;
    held.delete(key);
    entry.pages.delete(page);
  };
  return {
    drop,
    keep(entry, page, bytes) {
      if (entry.closing.signal.aborted) return;
      held.set(`${entry.file}#${page}`, { entry, page, bytes });
      total += bytes;
      for (const oldest of held.values()) {
        if (total <= bytesMax || held.size === 1) break;
        drop(oldest.entry, oldest.page);
      }
    },
  };
}

/**
 * Writes a stream to a new file and returns what came. Ends with FILE_TOO_LARGE beyond `bytesMax`;
 * the caller removes the file.
 */
export async function saveStream(
  body: AsyncIterable<Uint8Array>,
  file: string,
  bytesMax: number,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const target = await open(file, "w", 0o600);
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw new AppError("FILE_TOO_LARGE");
      hash.update(chunk);
      await target.appendFile(chunk);
    }
  } finally {
    await target.close();
  }
  return { sha256: hash.digest("hex"), bytes };
}
