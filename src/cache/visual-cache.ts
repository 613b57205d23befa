/** What a page's result depends on, apart from the page itself: the name of an entry. */
export interface CacheKey {
  readonly workspace: string;
  /** SHA-256 of the document, hex. */
  readonly sha256: string;
  /** Task, prompts and schemas by hash, engine, and who read: equal recipes read a page alike. */
  readonly recipe: string;
}

export interface CachedSlide {
  /** From 1; 0 holds what the whole result says beside its slides, once it is whole. */
  readonly slide: number;
  /** JSON. */
  readonly result: unknown;
}

export interface CacheUse {
  readonly entries: number;
  /** Of the results as JSON. */
  readonly bytes: number;
}

/** What is over is evicted, what was used longest ago first. */
export interface CacheLimits {
  readonly bytesMax: number;
  readonly workspaceBytesMax: number;
  /** Since an entry was used last. */
  readonly ageMsMax: number;
}

/**
 * Visual results kept between documents: the same deck again costs no reading. Everything in it can be
 * lost at any moment; it is read again then. An implementation may throw; `guarded` says what of that
 * reaches the services. One suite holds for all (`conformance.db.test.ts`).
 */
export interface VisualCache {
  readonly kind: "postgres" | "redis";
  /** In order of slides; empty: nothing is kept. What is read counts as used. */
  read(key: CacheKey): Promise<readonly CachedSlide[]>;
  /** Adds to an entry, or replaces slides in it. */
  write(key: CacheKey, slides: readonly CachedSlide[]): Promise<void>;
  /** Of a whole workspace, or of one document in it; answers how many entries went. */
  remove(of: { readonly workspace: string; readonly sha256?: string }): Promise<number>;
  /** By workspace. */
  use(): Promise<Readonly<Record<string, CacheUse>>>;
  /** One bounded batch; answers how many entries went, 0 when nothing is over. */
  evict(limits: CacheLimits): Promise<number>;
  /** Whether this error is an answer, of a server that is there and does not want to. */
  isRefusal?(error: unknown): boolean;
  close(): Promise<void>;
}

export const bytesOf = (result: unknown): number =>
  Buffer.byteLength(JSON.stringify(result) ?? "null");
