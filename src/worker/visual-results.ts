import type { SlideAnalysis } from "../contract/results.ts";
import type { Lease } from "../contract/worker-protocol.ts";
import { AppError } from "../errors/app-error.ts";
import type { Random } from "../lib/random.ts";
import type { Log } from "../telemetry/log.ts";
import { boundedCache } from "./bounded-cache.ts";
import { type ControlClient, readVisualResults } from "./control-client.ts";
import { callServer } from "./control-http.ts";

/** Visual results of documents: what is kept here, then whoever else may have them. */
export interface VisualResults {
  /** For a text task: inline in the lease, else the control plane, else the vision container. Throws HANDOFF_MISSING. */
  forLease(lease: Lease, signal: AbortSignal): Promise<readonly SlideAnalysis[]>;
  /** For a request of the API: kept here, else the control plane, else the vision container. Throws UNKNOWN_DOCUMENT. */
  forDocument(
    document: string,
    scope: string,
    signal: AbortSignal,
  ): Promise<readonly SlideAnalysis[]>;
  keep(document: string, scope: string, slides: readonly SlideAnalysis[]): void;
  /** Their documents were deleted: nothing of them is kept, whoever sent it. */
  forget(files: readonly { readonly workspace: string; readonly sha256: string }[]): void;
  /** Tells the control plane; false: there is none, or it has given us no work on this document. */
  forward(
    document: string,
    slides: readonly SlideAnalysis[],
    signal: AbortSignal,
  ): Promise<boolean>;
}

export interface VisualResultsOptions {
  readonly control: ControlClient | null;
  readonly visionUrl: string | null;
  readonly containerToken: string | null;
  /** Longest time that getting a document's visual results may take in all. */
  readonly handoffMs: number;
  /** Longest time of one call to somebody else: one that hangs leaves time for the next. */
  readonly communicationMs: number;
  readonly random: Random;
  readonly log: Log;
}

/** Requests without a control plane share one scope; leased work is kept apart by workspace and pack. */
export const openScope = "open";
export const scopeOf = (lease: Lease): string =>
  `${lease.workspace}/${lease.pack.name}@${lease.pack.version}`;

const limits = { entriesMax: 64, bytesMax: 64 * 1024 * 1024 };

type Source = () => Promise<readonly SlideAnalysis[] | null>;

export function createVisualResults(options: VisualResultsOptions): VisualResults {
  const { control, log } = options;
  const cache = boundedCache<readonly SlideAnalysis[]>(limits);
  const keyOf = (document: string, scope: string): string => `${scope}|${document}`;

  /** The first source that has them. One that fails is passed over: the next one may still answer. */
  const firstOf = async (
    signal: AbortSignal,
    sources: readonly Source[],
  ): Promise<readonly SlideAnalysis[] | null> => {
    for (const source of sources) {
      try {
        const slides = await source();
        if (slides !== null) return slides;
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ err: error }, "a source of visual results failed");
      }
    }
    return null;
  };
  const fromControl =
    (document: string, signal: AbortSignal, lease?: Lease): Source =>
    async () =>
      (await control?.visualResults(document, signal, lease)) ?? null;

  return {
    async forLease(lease, signal) {
      if (lease.handoff !== null) return lease.handoff.slides;
      const { sha256 } = lease.document;
      const within = AbortSignal.any([signal, AbortSignal.timeout(options.handoffMs)]);
      const atControl = AbortSignal.any([within, AbortSignal.timeout(options.communicationMs)]);
      const slides = await firstOf(signal, [
        fromControl(sha256, atControl, lease),
        () => fromNeighbour(options, sha256, scopeOf(lease), within),
      ]);
      if (slides === null) throw new AppError("HANDOFF_MISSING");
      return slides;
    },
    async forDocument(document, scope, signal) {
      const slides = await firstOf(signal, [
        async () => cache.get(keyOf(document, scope)) ?? null,
        ...(scope === openScope ? [fromControl(document, signal)] : []),
        () => fromNeighbour(options, document, scope, signal),
      ]);
      if (slides === null) throw new AppError("UNKNOWN_DOCUMENT");
      return slides;
    },
    keep: (document, scope, slides) => cache.set(keyOf(document, scope), slides),
    forget: (files) =>
      cache.dropWhere((key) =>
        files.some(
          ({ workspace, sha256 }) =>
            key === keyOf(sha256, openScope) ||
            (key.startsWith(`${workspace}/`) && key.endsWith(`|${sha256}`)),
        ),
      ),
    async forward(document, slides, signal) {
      if (control === null) return false;
      return await control.saveVisualResults({ document, slides: [...slides] }, signal);
    },
  };
}

/** The vision container's own API, where one is named. */
async function fromNeighbour(
  options: VisualResultsOptions,
  document: string,
  scope: string,
  signal: AbortSignal,
): Promise<readonly SlideAnalysis[] | null> {
  const { visionUrl, containerToken, communicationMs, random } = options;
  if (visionUrl === null) return null;
  return await readVisualResults(
    (path, read) =>
      callServer(
        {
          method: "GET",
          url: visionUrl + path,
          token: containerToken,
          signal,
          deadlineMs: communicationMs,
          tries: 2,
        },
        random,
        read,
      ),
    { document, scope },
  );
}
