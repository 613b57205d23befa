import { boundedCache } from "../bounded-cache.ts";

/** Results kept in this container for whoever asks by document: bounded, gone with the process. */
export interface ResultShelf {
  get(document: string): Readonly<Record<string, unknown>> | undefined;
  put(document: string, task: string, result: Record<string, unknown>): void;
  /** These were deleted: nothing of them is kept. */
  forget(documents: readonly string[]): void;
}

export function createResultShelf(): ResultShelf {
  const cache = boundedCache<Readonly<Record<string, unknown>>>({
    entriesMax: 64,
    bytesMax: 64 * 1024 * 1024,
  });
  return {
    get: (document) => cache.get(document),
    put(document, task, result) {
      cache.set(document, { ...cache.get(document), [task]: result });
    },
    forget: (documents) => cache.dropWhere((document) => documents.includes(document)),
  };
}
