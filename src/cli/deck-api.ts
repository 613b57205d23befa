import type { AskAnswer } from "../contract/ask.ts";
import type { Comparison } from "../contract/compare.ts";
import type { DocumentSummary } from "../contract/documents.ts";
import type {
  Portfolio,
  SearchAnswer,
  VersionList,
  VersionRequest,
} from "../contract/portfolio.ts";
import type { Call } from "./batch-api.ts";
import { checked } from "./checked.ts";

export interface PortfolioAsk {
  readonly fields?: string | undefined;
  readonly filters: readonly string[];
  readonly sort?: string | undefined;
  readonly q?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** What decks say: side by side, by their words, one of them, and two against each other. Throws what the server answers. */
export interface DeckApi {
  portfolio(ask: PortfolioAsk, signal: AbortSignal): Promise<Portfolio>;
  search(
    of: { readonly q: string; readonly cursor?: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Promise<SearchAnswer>;
  ask(id: string, question: string, signal: AbortSignal): Promise<AskAnswer>;
  compare(id: string, other: string, signal: AbortSignal): Promise<Comparison>;
  versions(id: string, signal: AbortSignal): Promise<VersionList>;
  /** Answers the document with its version as it is then. */
  chooseVersion(id: string, body: VersionRequest, signal: AbortSignal): Promise<DocumentSummary>;
}

const contract = () => import("../contract/portfolio.ts");

/** @param call asks below the caller's workspace */
export function deckApi(call: Call): DeckApi {
  const one = (id: string): string => `/documents/${encodeURIComponent(id)}`;
  return {
    portfolio: async (ask, signal) =>
      checked(await call(`/portfolio?${paramsOf(ask)}`, signal), (await contract()).portfolio),
    async search({ q, cursor, limit }, signal) {
      const params = new URLSearchParams({ q, limit: String(limit) });
      if (cursor !== undefined) params.set("cursor", cursor);
      return checked(await call(`/search?${params}`, signal), (await contract()).searchAnswer);
    },
    ask: async (id, question, signal) =>
      checked(
        await call(`${one(id)}/ask`, signal, {
          method: "POST",
          body: JSON.stringify({ question }),
          headers: { "content-type": "application/json" },
        }),
        (await import("../contract/ask.ts")).askAnswer,
      ),
    compare: async (id, other, signal) =>
      checked(
        await call(`${one(id)}/compare/${encodeURIComponent(other)}`, signal),
        (await import("../contract/compare.ts")).comparison,
      ),
    versions: async (id, signal) =>
      checked(await call(`${one(id)}/versions`, signal), (await contract()).versionList),
    chooseVersion: async (id, body, signal) =>
      checked(
        await call(`${one(id)}/version`, signal, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
        (await import("../contract/documents.ts")).documentSummary,
      ),
  };
}

function paramsOf({ fields, filters, sort, q, cursor, limit }: PortfolioAsk): URLSearchParams {
  const params = new URLSearchParams({ limit: String(limit) });
  for (const filter of filters) params.append("filter", filter);
  for (const [key, value] of Object.entries({ fields, sort, q, cursor })) {
    if (value !== undefined) params.set(key, value);
  }
  return params;
}
