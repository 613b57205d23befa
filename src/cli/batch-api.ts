import type {
  BatchAccepted,
  BatchChange,
  BatchDetail,
  BatchList,
  CreateBatchBody,
} from "../contract/batches.ts";

/** Batches as the commands use them. */
export interface BatchApi {
  /** An idempotency key makes it safe to repeat. */
  create(body: CreateBatchBody, key: string, signal: AbortSignal): Promise<BatchAccepted>;
  get(id: string, signal: AbortSignal): Promise<BatchDetail>;
  list(query: BatchQuery, signal: AbortSignal): Promise<BatchList>;
  cancel(id: string, signal: AbortSignal): Promise<BatchChange>;
  retry(id: string, signal: AbortSignal): Promise<BatchChange>;
}

export interface BatchQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export type Call = <T>(path: string, signal: AbortSignal, init?: RequestInit) => Promise<T>;

export function batchApi(call: Call): BatchApi {
  const one = (id: string): string => `/batches/${encodeURIComponent(id)}`;
  const post = { method: "POST" };
  return {
    create: (body, key, signal) =>
      call("/batches", signal, {
        ...post,
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", "idempotency-key": key },
      }),
    get: (id, signal) => call(one(id), signal),
    list: ({ limit, cursor }, signal) => {
      const params = new URLSearchParams({ limit: String(limit) });
      if (cursor !== undefined) params.set("cursor", cursor);
      return call(`/batches?${params}`, signal);
    },
    cancel: (id, signal) => call(`${one(id)}/cancel`, signal, post),
    retry: (id, signal) => call(`${one(id)}/retry`, signal, post),
  };
}
