/** How many tasks run at once, leased ones and those of the container's own API together. */
export interface Slots {
  readonly total: number;
  running(): number;
  take(): void;
  give(): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

export function createSlots(total: number): Slots {
  let running = 0;
  let waiting: (() => void)[] = [];
  return {
    total,
    running: () => running,
    take() {
      running += 1;
    },
    give() {
      running -= 1;
      if (running > 0) return;
      for (const wake of waiting) wake();
      waiting = [];
    },
    async idle() {
      if (running === 0) return;
      await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
