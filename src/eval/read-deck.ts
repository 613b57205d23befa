import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import type { ModelUsage } from "../contract/common.ts";
import type { Results } from "../contract/results.ts";
import { results as resultsSchema } from "../contract/results.ts";
import { AppError, type Failure, failureOf } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { type Pack, taskPackOf } from "../packs/pack.ts";
import type { DocumentHandle, DocumentStore } from "../worker/document-store.ts";
import type { Engine } from "../worker/engines/engine.ts";
import { metered } from "../worker/metered.ts";
import { runStep, type StepInput } from "../worker/steps/run-step.ts";

/** Who reads: the engine of each pool, which may be one and the same. */
export interface Readers {
  readonly vision: Engine;
  readonly text: Engine;
}

export interface ReadingPorts {
  readonly pack: Pack;
  readonly readers: Readers;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One deck as the pipeline reads it. */
export interface Reading {
  readonly sha256: string;
  readonly pages: number;
  readonly results: Results;
  /** Slides that could not be read, by task. */
  readonly gaps: Readonly<Record<string, readonly number[]>>;
  /** Of the document or of a task; what the others found stands in `results` all the same. */
  readonly failures: readonly (Failure & { readonly task: string | null })[];
  /** Wall time by pool: what a machine of that pool would be busy. */
  readonly seconds: { readonly vision: number; readonly text: number };
  /** Of all answers, used or not; null: the engine counts none, or not all. */
  readonly tokens: { readonly prompt: number; readonly output: number } | null;
}

/**
 * Reads one PDF by the steps of the containers, in this process and without a database: the tasks of
 * the pack by layer, since whatever a task waits for lies in a lower one. What fails is told in the
 * reading; throws the signal's reason, and FILE_UNREADABLE.
 */
export async function readDeck(file: string, ports: ReadingPorts): Promise<Reading> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new AppError("FILE_UNREADABLE", `${file} (${error.code ?? error.message})`);
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const usages: ModelUsage[] = [];
  const state = { results: {} as Record<string, Record<string, unknown>>, pages: 0 };
  const seconds = { vision: 0, text: 0 };
  const gaps: Record<string, readonly number[]> = {};
  const failures: (Failure & { task: string | null })[] = [];
  const document = await open(file, sha256, ports).catch((error: unknown) => {
    ports.signal.throwIfAborted();
    failures.push({ ...failureOf(error), task: null });
    return null;
  });
  try {
    state.pages = document?.pages ?? 0;
    const tasks = [...ports.pack.tasks].sort((a, b) => a.layer - b.layer);
    for (const task of document === null ? [] : tasks) {
      const startedMs = ports.clock.nowMs();
      const { engine, usage } = metered(ports.readers[task.pool]);
      const context = {
        ...{ engine, signal: ports.signal, onProgress: () => undefined },
        pack: taskPackOf(ports.pack, task.name),
      };
      try {
        const input = inputOf(document, state.results, ports.signal);
        const step = await runStep(task.name, context, input);
        state.results[task.name] = step.result;
        if (step.gaps.length > 0) gaps[task.name] = step.gaps;
      } catch (error) {
        ports.signal.throwIfAborted();
        failures.push({ ...failureOf(error), task: task.name });
      }
      usages.push(...[usage()].filter((one) => one !== null));
      seconds[task.pool] += (ports.clock.nowMs() - startedMs) / 1000;
    }
  } finally {
    await document?.release();
  }
  const results = resultsSchema.parse(state.results);
  const tokens = tokensOf(usages);
  return { sha256, pages: state.pages, results, gaps, failures, seconds, tokens };
}

/** The store works on a file of its own and removes it: the deck itself is only copied. */
const open = (file: string, sha256: string, ports: ReadingPorts): Promise<DocumentHandle> =>
  ports.documents.open(
    { key: file, sha256, fetch: (target) => copyFile(file, target) },
    ports.signal,
  );

function inputOf(
  document: DocumentHandle | null,
  results: Readonly<Record<string, Record<string, unknown>>>,
  signal: AbortSignal,
): StepInput {
  const found = resultsSchema.parse(results);
  return {
    upstream: found.extractions_and_template,
    onSlide: async () => undefined,
    visualResults: async () => {
      if (found.visual_analysis === undefined) throw new AppError("HANDOFF_MISSING");
      return found.visual_analysis.slides;
    },
    vision: async () => {
      if (document === null) throw new AppError("DOCUMENT_UNAVAILABLE");
      return {
        pages: document.pages,
        finished: {},
        page: (slide) => document.page(slide, signal),
        onSlideFailed: async () => undefined,
      };
    },
  };
}

function tokensOf(usages: readonly ModelUsage[]): Reading["tokens"] {
  if (usages.length === 0) return null;
  let [prompt, output] = [0, 0];
  for (const { promptTokens, outputTokens } of usages) {
    if (promptTokens === null || outputTokens === null) return null;
    prompt += promptTokens;
    output += outputTokens;
  }
  return { prompt, output };
}
