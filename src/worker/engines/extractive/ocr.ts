import { createHash } from "node:crypto";
import { AppError } from "../../../errors/app-error.ts";
import type { Box } from "../../../pdf/types.ts";
import { isSureLine } from "./doubt.ts";
import { languageOf } from "./language.ts";
import { linesOf, mergeReadings, type OcrLine } from "./ocr-lines.ts";
import { type GreyPicture, largeLetterPictures, preparePictures } from "./ocr-picture.ts";
import { onPage, wholePage } from "./ocr-regions.ts";
import { type OcrLanguage, type OcrThread, startOcrThread } from "./ocr-thread.ts";

/** What is known of a page before it is read. */
export interface OcrHints {
  /** That of its text layer, where it has one. */
  readonly language?: OcrLanguage | undefined;
  /** Its logo is looked for with more care. */
  readonly isCover?: boolean;
  /** The parts to look at; default all of it. */
  readonly regions?: readonly Box[];
}

export interface Ocr {
  /**
   * Lines read from a page's JPEG, boxes as fractions of the page. Without a language it is read as
   * English first, and again when that shows another language.
   * Throws AppError OCR_FAILED when the recognizer fails or passes its limit; the next call starts
   * a fresh one. An aborted signal throws its reason.
   */
  read(jpeg: Buffer, signal: AbortSignal, hints?: OcrHints): Promise<readonly OcrLine[]>;
  /** Drops all readings that are kept. */
  forget(): void;
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
  readonly start?: (signal: AbortSignal, language: OcrLanguage) => Promise<OcrThread>;
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

interface Page {
  readonly jpeg: Buffer;
  readonly isCover: boolean;
  readonly regions: readonly Box[];
}

/** Letters read for sure: a picture that gave as many needs no further look. */
const lettersEnough = 40;
const coverLettersEnough = 60;

const sureLetters = (lines: readonly OcrLine[]): number =>
  lines.filter(isSureLine).reduce((sum, { text }) => sum + text.replace(/\s/gu, "").length, 0);

async function readPicture(
  thread: OcrThread,
  { pnm, width, height }: GreyPicture,
  layout: "page" | "sparse",
): Promise<OcrLine[]> {
  return linesOf(await thread.recognize(pnm, layout), width, height);
}

/** A region as it is, by distance from its ground and, where little was read for sure, for large letters. */
async function readRegion(
  thread: OcrThread,
  { jpeg, isCover }: Page,
  region: Box,
): Promise<OcrLine[]> {
  const { plain, levelled } = await preparePictures(jpeg, region);
  let lines = await readPicture(thread, plain, "page");
  if (levelled) lines = mergeReadings(lines, await readPicture(thread, levelled, "sparse"));
  const isWholeCover = isCover && region === wholePage;
  const isSparse = sureLetters(lines) < (isCover ? coverLettersEnough : lettersEnough);
  if (isSparse && (isWholeCover || levelled)) {
    const { small, bright, dark } = await largeLetterPictures(jpeg, region);
    // White letters need a ground that is not white. A cover says its name in few and large letters.
    const further = [isWholeCover && small, levelled && bright, isWholeCover && levelled && dark];
    for (const picture of further) {
      if (!picture) continue;
      const read = await readPicture(thread, picture, "sparse");
      lines = mergeReadings(lines, read.filter(isWord));
    }
  }
  return lines.map((line) => onPage(line, region));
}

/** Each further preparation is read only where it can show more; the lines that were read with more confidence stay. */
async function readPage(thread: OcrThread, page: Page): Promise<OcrLine[]> {
  const lines: OcrLine[] = [];
  for (const region of page.regions) lines.push(...(await readRegion(thread, page, region)));
  return lines;
}

/** Specks of a photo are read as single letters. */
const isWord = ({ text }: OcrLine): boolean => (text.match(/\p{L}/gu)?.length ?? 0) >= 4;

interface Running {
  readonly thread: Promise<OcrThread>;
  readonly stop: AbortController;
}

/** Recognizers that are up at once, each of one language: about 200 MB each. */
const threadsMax = 2;

const byCode: Readonly<Record<string, OcrLanguage>> = { de: "deu", fr: "fra", es: "spa" };

/** The language a text is in, when it is one that can be read by its own data; English otherwise. */
export const ocrLanguageOf = (lines: readonly { readonly text: string }[]): OcrLanguage =>
  byCode[languageOf(lines.map(({ text }) => text).join("\n")) ?? ""] ?? "eng";

/** One page at a time; the thread of a language is started at the first page that needs it. */
export function createOcr(options: OcrOptions): Ocr {
  const start = options.start ?? startOcrThread;
  const kept = new Map<string, readonly OcrLine[]>();
  const running = new Map<OcrLanguage, Running>();
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const drop = async (language: OcrLanguage): Promise<void> => {
    const old = running.get(language);
    running.delete(language);
    old?.stop.abort();
    // A start that was cut off rejects, and has ended its thread by itself.
    await old?.thread.then((thread) => thread.end()).catch(() => {});
  };

  const up = (language: OcrLanguage): Promise<OcrThread> => {
    const known = running.get(language);
    if (known) return known.thread;
    // English is asked first for every unknown page, so another one makes room.
    const others = [...running.keys()].filter((other) => other !== "eng");
    for (const other of others.slice(0, Math.max(0, running.size + 1 - threadsMax))) {
      void drop(other);
    }
    const stop = new AbortController();
    const fresh = { stop, thread: start(stop.signal, language) };
    running.set(language, fresh);
    return fresh.thread;
  };

  const attempt = async (
    signal: AbortSignal,
    language: OcrLanguage,
    page: Page,
  ): Promise<readonly OcrLine[]> => {
    signal.throwIfAborted();
    if (closed) throw new AppError("OCR_FAILED", "The reader is closed.");
    try {
      const thread = await within(up(language), options.startMs, "Starting the reader");
      return await within(readPage(thread, page), options.pageMs, "Reading a page");
    } catch (error) {
      void drop(language);
      if (error instanceof AppError) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      throw new AppError("OCR_FAILED", detail, { cause: error });
    }
  };

  const readIn = async (
    signal: AbortSignal,
    language: OcrLanguage | undefined,
    page: Page,
  ): Promise<readonly OcrLine[]> => {
    const first = await attempt(signal, language ?? "eng", page);
    const seen = language ?? ocrLanguageOf(first);
    return seen === (language ?? "eng") ? first : attempt(signal, seen, page);
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
    async read(jpeg, signal, { language, isCover = false, regions = [wholePage] } = {}) {
      const picture = createHash("sha256").update(jpeg).digest("base64");
      const key = JSON.stringify([language, isCover, regions, picture]);
      const page = { jpeg, isCover, regions };
      const turn = queue.then(async () => {
        const lines = kept.get(key) ?? (await readIn(signal, language, page));
        remember(key, lines);
        return lines;
      });
      queue = turn.catch(() => {});
      return turn;
    },
    forget: () => kept.clear(),
    async close() {
      closed = true;
      kept.clear();
      await Promise.all([...running.keys()].map(drop));
    },
  };
}
