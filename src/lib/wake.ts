/** Work of one class, standing at this rank or behind it. */
export interface WorkTopic {
  readonly classId: number;
  readonly rank: number;
}

/** Waiters that one call wakes: how a long poll learns of work without asking again and again. */
export interface Wake {
  /**
   * Resolves true when woken, false after `ms` or when `signal` aborts. With `classIds`, a wake about
   * other classes passes by.
   */
  wait(ms: number, signal?: AbortSignal, classIds?: readonly number[]): Promise<boolean>;
  /** Wakes whoever waits for one of these topics; without any, everybody. */
  wakeAll(topics?: readonly WorkTopic[]): void;
  /** Called at every wake; answers how to stop. */
  subscribe(listener: (topics?: readonly WorkTopic[]) => void): () => void;
}

export function createWake(): Wake {
  const listeners = new Set<(topics?: readonly WorkTopic[]) => void>();
  return {
    wait(ms, signal, classIds) {
      return new Promise((resolve) => {
        const end = (woken: boolean) => {
          clearTimeout(timer);
          listeners.delete(onWake);
          signal?.removeEventListener("abort", onAbort);
          resolve(woken);
        };
        const onWake = (topics?: readonly WorkTopic[]) => {
          const concerns = ({ classId }: WorkTopic) => classIds?.includes(classId) ?? true;
          if (topics?.some(concerns) ?? true) end(true);
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
      // A listener that is added twice is called twice.
      const own = (topics?: readonly WorkTopic[]) => listener(topics);
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}
