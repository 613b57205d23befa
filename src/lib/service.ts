/** Anything that runs in the background. Stop tolerates never-started and twice-stopped. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts services in order; if one fails, those already up are stopped again in reverse. */
export async function startAll(services: readonly Service[]): Promise<void> {
  const up: Service[] = [];
  try {
    for (const service of services) {
      await service.start();
      up.push(service);
    }
  } catch (error) {
    await stopAll(up);
    throw error;
  }
}

/** Stops in reverse order and goes on past failures; the first failure is thrown at the end. */
export async function stopAll(services: readonly Service[]): Promise<void> {
  let first: unknown;
  for (const service of [...services].reverse()) {
    try {
      await service.stop();
    } catch (error) {
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
}

export interface LoopOptions {
  readonly name: string;
  /** Longest pause between two ticks, in milliseconds. */
  readonly everyMs: number;
  readonly tick: () => Promise<void>;
  /** A failing tick is reported here and tried again after `everyMs`. */
  readonly onError: (error: unknown) => void;
}

/** A service that repeats one tick, never two at once, and can be woken early. */
export function loop(options: LoopOptions): Service & { wake(): void } {
  let running = false;
  let woken = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();

  const run = (): void => {
    clearTimeout(timer);
    timer = undefined;
    woken = false;
    current = options
      .tick()
      .catch(options.onError)
      .then(() => {
        if (!running) return;
        if (woken) setImmediate(() => running && run());
        else timer = setTimeout(run, options.everyMs);
      });
  };
  return {
    name: options.name,
    async start() {
      if (running) return;
      running = true;
      run();
    },
    async stop() {
      running = false;
      clearTimeout(timer);
      timer = undefined;
      await current;
    },
    wake() {
      woken = true;
      if (running && timer !== undefined) run();
    },
  };
}
