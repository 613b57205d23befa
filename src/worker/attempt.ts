import { visualAnalysis } from "../contract/results.ts";
import type { Lease, Outcome, ProgressBody, SlideBody } from "../contract/worker-protocol.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../telemetry/log.ts";
import type { ControlClient, Written } from "./control-client.ts";
import { type DocumentHandle, type DocumentStore, saveStream } from "./document-store.ts";
import type { Engine } from "./engines/engine.ts";
import { metered } from "./metered.ts";
import { progressReporter } from "./progress.ts";
import { doneOutcome, runStep, type StepInput } from "./steps/run-step.ts";
import { scopeOf, type VisualResults } from "./visual-results.ts";

export interface AttemptPorts {
  readonly engine: Engine;
  readonly control: ControlClient;
  readonly documents: DocumentStore;
  readonly visualResults: VisualResults;
  readonly clock: Clock;
  readonly log: Log;
  readonly progressMs?: number;
}

/** What the task loop watches while an attempt runs. */
export interface AttemptWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ProgressBody) => void;
  /** The control plane said that the lease is gone. */
  readonly onLost: () => void;
}

/** A 250 ms pause between reports is what a person still sees as smooth. */
const progressDefaultMs = 250;
const detailMax = 2000;
const documentBytesMax = 200 * 1024 * 1024;

/**
 * One try of a leased task. Never throws: every end is an outcome, or null when the lease is lost and
 * there is nothing left to say. The signal's reason decides between the ends: DRAINING gives the
 * task back, TASK_TIMEOUT fails it, LEASE_LOST is silent.
 */
export async function attempt(
  lease: Lease,
  ports: AttemptPorts,
  watch: AttemptWatch,
): Promise<Outcome | null> {
  const { signal } = watch;
  const reporter = progressReporter({
    everyMs: ports.progressMs ?? progressDefaultMs,
    send: async (progress) => {
      if ((await ports.control.progress(lease, progress, signal)) === "lost") watch.onLost();
    },
  });
  const input = leaseInput(lease, ports, signal);
  const onProgress = (progress: ProgressBody): void => {
    watch.onProgress(progress);
    reporter.report(progress);
  };
  try {
    const { engine, usage } = metered(ports.engine);
    const context = { engine, pack: lease.pack, signal, onProgress };
    const step = await runStep(lease.task, context, input);
    signal.throwIfAborted();
    keepForNeighbours(lease, step.result, ports);
    return doneOutcome(step, ports.engine.ref, usage());
  } catch (error) {
    return outcomeOf(signal.aborted ? signal.reason : error, lease, ports.log);
  } finally {
    await input.release();
    await reporter.close();
  }
}

/** A text container that cannot reach the control plane may ask this one. */
function keepForNeighbours(
  lease: Lease,
  result: Record<string, unknown>,
  { visualResults }: AttemptPorts,
): void {
  if (lease.task !== "visual_analysis") return;
  const { slides } = visualAnalysis.parse(result);
  visualResults.keep(lease.document.sha256, scopeOf(lease), slides);
}

function outcomeOf(error: unknown, lease: Lease, log: Log): Outcome | null {
  const { code, detail } = failureOf(error);
  if (code === "LEASE_LOST") return null;
  if (code === "DRAINING") return { kind: "released" };
  log.warn({ lease: lease.id, task: lease.task, code, err: error }, "task failed");
  return { kind: "failed", code, detail: detail?.slice(0, detailMax) ?? null };
}

function leaseInput(
  lease: Lease,
  ports: AttemptPorts,
  signal: AbortSignal,
): StepInput & { release(): Promise<void> } {
  const { control, clock } = ports;
  let handle: DocumentHandle | null = null;
  let slideStartedMs = clock.nowMs();
  const put = async (slide: number, body: SlideBody): Promise<void> => {
    held(await control.putSlide(lease, slide, body, signal));
    slideStartedMs = clock.nowMs();
  };
  return {
    upstream: lease.upstream.extractions_and_template,
    visualResults: () => ports.visualResults.forLease(lease, signal),
    vision: async () => {
      const document = await ports.documents.open(documentOf(lease, control), signal);
      handle = document;
      return {
        pages: document.pages,
        finished: lease.finished,
        page: (slide) => pageWithPicture(document, slide, lease, ports, signal),
        onSlideFailed: (slide, { code, detail }) => {
          const cut = detail?.slice(0, detailMax) ?? null;
          return put(slide, { kind: "failed", task: lease.task, code, detail: cut });
        },
      };
    },
    onSlide: (slide, result) =>
      put(slide, { ...result, seconds: (clock.nowMs() - slideStartedMs) / 1000 }),
    release: async () => {
      await handle?.release();
    },
  };
}

/** A write under a lost lease ends the task: whoever holds the lease now does the rest. */
function held(written: Written): void {
  if (written === "lost") throw new AppError("LEASE_LOST");
}

/** Draws the page and makes sure its picture is with the control plane, once for both vision tasks. */
async function pageWithPicture(
  document: DocumentHandle,
  slide: number,
  lease: Lease,
  { control, log }: AttemptPorts,
  signal: AbortSignal,
) {
  const page = await document.page(slide, signal);
  try {
    const put = async (): Promise<void> => {
      held(await control.putPage(lease, slide, page.jpeg, signal));
    };
    await document.once(`picture ${slide}`, put, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isRefusal(error)) throw error;
    log.warn({ lease: lease.id, slide, err: error }, "the picture of a slide was refused");
  }
  return page;
}

/** The control plane does not want this picture: the words of the slide still count. */
const isRefusal = (error: unknown): boolean =>
  error instanceof AppError && ["BAD_REQUEST", "FILE_TOO_LARGE"].includes(error.code);

function documentOf(lease: Lease, control: ControlClient) {
  const { sha256, url } = lease.document;
  return {
    key: `${lease.pipeline}/${sha256}`,
    sha256,
    fetch: async (file: string, signal: AbortSignal): Promise<void> => {
      let got = "";
      try {
        await control.download(url, signal, async (body) => {
          got = (await saveStream(body, file, documentBytesMax)).sha256;
        });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const { detail, code } = failureOf(error);
        throw new AppError("DOCUMENT_UNAVAILABLE", detail ?? code, { cause: error });
      }
      if (got !== sha256) {
        throw new AppError("DOCUMENT_UNAVAILABLE", "Its bytes are not the ones expected.");
      }
    },
  };
}
