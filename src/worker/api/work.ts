import type { Readable } from "node:stream";
import type { ExtractionsAndTemplate, SlideAnalysis } from "../../contract/results.ts";
import type { TaskPack } from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import type { DocumentStore } from "../document-store.ts";
import { saveStream } from "../document-store.ts";
import type { Engine } from "../engines/engine.ts";
import { runStep, type StepInput } from "../steps/run-step.ts";
import type { StepResult } from "../steps/step.ts";

/** What the API's work needs: the same steps as leased tasks, with other ports. */
export interface ApiWork {
  readonly engine: Engine;
  readonly documents: DocumentStore;
  readonly taskPack: (task: string) => Promise<TaskPack>;
}

const uploadBytesMax = 200 * 1024 * 1024;

/** Runs a vision task on an uploaded PDF. `key` must be unique to the request. */
export async function workOnUpload(
  parts: ApiWork,
  task: string,
  upload: { readonly key: string; readonly body: Readable },
  signal: AbortSignal,
): Promise<StepResult<Record<string, unknown>> & { document: string }> {
  let document = "";
  const fetch = async (file: string, closing: AbortSignal): Promise<void> => {
    document = await receive(upload.body, file, closing);
  };
  const handle = await parts.documents.open({ key: upload.key, sha256: "", fetch }, signal);
  try {
    const input: StepInput = {
      upstream: undefined,
      visualResults: () => Promise.reject(new AppError("UNKNOWN_DOCUMENT")),
      onSlide: () => Promise.resolve(),
      vision: () =>
        Promise.resolve({
          pages: handle.pages,
          finished: {},
          page: (slide) => handle.page(slide, signal),
          onSlideFailed: () => Promise.resolve(),
        }),
    };
    return { ...(await work(parts, task, input, signal)), document };
  } finally {
    await handle.release();
  }
}

/**
 * Saves an upload. A refused one is not destroyed but let run out: its sender is still writing, and
 * must be able to read why.
 */
async function receive(body: Readable, file: string, closing: AbortSignal): Promise<string> {
  const stop = (): void => void body.destroy();
  closing.addEventListener("abort", stop, { once: true });
  const chunks = body.iterator({ destroyOnReturn: false });
  try {
    return (await saveStream(chunks, file, uploadBytesMax)).sha256;
  } finally {
    closing.removeEventListener("abort", stop);
    body.resume();
  }
}

/** Runs a text task on visual results. */
export async function workOnText(
  parts: ApiWork,
  task: string,
  slides: readonly SlideAnalysis[],
  upstream: ExtractionsAndTemplate | undefined,
  signal: AbortSignal,
): Promise<StepResult<Record<string, unknown>>> {
  const input: StepInput = {
    upstream,
    visualResults: () => Promise.resolve(slides),
    onSlide: () => Promise.resolve(),
    vision: () => Promise.reject(new AppError("NO_FILE")),
  };
  return await work(parts, task, input, signal);
}

const work = async (
  { engine, taskPack }: ApiWork,
  task: string,
  input: StepInput,
  signal: AbortSignal,
): Promise<StepResult<Record<string, unknown>>> =>
  runStep(task, { engine, pack: await taskPack(task), signal, onProgress: () => undefined }, input);
