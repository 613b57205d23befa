import { AppError } from "../../../errors/app-error.ts";
import { type Clock, systemClock } from "../../../lib/clock.ts";
import type { Answer, Engine, SeeRequest, ThinkRequest } from "../engine.ts";
import { analyse } from "./analyse.ts";
import { proveSight, proveThought } from "./canary.ts";
import type { Deck } from "./deck.ts";
import { extract } from "./extract/extract.ts";
import { giveFeedback } from "./feedback/feedback.ts";
import { answerFields } from "./fields/answer-fields.ts";
import { createOcr, type Ocr, ocrLanguageOf } from "./ocr.ts";
import { checkOcrFiles } from "./ocr-thread.ts";
import { assemble, type PageText, readingOf, regionsToRead } from "./page-text.ts";
import { analyseClinical } from "./specialised/clinical.ts";
import { analyseRegulatory } from "./specialised/regulatory.ts";
import { analyseScience } from "./specialised/science.ts";
import { spokenDeck } from "./spoken-deck.ts";
import { answerChapter } from "./template.ts";

export interface ExtractiveOptions {
  /** It will look at slides, so it proves that it can. Default true. */
  readonly sees?: boolean;
  /** It will answer questions over decks, so it proves that it can. Default true. */
  readonly thinks?: boolean;
  /** Calls that may run at once. OCR itself reads one page at a time. */
  readonly slots?: number;
  /** Bounds the deck's own date: a date after today is a plan. */
  readonly clock?: Clock;
  /** Limit for reading one page by OCR, in milliseconds. */
  readonly ocrPageMs?: number;
  readonly ocr?: Ocr;
}

const defaults = { slots: 2, ocrPageMs: 60_000, ocrStartMs: 60_000, ocrKeptMax: 256 } as const;

const answer = (value: unknown): Answer => ({ value, promptTokens: null, outputTokens: null });

async function readPage(request: SeeRequest, ocr: Ocr, signal: AbortSignal): Promise<PageText> {
  const reading = readingOf(request.facts);
  // The layer of a page that has one tells the language of the words in its pictures.
  const language = reading === "both" ? ocrLanguageOf(request.facts.lines) : undefined;
  const regions = regionsToRead(request.facts);
  const hints = { language, isCover: request.slide === 1, regions };
  const lines = regions.length > 0 ? await ocr.read(request.jpeg, signal, hints) : null;
  return assemble(request.facts, lines);
}

function thought(request: ThinkRequest, deck: Deck, today: string): unknown {
  const { ask } = request;
  switch (ask.kind) {
    case "extractions":
      return extract(deck, today);
    case "template":
      return { questions: answerChapter(deck, ask.chapter) };
    case "clinical":
      return analyseClinical(deck);
    case "regulatory":
      return analyseRegulatory(deck);
    case "science":
      return analyseScience(deck);
    case "fields":
      return answerFields(deck, ask.fields);
  }
}

/**
 * The engine that is built in: text layer, OCR, layout, rules and retrieval. It needs no model and
 * no network, and every answer quotes the slide it stands on. Prompts and schemas are not read.
 * `see` throws AppError OCR_FAILED when a page that has to be read from its picture cannot be;
 * `load` does when a known picture cannot, and MODEL_OUTPUT_INVALID when a known answer is wrong.
 */
export function createExtractiveEngine(options: ExtractiveOptions = {}): Engine {
  const clock = options.clock ?? systemClock;
  const ocr =
    options.ocr ??
    createOcr({
      pageMs: options.ocrPageMs ?? defaults.ocrPageMs,
      startMs: defaults.ocrStartMs,
      keptMax: defaults.ocrKeptMax,
    });
  let closed = false;
  const today = (): string => new Date(clock.nowMs()).toISOString().slice(0, 10);

  return {
    ref: { name: "extractive", model: null },
    slots: options.slots ?? defaults.slots,
    async load(onProgress, signal) {
      signal.throwIfAborted();
      onProgress({ phase: "loading", note: "Checking the OCR data." });
      await checkOcrFiles();
      onProgress({ phase: "canary", note: "reading what is known" });
      if (options.thinks ?? true) proveThought(today());
      if (options.sees ?? true) await proveSight(ocr, signal);
      signal.throwIfAborted();
    },
    async see(request, signal) {
      if (closed) throw new AppError("DRAINING");
      signal.throwIfAborted();
      const page = await readPage(request, ocr, signal);
      const analysis = analyse(request, request.facts, page);
      if (request.task === "visual_analysis") return answer(analysis);
      return answer(
        await giveFeedback(
          analysis,
          request.facts,
          page,
          request.jpeg,
          Number(today().slice(0, 4)),
        ),
      );
    },
    async think(request, signal) {
      if (closed) throw new AppError("DRAINING");
      signal.throwIfAborted();
      return answer(thought(request, spokenDeck(request.slides), today()));
    },
    digest: () => "rules",
    async healthy() {
      return closed ? { ok: false, detail: "The engine is closed." } : { ok: true, detail: null };
    },
    forget: () => ocr.forget(),
    async close() {
      closed = true;
      await ocr.close();
    },
  };
}
