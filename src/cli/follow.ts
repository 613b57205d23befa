import type { DocumentSummary } from "../contract/documents.ts";
import { AppError } from "../errors/app-error.ts";
import { errorCodes } from "../errors/codes.ts";
import type { Clock } from "../lib/clock.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import { createWake } from "../lib/wake.ts";
import { pause } from "../worker/signals.ts";
import type { Api } from "./api-client.ts";

export interface FollowOptions {
  readonly api: Api;
  readonly clock: Clock;
  /** Of documents, not of pipelines. */
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
  /** How long a server that does not answer, or says "try again", is borne with. */
  readonly patienceMs: number;
  /** At every look, with whatever the server says now. */
  onUpdate(document: DocumentSummary): void;
}

/** Looks never follow each other faster, however many events come. */
const gapMs = 120;
const retryMs = 400;
/** Waiting sentences count seconds without any event: a few documents are looked at anyway. */
const fewDocuments = 8;
const lookMs = { few: 1_000, many: 5_000 };
const looksAtOnce = 4;

/** Whether a pipeline has ended, well or not. */
export const isOver = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.state !== "active" && pipeline.state !== "fetching";

/**
 * Watches documents until all have ended. Events say when to look; what is shown is always the
 * state itself. Throws what a look throws (SERVER_UNREACHABLE among it) and the signal's reason.
 */
export async function followDocuments(options: FollowOptions): Promise<void> {
  const { api, ids, signal } = options;
  const open = new Set(ids);
  const changes = createChanges(open);
  const ended = new AbortController();
  const [only] = ids.length === 1 ? ids : [];
  const stream = api.follow({
    document: only,
    signal: AbortSignal.any([signal, ended.signal]),
    onEvent: (event) => changes.mark(event.document),
    onReset: () => changes.mark(null),
  });
  try {
    await lookUntilOver(options, open, changes);
  } finally {
    ended.abort();
    await stream;
  }
}

interface Changes {
  /** This document, or with null perhaps any, has changed. */
  mark(id: string | null): void;
  /** What has changed since the last call. */
  take(): string[];
  wait(signal: AbortSignal): Promise<void>;
}

function createChanges(open: ReadonlySet<string>): Changes {
  const dirty = new Set(open);
  const wake = createWake();
  const mark = (id: string | null): void => {
    for (const one of id === null ? open : [id]) dirty.add(one);
    wake.wakeAll();
  };
  return {
    mark,
    take() {
      const taken = [...dirty].filter((id) => open.has(id));
      dirty.clear();
      return taken;
    },
    async wait(signal) {
      const limitMs = open.size <= fewDocuments ? lookMs.few : lookMs.many;
      if (dirty.size === 0 && !(await wake.wait(limitMs, signal))) mark(null);
      signal.throwIfAborted();
    },
  };
}

async function lookUntilOver(
  { api, clock, signal, patienceMs, onUpdate }: FollowOptions,
  open: Set<string>,
  changes: Changes,
): Promise<void> {
  let failingSinceMs: number | null = null;
  while (open.size > 0) {
    try {
      for (const document of await lookAt(api, changes.take(), signal)) {
        onUpdate(document);
        if (isOver(document)) open.delete(document.id);
      }
      failingSinceMs = null;
    } catch (error) {
      failingSinceMs ??= clock.nowMs();
      if (!isPassing(error) || clock.nowMs() - failingSinceMs >= patienceMs) throw error;
      changes.mark(null);
    }
    if (open.size === 0) return;
    await pause(failingSinceMs === null ? gapMs : retryMs, signal);
    await changes.wait(signal);
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof AppError && errorCodes[error.code].retryable;

async function lookAt(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<DocumentSummary[]> {
  const places = createSemaphore(looksAtOnce);
  return Promise.all(ids.map((id) => places.run(() => api.document(id, signal))));
}
