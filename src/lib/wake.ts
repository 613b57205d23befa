/** Waiters that one call wakes: how a long poll learns of work without asking again and again. */
export interface Wake {
  /** Resolves true when woken, false after `ms` or when `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<boolean>;
  wakeAll(): void;
  /** Called at every wake; answers how to stop. */
  subscribe(listener: () => void): () => void;
}

export function createWake(): Wake {
  const listeners = new Set<() => void>();
  return {
    wait(ms, signal) {
      return new Promise((resolve) => {
        const end = (woken: boolean) => {
          clearTimeout(timer);
          listeners.delete(onWake);
          signal?.removeEventListener("abort", onAbort);
          resolve(woken);
        };
        const onWake = () => end(true);
        const onAbort = () => end(false);
        const timer = setTimeout(() => end(false), ms);
        listeners.add(onWake);
        if (signal?.aborted) onAbort();
        else signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    wakeAll() {
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
