import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type {
  PackActivated,
  PackCheckAnswer,
  PackContent,
  PackDiff,
  PackDraftAnswer,
  PackDraftBody,
  PackList,
  PackVersions,
} from "../../../src/contract/packs.ts";
import { base, getJson, postJson } from "../api/client.ts";
import type { BatchAccepted, DocumentList } from "../api/types.ts";

const netMs = 30_000;
const packUrl = (name: string): string => `/api/packs/${encodeURIComponent(name)}`;

export const packsQuery = queryOptions({
  queryKey: ["packs"],
  queryFn: ({ signal }) => getJson<PackList>("/api/packs", { signal }),
  refetchInterval: netMs,
});

export const packVersionsQuery = (name: string) =>
  queryOptions({
    queryKey: ["packs", name],
    queryFn: ({ signal }) => getJson<PackVersions>(packUrl(name), { signal }),
    refetchInterval: netMs,
  });

/** What a version holds never changes. */
export const packContentQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ["pack-content", name, version],
    queryFn: ({ signal }) =>
      getJson<PackContent>(`${packUrl(name)}/versions/${version}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const packDiffQuery = (name: string, from: number, to: number) =>
  queryOptions({
    queryKey: ["pack-diff", name, from, to],
    queryFn: ({ signal }) =>
      getJson<PackDiff>(`${packUrl(name)}/diff?from=${from}&to=${to}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The newest documents: one of them can be read with a draft. */
export const recentDocumentsQuery = queryOptions({
  // Not below "documents": news are drawn into lists of pages there.
  queryKey: ["recent-documents"],
  queryFn: ({ signal }) => getJson<DocumentList>(`${base}/documents?limit=20`, { signal }),
});

export const checkFiles = (files: Readonly<Record<string, string>>) =>
  postJson<PackCheckAnswer>("/api/packs/validate", { files });

export const saveDraft = (name: string, body: PackDraftBody) =>
  postJson<PackDraftAnswer>(`${packUrl(name)}/versions`, body);

export const activateVersion = (name: string, version: number, by: string) =>
  postJson<PackActivated>(`${packUrl(name)}/activate`, { version, by });

export const rollBack = (name: string, seen: number | undefined, by: string) =>
  postJson<PackActivated>(`${packUrl(name)}/rollback`, { seen, by });

/** Sends the file of a document again, to be read with this version; answers the new document. */
export async function tryVersion(
  name: string,
  version: number,
  document: { readonly sha256: string; readonly name: string },
): Promise<string> {
  const answer = await postJson<BatchAccepted>(`${base}/batches`, {
    name: `Trial of ${name}@${version}`,
    pack: `${name}@${version}`,
    documents: [{ sha256: document.sha256, name: document.name }],
  });
  return answer.documents[0]?.document ?? "";
}

export const renewPacks = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: ["packs"] });
