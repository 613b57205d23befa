import type { DocumentList } from "../contract/document-list.ts";
import type { DocumentPlan } from "../contract/document-plan.ts";
import type {
  DeletedDocument,
  DocumentResults,
  DocumentSummary,
  ReopenAnswer,
} from "../contract/documents.ts";
import type { ExportFormat } from "../contract/exports.ts";
import type { ListedCosts } from "../contract/listed-costs.ts";
import { AppError } from "../errors/app-error.ts";
import { type BatchApi, batchApi, type Call } from "./batch-api.ts";
import { type CacheApi, cacheApi } from "./cache-api.ts";
import { type DeckApi, deckApi } from "./deck-api.ts";
import { type EventStreamOptions, followEvents } from "./event-stream.ts";
import { type FailureApi, failureApi } from "./failure-api.ts";
import { type FleetApi, fleetApi } from "./fleet-api.ts";
import { type PackApi, packApi } from "./pack-api.ts";
import { problemError } from "./problems.ts";
import { type ReviewApi, reviewApi } from "./review-api.ts";
import { type TuningApi, tuningApi } from "./tuning-api.ts";
import { type Upload, uploadFile } from "./upload.ts";

export interface ListQuery {
  /** One or several, with commas. */
  readonly state?: string | undefined;
  readonly filter?: string | undefined;
  readonly q?: string | undefined;
  /** RFC 3339. */
  readonly since?: string | undefined;
  readonly sort?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * The HTTP API as the commands use it. Answers are those of the contract; a problem comes back as the
 * AppError it was, and a server that does not answer as SERVER_UNREACHABLE.
 */
export interface Api {
  readonly url: string;
  /** Answers the new document. An idempotency key makes it safe to repeat. */
  upload(upload: Upload, signal: AbortSignal): Promise<DocumentSummary>;
  sample(signal: AbortSignal): Promise<DocumentSummary>;
  document(id: string, signal: AbortSignal): Promise<DocumentSummary>;
  /** Of an older generation where one is named. */
  results(id: string, signal: AbortSignal, generation?: number): Promise<DocumentResults>;
  /** Results as a file of this format. */
  export(id: string, query: ExportQuery, signal: AbortSignal): Promise<Uint8Array>;
  list(query: ListQuery, signal: AbortSignal): Promise<DocumentList>;
  /** Of up to 200 documents. */
  costs(ids: readonly string[], signal: AbortSignal): Promise<ListedCosts>;
  /** What a document would take. */
  plan(query: PlanQuery, signal: AbortSignal): Promise<DocumentPlan>;
  reopen(
    kind: "retry" | "rerun",
    id: string,
    body: ReopenBody,
    signal: AbortSignal,
  ): Promise<ReopenAnswer>;
  cancel(id: string, by: string, signal: AbortSignal): Promise<DocumentSummary>;
  /** Forgets it; again is harmless. */
  remove(id: string, by: string, signal: AbortSignal): Promise<DeletedDocument>;
  /** The PDF itself. */
  file(id: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Any address, as it answers. Throws what a problem object says. */
  raw(path: string, init: RequestInit, signal: AbortSignal): Promise<Response>;
  readonly batches: BatchApi;
  readonly cache: CacheApi;
  readonly failures: FailureApi;
  readonly fleet: FleetApi;
  readonly tuning: TuningApi;
  readonly packs: PackApi;
  readonly reviews: ReviewApi;
  readonly decks: DeckApi;
  /** Every change as it happens, until the signal is raised; reconnects by itself. */
  follow(options: Omit<EventStreamOptions, "url" | "headers">): Promise<void>;
}

export interface ReopenBody {
  readonly from?: string | number | undefined;
  readonly slides?: readonly number[] | undefined;
  readonly dryRun: boolean;
}

export interface ExportQuery {
  readonly format: ExportFormat;
  readonly task?: string | undefined;
  readonly slide?: number | undefined;
  readonly generation?: number | undefined;
}

/** No answer of ours takes longer; uploads and streams have no limit. */
const answerMs = 60_000;
const base = "/api/workspaces/-";
/** The fleet belongs to the installation, not to a workspace. */
const fleetBase = "/api/fleet";
const scalingBase = "/api/scaling";
const packBase = "/api/packs";

/** @param token sent as bearer; null where the server asks for none */
export function createApi(url: string, token: string | null): Api {
  const root = url.replace(/\/+$/, "");
  const headers: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${token}` };
  const ask = async <T>(path: string, signal: AbortSignal, init?: RequestInit): Promise<T> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const merged = { ...headers, ...(init?.headers as Record<string, string>) };
    try {
      const response = await fetch(root + path, { ...init, headers: merged, signal: limit });
      return await answerOf<T>(response);
    } catch (error) {
      throw asUnreachable(error, root, signal);
    }
  };
  const call: Call = (path, signal, init) => ask(base + path, signal, init);
  const post = <T>(path: string, signal: AbortSignal, body?: object): Promise<T> =>
    call(path, signal, {
      method: "POST",
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  const one = (id: string): string => `/documents/${encodeURIComponent(id)}`;
  return {
    url: root,
    upload: (upload, signal) => uploadFile(`${root}${base}/documents`, headers, upload, signal),
    sample: async (signal) =>
      (await post<{ document: DocumentSummary }>("/documents/sample", signal)).document,
    document: (id, signal) => call(one(id), signal),
    results: (id, signal, generation) =>
      call(
        `${one(id)}/results${generation === undefined ? "" : `?generation=${generation}`}`,
        signal,
      ),
    list: (query, signal) => call(`/documents?${paramsOf(query)}`, signal),
    costs: (ids, signal) => call(`/documents/costs?${paramsOf({ ids: ids.join(",") })}`, signal),
    plan: (query, signal) => call(`/documents/plan?${paramsOf(query)}`, signal),
    reopen: (kind, id, body, signal) => post(`${one(id)}/${kind}`, signal, body),
    cancel: (id, by, signal) => post(`${one(id)}/cancel`, signal, { by }),
    remove: (id, by, signal) =>
      call(`${one(id)}?by=${encodeURIComponent(by)}`, signal, { method: "DELETE" }),
    file: (id, signal) => readBytes(`${root}${base}${one(id)}/file`, headers, signal),
    export: (id, query, signal) =>
      readBytes(`${root}${base}${one(id)}/export?${paramsOf(query)}`, headers, signal),
    raw: async (path, init, signal) => {
      const merged = { ...headers, ...(init.headers as Record<string, string>) };
      try {
        const response = await fetch(root + path, { ...init, headers: merged, signal });
        if (!response.ok) await answerOf<never>(response);
        return response;
      } catch (error) {
        throw asUnreachable(error, root, signal);
      }
    },
    batches: batchApi(call),
    cache: cacheApi(call),
    failures: failureApi(call),
    fleet: fleetApi((path, signal, init) => ask(fleetBase + path, signal, init)),
    tuning: tuningApi((path, signal, init) => ask(scalingBase + path, signal, init)),
    reviews: reviewApi(call),
    decks: deckApi(call),
    packs: packApi((path, signal, init) => ask(packBase + path, signal, init)),
    follow: (options) => followEvents({ ...options, url: `${root}${base}/events`, headers }),
  };
}

/** Whether a Pilotlight answers at this address within two seconds, well or not. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2_000) });
    const health: unknown = await response.json();
    return typeof health === "object" && health !== null && "installation" in health;
  } catch {
    return false;
  }
}

/** What is left out is not asked for. */
const paramsOf = (query: object): URLSearchParams =>
  new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [name, String(value)]),
  );
export interface PlanQuery {
  readonly pages?: number | undefined;
  readonly sha256?: string | undefined;
  readonly pack?: string | undefined;
}

async function readBytes(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { headers, signal });
    if (!response.ok) await answerOf<never>(response);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw asUnreachable(error, new URL(url).origin, signal);
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  throw problemError(body, response.status);
}

function asUnreachable(error: unknown, url: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof AppError) return error;
  return new AppError("SERVER_UNREACHABLE", `Nobody answers at ${url}.`, { cause: error });
}
