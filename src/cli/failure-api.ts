import type { ZodType } from "zod";
import type { DocumentLogs } from "../contract/document-logs.ts";
import type { Explanation } from "../contract/explain.ts";
import type {
  FailureDetail,
  FailureGroupView,
  FailuresAnswer,
  GroupRetryAnswer,
} from "../contract/failures.ts";
import type { Call } from "./batch-api.ts";
import { checked as checkedBy } from "./checked.ts";

export interface FailuresQuery {
  readonly window: string;
  readonly tab: string;
}

export interface GroupRetryBody {
  readonly dryRun: boolean;
  readonly asOf?: string;
  readonly by: string;
}

export interface AcknowledgeBody {
  readonly kind: string;
  readonly note?: string | undefined;
  readonly by: string;
}

/** Failures by kind, and why things are as they are. Throws what the server answers. */
export interface FailureApi {
  list(query: FailuresQuery, signal: AbortSignal): Promise<FailuresAnswer>;
  get(fingerprint: string, window: string, signal: AbortSignal): Promise<FailureDetail>;
  retry(fingerprint: string, body: GroupRetryBody, signal: AbortSignal): Promise<GroupRetryAnswer>;
  acknowledge(
    fingerprint: string,
    body: AcknowledgeBody,
    signal: AbortSignal,
  ): Promise<FailureGroupView>;
  /** What containers said of a document, oldest first. */
  documentLogs(
    id: string,
    query: { readonly tail: number; readonly after?: number; readonly stage?: string | undefined },
    signal: AbortSignal,
  ): Promise<DocumentLogs>;
  explain(kind: string, id: string, signal: AbortSignal): Promise<Explanation>;
}

/** @param call asks below the caller's own workspace */
export function failureApi(call: Call): FailureApi {
  const one = (id: string): string => `/failures/${encodeURIComponent(id)}`;
  const post = (path: string, signal: AbortSignal, body: object): Promise<unknown> =>
    call(path, signal, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  return {
    list: async (query, signal) =>
      checked(
        await call(`/failures?${new URLSearchParams({ ...query })}`, signal),
        ({ failuresAnswer }) => failuresAnswer,
      ),
    get: async (fingerprint, window, signal) =>
      checked(
        await call(`${one(fingerprint)}?${new URLSearchParams({ window })}`, signal),
        ({ failureDetail }) => failureDetail,
      ),
    retry: async (fingerprint, body, signal) =>
      checked(
        await post(`${one(fingerprint)}/retry`, signal, body),
        ({ groupRetryAnswer }) => groupRetryAnswer,
      ),
    acknowledge: async (fingerprint, body, signal) =>
      checked(
        await post(`${one(fingerprint)}/acknowledge`, signal, body),
        ({ failureGroup }) => failureGroup,
      ),
    documentLogs: async (id, query, signal) => {
      const params = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) params.set(name, String(value));
      }
      const answer = await call(`/documents/${encodeURIComponent(id)}/logs?${params}`, signal);
      return checkedBy(answer, (await import("../contract/document-logs.ts")).documentLogs);
    },
    explain: async (kind, id, signal) => {
      const answer = await call(`/explain/${kind}/${encodeURIComponent(id)}`, signal);
      return checkedBy(answer, (await import("../contract/explain.ts")).explanation);
    },
  };
}

type Contract = typeof import("../contract/failures.ts");

/** The schemas are loaded only here: most commands have no use for them. */
const checked = async <T>(body: unknown, choose: (contract: Contract) => ZodType<T>): Promise<T> =>
  checkedBy(body, choose(await import("../contract/failures.ts")));
