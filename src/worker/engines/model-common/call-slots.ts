/** At most `count` holders at once; the rest wait in the order they came. */
export interface CallSlots {
  readonly running: number;
  /** Runs `work` in a slot. While it waits, the signal takes it out of the row again. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createCallSlots(count: number): CallSlots {
  const waiting: (() => void)[] = [];
  let running = 0;

  const leave = (): void => {
    const next = waiting.shift();
    // The slot is handed over, so nobody who comes later can slip in between.
    if (next === undefined) running -= 1;
    else next();
  };
  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (running < count) {
      running += 1;
      return;
    }
    await turn(waiting, signal);
  };
  return {
    get running() {
      return running;
    },
    async run(signal, work) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      signal.removeEventListener("abort", give);
      resolve();
    };
    const give = (): void => {
      waiting.splice(waiting.indexOf(go), 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", give, { once: true });
    waiting.push(go);
  });
}
