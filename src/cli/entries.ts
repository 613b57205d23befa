import { randomUUID } from "node:crypto";
import { basename, resolve } from "node:path";
import type { DocumentSummary } from "../contract/documents.ts";
import type { Results } from "../contract/results.ts";
import type { RunReport } from "../contract/run.ts";
import { AppError, type Failure, failureOf } from "../errors/app-error.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import { engineId } from "../report/words.ts";
import { failureView } from "../services/views.ts";
import type { Api } from "./api-client.ts";
import { type BatchPlan, openBatches, planBatches } from "./batch-plan.ts";
import type { Context } from "./context.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { followDocuments, isOver } from "./follow.ts";
import type { Progress, Tracked } from "./progress/progress.ts";
import type { Ended } from "./report/summary.ts";

/** One file or document of a command, as far as it has come; filled in step by step. */
export interface Entry extends Tracked {
  /** null: it was sent earlier. */
  readonly path: string | null;
  /** The same at every try, so that a repeat after a broken connection makes no second document. */
  readonly idempotencyKey: string;
  /** The batch it joins; null: it stands alone. */
  readonly plan: BatchPlan | null;
  /** How it is to be worked on; absent: as the server has it. */
  readonly wishes: Wishes;
  document: DocumentSummary | null;
  refusal: Failure | null;
  results: Results | null;
  /** How long a refused file took. */
  seconds: number;
}

export interface Wishes {
  readonly pack?: string | undefined;
  readonly priority?: number | undefined;
  /** Opens locked PDFs; those that are not locked do not mind it. */
  readonly password?: string | undefined;
}

/** Entries for files named on the command line; relative names are the caller's. Several make a batch. */
export function fileEntries(
  { cwd }: Pick<Context, "cwd">,
  files: readonly string[],
  wishes: Wishes = {},
): Entry[] {
  const plans = planBatches(files.map((file) => resolve(cwd, file)));
  return files.map((file, key) =>
    fileEntry({ key, path: resolve(cwd, file), plan: plans[key] ?? null, wishes }),
  );
}

/** @param given the name is that of the path, and the key a new one, unless they are given */
export const fileEntry = (
  given: Pick<Entry, "key" | "plan"> & { readonly path: string } & Partial<
      Pick<Entry, "name" | "idempotencyKey" | "wishes">
    >,
): Entry => ({ ...emptyEntry(given.key, basename(given.path) || given.path), ...given });

/** Entries for documents the server knows. Throws DOCUMENT_NOT_FOUND. */
export async function documentEntries(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Entry[]> {
  const documents = await Promise.all(ids.map((id) => api.document(id, signal)));
  return documents.map(documentEntry);
}

/** An entry for a document that the server has already. */
export const documentEntry = (document: DocumentSummary, key: number): Entry => ({
  ...emptyEntry(key, document.name),
  document,
});

const emptyEntry = (key: number, name: string): Entry => ({
  key,
  name,
  path: null,
  idempotencyKey: randomUUID(),
  plan: null,
  wishes: {},
  document: null,
  refusal: null,
  results: null,
  seconds: 0,
});

/** Two at once: the server opens no more, and the order stays nearly that of the command line. */
const uploadsAtOnce = 2;

/** Sends what is not sent yet. A file that is refused is noted; the others go on. */
export async function sendAll(
  { clock }: Pick<Context, "clock">,
  api: Api,
  entries: readonly Entry[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await openBatches(api, entries.filter(isUnsent), signal);
  const places = createSemaphore(uploadsAtOnce);
  const send = async (entry: Entry): Promise<void> => {
    const { path, name, idempotencyKey, plan, wishes } = entry;
    if (path === null || !isUnsent(entry)) return;
    signal.throwIfAborted();
    const startedMs = clock.nowMs();
    progress.update(entry);
    try {
      entry.document = await api.upload(
        { path, name, idempotencyKey, batch: plan?.id ?? undefined, ...wishes },
        signal,
      );
    } catch (error) {
      if (signal.aborted || isAboutServer(error)) throw error;
      entry.refusal = failureOf(error);
      entry.seconds = (clock.nowMs() - startedMs) / 1000;
    }
    progress.update(entry);
  };
  const sends = await Promise.allSettled(entries.map((entry) => places.run(() => send(entry))));
  for (const sent of sends) if (sent.status === "rejected") throw sent.reason;
}

const isUnsent = ({ path, document, refusal }: Entry): boolean =>
  path !== null && document === null && refusal === null;

/** Whether the next file would meet the same failure. */
export function isAboutServer(error: unknown): boolean {
  const about: readonly number[] = [exitCodes.unreachable, exitCodes.notAllowed];
  return about.includes(exitCodeOf(error)) || !(error instanceof AppError);
}

/** Watches what is not finished yet, until it is. */
export async function followAll(
  { clock }: Pick<Context, "clock">,
  api: Api,
  entries: readonly Entry[],
  progress: Progress,
  options: { readonly signal: AbortSignal; readonly patienceMs: number },
): Promise<void> {
  const open = entries.filter(({ document }) => document !== null && !isOver(document));
  for (const entry of entries) progress.update(entry);
  if (open.length === 0) return;
  await followDocuments({
    ...options,
    api,
    clock,
    ids: [...new Set(open.flatMap((entry) => entry.document?.id ?? []))],
    onUpdate(document) {
      for (const entry of open) {
        if (entry.document?.id !== document.id) continue;
        entry.document = document;
        progress.update(entry);
      }
    },
  });
}

/** Fetches what came out so far. */
export async function fetchResults(
  api: Api,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<void> {
  for (const entry of entries) {
    if (entry.document === null || entry.results !== null) continue;
    entry.results = (await api.results(entry.document.id, signal)).results;
  }
}

const notSent: Failure = { code: "WAIT_TIMEOUT", detail: "It was not sent." };

/** An entry as it is reported at the end. One that has not ended says WAIT_TIMEOUT. */
export function endedOf(entry: Entry, more: string | null = null): Ended {
  const { name, document, refusal } = entry;
  if (document === null) {
    const unsent = { ...failureView(notSent), next: "Send it: pilotlight submit." };
    return {
      ...{ name, sha256: null, pages: null, engine: null, results: {}, pack: null },
      state: refusal === null ? "not_sent" : "rejected",
      error: refusal === null ? unsent : failureView(refusal),
      ...{ seconds: entry.seconds, note: null, more: null },
    };
  }
  const { pipeline, sha256, pages } = document;
  const late = failureView({ code: "WAIT_TIMEOUT", detail: pipeline.status.sentence });
  return {
    name,
    sha256: sha256 === "" ? null : sha256,
    pages: pages === 0 ? null : pages,
    state: pipeline.state,
    engine: engineId(pipeline.engine),
    pack: pipeline.pack,
    seconds: pipeline.seconds,
    error: isOver(document) ? pipeline.failure : late,
    results: entry.results ?? {},
    note: pipeline.state === "done" ? null : pipeline.status.sentence,
    more,
  };
}

/** The object of `run --json`, without what is only said to people. */
export const reportOf = (documents: readonly Ended[]): Pick<RunReport, "documents"> => ({
  documents: documents.map(({ note: _note, more: _more, ...document }) => document),
});
