import { access, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { AppError } from "../../../errors/app-error.ts";

/** What the recognizer's script answers: a word with its box in pixels of the picture it was given. */
export interface OcrWord {
  readonly text: string;
  readonly confidence: number;
  readonly bbox: {
    readonly x0: number;
    readonly y0: number;
    readonly x1: number;
    readonly y1: number;
  };
}

export interface OcrRawLine {
  readonly words: readonly OcrWord[];
}

export interface OcrThread {
  /**
   * Lines of a PNM or PNG picture. `sparse` looks for scattered labels instead of running text.
   * Rejects when the thread died or was ended.
   */
  recognize(picture: Uint8Array, layout: "page" | "sparse"): Promise<readonly OcrRawLine[]>;
  /** Ends the thread; calls still under way reject. Safe to repeat. */
  end(): Promise<void>;
}

type Action = "load" | "loadLanguage" | "initialize" | "recognize";
interface Waiting {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
}

const require = createRequire(import.meta.url);
/** tesseract.js's own thread script, driven directly: its front cannot report a thread that dies. */
const script = (): string => require.resolve("tesseract.js/src/worker-script/node/index.js");
/** Languages whose data is installed, by the names of Tesseract. */
const ocrLanguages = ["eng", "deu", "fra", "spa"] as const;
export type OcrLanguage = (typeof ocrLanguages)[number];

const languageFiles: Readonly<Record<OcrLanguage, () => string>> = {
  eng: () => require.resolve("@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz"),
  deu: () => require.resolve("@tesseract.js-data/deu/4.0.0_best_int/deu.traineddata.gz"),
  fra: () => require.resolve("@tesseract.js-data/fra/4.0.0_best_int/fra.traineddata.gz"),
  spa: () => require.resolve("@tesseract.js-data/spa/4.0.0_best_int/spa.traineddata.gz"),
};

/** Sends numbered jobs to the thread and matches the answers; a dead thread rejects all of them. */
function jobsOf(thread: Worker): (action: Action, payload: object) => Promise<unknown> {
  const waiting = new Map<string, Waiting>();
  let jobs = 0;
  let dead: Error | undefined;
  const fail = (error: Error): void => {
    dead ??= error;
    for (const job of waiting.values()) job.reject(dead);
    waiting.clear();
  };
  thread.on("error", fail);
  thread.on("exit", () => fail(new Error("The OCR thread ended.")));
  thread.on("message", (message: { jobId: string; status: string; data: unknown }) => {
    const job = waiting.get(message.jobId);
    if (!job || message.status === "progress") return;
    waiting.delete(message.jobId);
    if (message.status === "resolve") job.resolve(message.data);
    else job.reject(new Error(String(message.data)));
  });
  return (action, payload) =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      const jobId = String(++jobs);
      waiting.set(jobId, { resolve, reject });
      thread.postMessage({ workerId: "ocr", jobId, action, payload });
    });
}

/** Throws MODEL_LOAD_FAILED when the installation lacks the recognizer or its language data. */
export async function checkOcrFiles(): Promise<void> {
  try {
    await Promise.all([
      access(script()),
      ...ocrLanguages.map((code) => access(languageFiles[code]())),
    ]);
  } catch (error) {
    throw new AppError("MODEL_LOAD_FAILED", "The OCR files are not installed.", { cause: error });
  }
}

interface RawBlocks {
  readonly blocks:
    | readonly { readonly paragraphs: readonly { readonly lines: readonly OcrRawLine[] }[] }[]
    | null;
}

/**
 * Starts a thread with the model of one language out of the installed package. The model is handed over as
 * bytes and every cache is off, so nothing is downloaded and nothing is written. An aborted signal
 * ends the thread, also while it starts.
 */
export async function startOcrThread(
  signal: AbortSignal,
  language: OcrLanguage,
): Promise<OcrThread> {
  const data = new Uint8Array(await readFile(languageFiles[language]()));
  signal.throwIfAborted();
  // Its warnings about odd pictures would otherwise reach our own output.
  const thread = new Worker(script(), { stdout: true, stderr: true, env: {} });
  thread.stdout.resume();
  thread.stderr.resume();
  const run = jobsOf(thread);
  const end = async (): Promise<void> => {
    signal.removeEventListener("abort", end);
    await thread.terminate();
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    await run("load", { options: { lstmOnly: true, logging: false } });
    await run("loadLanguage", {
      langs: [{ code: language, data }],
      options: { cacheMethod: "none", gzip: true, lstmOnly: true },
    });
    await run("initialize", { langs: language, oem: 1, config: {} });
  } catch (error) {
    await end();
    throw error;
  }
  return {
    async recognize(picture, layout) {
      const options = { tessedit_pageseg_mode: layout === "page" ? "3" : "11" };
      const output = { text: false, blocks: true };
      const answer = (await run("recognize", { image: picture, options, output })) as RawBlocks;
      const paragraphs = (answer.blocks ?? []).flatMap((block) => block.paragraphs);
      return paragraphs.flatMap((paragraph) => paragraph.lines);
    },
    end,
  };
}
