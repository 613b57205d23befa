/** Waiters that one call wakes: how a long poll learns of work without asking again and again. */
export interface Wake {
  /**
   * Resolves true when woken, false after `ms` or when `signal` aborts. With `topics`, a wake about
   * others passes by.
   */
  wait(ms: number, signal?: AbortSignal, topics?: readonly number[]): Promise<boolean>;
  /** Wakes whoever waits for one of these topics; without any, everybody. */
  wakeAll(topics?: readonly number[]): void;
  /** Called at every wake; answers how to stop. */
  subscribe(listener: () => void): () => void;
}

export function createWake(): Wake {
  const listeners = new Set<(topics?: readonly number[]) => void>();
  return {
    wait(ms, signal, wanted) {
      return new Promise((resolve) => {
        const end = (woken: boolean) => {
          clearTimeout(timer);
          listeners.delete(onWake);
          signal?.removeEventListener("abort", onAbort);
          resolve(woken);
        };
        const onWake = (topics?: readonly number[]) => {
          if (!topics || !wanted || topics.some((topic) => wanted.includes(topic))) end(true);
        };
        const onAbort = () => end(false);
        const timer = setTimeout(() => end(false), ms);
        listeners.add(onWake);
        if (signal?.aborted) onAbort();
        else signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    wakeAll(topics) {
      for (const listener of [...listeners]) listener(topics);
    },
    subscribe(listener) {
      const onWake = () => listener();
      listeners.add(onWake);
      return () => listeners.delete(onWake);
    },
  };
}
