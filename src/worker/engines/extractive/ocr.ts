import { createHash } from "node:crypto";
import { AppError } from "../../../errors/app-error.ts";
import type { Box } from "../../../pdf/types.ts";
import { isSureLine } from "./doubt.ts";
import { languageOf } from "./language.ts";
import { linesOf, mergeReadings, type OcrLine } from "./ocr-lines.ts";
import { type GreyPicture, preparePictures, smallPicture } from "./ocr-picture.ts";
import { onPage, wholePage } from "./ocr-regions.ts";
import { type OcrLanguage, type OcrThread, startOcrThread } from "./ocr-thread.ts";

export interface Ocr {
  /**
   * Lines read from a page's JPEG, boxes as fractions of the page. `known` is its language where the text
   * layer tells it. Without that it is read as English first, and again when that shows another language.
   * `regions` are the parts of the page to look at: default all of it.
   * Throws AppError OCR_FAILED when the recognizer fails or passes its limit; the next call starts
   * a fresh one. An aborted signal throws its reason.
   */
  read(
    jpeg: Buffer,
    signal: AbortSignal,
    known?: OcrLanguage,
    regions?: readonly Box[],
  ): Promise<readonly OcrLine[]>;
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

/** Letters read for sure: a picture that gave as many needs no further look. */
const lettersEnough = 40;

const sureLetters = (lines: readonly OcrLine[]): number =>
  lines.filter(isSureLine).reduce((sum, { text }) => sum + text.replace(/\s/gu, "").length, 0);

/**
 * Each further preparation is read only where it can show more, and the lines that were read with more
 * confidence stay: as it is, by distance from the ground, white letters alone, and a whole page small.
 */
async function readRegion(thread: OcrThread, jpeg: Buffer, region: Box): Promise<OcrLine[]> {
  const { plain, levelled, bright } = await preparePictures(jpeg, region);
  const read = async (picture: GreyPicture, layout: "page" | "sparse"): Promise<OcrLine[]> =>
    linesOf(await thread.recognize(picture.pnm, layout), picture.width, picture.height);
  let lines = await read(plain, "page");
  if (levelled) lines = mergeReadings(lines, await read(levelled, "sparse"));
  if (levelled && bright && sureLetters(lines) < lettersEnough)
    lines = mergeReadings(lines, await read(bright, "sparse"));
  if (region === wholePage && sureLetters(lines) < lettersEnough)
    lines = mergeReadings(lines, await read(await smallPicture(jpeg), "sparse"));
  return lines.map((line) => onPage(line, region));
}

async function readRegions(
  thread: OcrThread,
  jpeg: Buffer,
  regions: readonly Box[],
): Promise<OcrLine[]> {
  const lines: OcrLine[] = [];
  for (const region of regions) lines.push(...(await readRegion(thread, jpeg, region)));
  return lines;
}

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
    jpeg: Buffer,
    signal: AbortSignal,
    language: OcrLanguage,
    regions: readonly Box[],
  ): Promise<readonly OcrLine[]> => {
    signal.throwIfAborted();
    if (closed) throw new AppError("OCR_FAILED", "The reader is closed.");
    try {
      const thread = await within(up(language), options.startMs, "Starting the reader");
      return await within(readRegions(thread, jpeg, regions), options.pageMs, "Reading a page");
    } catch (error) {
      void drop(language);
      if (error instanceof AppError) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      throw new AppError("OCR_FAILED", detail, { cause: error });
    }
  };

  const readIn = async (
    jpeg: Buffer,
    signal: AbortSignal,
    known: OcrLanguage | undefined,
    regions: readonly Box[],
  ): Promise<readonly OcrLine[]> => {
    const first = await attempt(jpeg, signal, known ?? "eng", regions);
    const seen = known ?? ocrLanguageOf(first);
    return seen === (known ?? "eng") ? first : attempt(jpeg, signal, seen, regions);
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
    async read(jpeg, signal, known, regions = [wholePage]) {
      const picture = createHash("sha256").update(jpeg).digest("base64");
      const key = JSON.stringify([known, picture, regions]);
      const turn = queue.then(async () => {
        const lines = kept.get(key) ?? (await readIn(jpeg, signal, known, regions));
        remember(key, lines);
        return lines;
      });
      queue = turn.catch(() => {});
      return turn;
    },
    async close() {
      closed = true;
      kept.clear();
      await Promise.all([...running.keys()].map(drop));
    },
  };
}
