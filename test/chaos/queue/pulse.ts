/** Hears when workers were told that results are accepted: the sign of life of the whole. */
export interface Pulse {
  /** A request with results left at `sentMs` and was answered now. */
  beat(sentMs: number): void;
  /** Milliseconds from `sinceMs` to the first answer to a request sent after it; null: none in time. */
  after(sinceMs: number, limitMs: number, signal: AbortSignal): Promise<number | null>;
}

export function createPulse(): Pulse {
  const listeners = new Set<(sentMs: number) => void>();
  return {
    beat(sentMs) {
      for (const listener of [...listeners]) listener(sentMs);
    },
    after(sinceMs, limitMs, signal) {
      return new Promise((resolve) => {
        const end = (tookMs: number | null): void => {
          clearTimeout(timer);
          listeners.delete(onBeat);
          signal.removeEventListener("abort", onAbort);
          resolve(tookMs);
        };
        const onBeat = (sentMs: number): void => {
          if (sentMs >= sinceMs) end(Date.now() - sinceMs);
        };
        const onAbort = (): void => end(null);
        const timer = setTimeout(onAbort, limitMs);
        listeners.add(onBeat);
        signal.addEventListener("abort", onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    },
  };
}
