/** Calls under way: each ends with its own signal or, all together, when the owner closes. */
export interface Ongoing {
  /** Runs `work` with a signal that also falls when the owner closes. */
  run<T>(signal: AbortSignal, work: (either: AbortSignal) => Promise<T>): Promise<T>;
  /** Ends every call with this reason, refuses new ones, and resolves when all have gone. */
  close(reason: unknown): Promise<void>;
}

export function createOngoing(): Ongoing {
  const running = new Map<AbortController, Promise<unknown>>();
  const closing = new AbortController();
  return {
    async run(signal, work) {
      closing.signal.throwIfAborted();
      signal.throwIfAborted();
      // Not AbortSignal.any: a signal that lives as long as the process would gather listeners.
      const either = new AbortController();
      const abort = (): void => either.abort(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      const promise = work(either.signal);
      running.set(either, promise);
      try {
        return await promise;
      } finally {
        running.delete(either);
        signal.removeEventListener("abort", abort);
      }
    },
    async close(reason) {
      closing.abort(reason);
      const last = [...running.values()];
      for (const either of running.keys()) either.abort(reason);
      await Promise.allSettled(last);
    },
  };
}
