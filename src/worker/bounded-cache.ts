export interface CacheLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

export interface BoundedCache<T> {
  get(key: string): T | undefined;
  /** A value larger than the whole cache is not kept. */
  set(key: string, value: T): void;
  /** Every key of which this is true. */
  dropWhere(isGone: (key: string) => boolean): void;
}

/** Keeps the values used last, counted by entries and by their size as JSON. */
export function boundedCache<T>({ entriesMax, bytesMax }: CacheLimits): BoundedCache<T> {
  const entries = new Map<string, { value: T; bytes: number }>();
  let total = 0;
  const drop = (key: string): void => {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    dropWhere(isGone) {
      for (const key of entries.keys()) if (isGone(key)) drop(key);
    },
    set(key, value) {
      drop(key);
      const bytes = Buffer.byteLength(JSON.stringify(value));
      if (bytes > bytesMax) return;
      entries.set(key, { value, bytes });
      total += bytes;
      for (const oldest of entries.keys()) {
        if (total <= bytesMax && entries.size <= entriesMax) break;
        drop(oldest);
      }
    },
  };
}
