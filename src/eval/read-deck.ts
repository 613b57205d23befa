import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import type { Results } from "../contract/results.ts";
import { results as resultsSchema } from "../contract/results.ts";
import { AppError, type Failure, failureOf } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { type Pack, taskPackOf } from "../packs/pack.ts";
import type { DocumentHandle, DocumentStore } from "../worker/document-store.ts";
import type { Answer, Engine } from "../worker/engines/engine.ts";
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
  /** null: the engine counts none. */
  readonly tokens: { readonly prompt: number; readonly output: number } | null;
}

/**
 * Reads one PDF by the steps of the containers, in this process and without a database: the tasks of
 * the pack in the order they are declared, which is an order they may run in. Never throws but for the
 * signal's reason.
 */
export async function readDeck(file: string, ports: ReadingPorts): Promise<Reading> {
  const sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const tokens = tokenCount();
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
    for (const task of document === null ? [] : ports.pack.tasks) {
      const startedMs = ports.clock.nowMs();
      const engine = tokens.counting(ports.readers[task.pool]);
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
      seconds[task.pool] += (ports.clock.nowMs() - startedMs) / 1000;
    }
  } finally {
    await document?.release();
  }
  const results = resultsSchema.parse(state.results);
  return { sha256, pages: state.pages, results, gaps, failures, seconds, tokens: tokens.sum() };
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

/** Sums what the answers of an engine say they cost. */
function tokenCount() {
  let prompt: number | null = null;
  let output: number | null = null;
  const count = (answer: Answer): Answer => {
    if (answer.promptTokens !== null) prompt = (prompt ?? 0) + answer.promptTokens;
    if (answer.outputTokens !== null) output = (output ?? 0) + answer.outputTokens;
    return answer;
  };
  return {
    counting: (engine: Engine): Engine => ({
      ref: engine.ref,
      slots: engine.slots,
      load: (onProgress, signal) => engine.load(onProgress, signal),
      see: async (request, signal) => count(await engine.see(request, signal)),
      think: async (request, signal) => count(await engine.think(request, signal)),
      healthy: () => engine.healthy(),
      close: () => engine.close(),
    }),
    sum: () =>
      prompt === null && output === null ? null : { prompt: prompt ?? 0, output: output ?? 0 },
  };
}
