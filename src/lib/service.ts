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
  /** Shortest pause, however often it is woken. Default 0. */
  readonly pauseMs?: number;
  /** What it answers is for whoever calls it by hand. */
  readonly tick: () => Promise<unknown>;
  /** A failing tick is reported here and tried again after `everyMs`. */
  readonly onError: (error: unknown) => void;
}

/** A service that repeats one tick, never two at once, and can be woken early. */
export function loop(options: LoopOptions): Service & { wake(): void } {
  let running = false;
  let woken = false;
  let timer: NodeJS.Timeout | undefined;
  /** True while the timer waits out the shortest pause: a wake changes nothing then. */
  let pausing = false;
  let current: Promise<unknown> = Promise.resolve();

  const run = (): void => {
    clearTimeout(timer);
    timer = undefined;
    woken = false;
    current = options
      .tick()
      .catch(options.onError)
      .then(() => {
        if (!running) return;
        pausing = true;
        timer = setTimeout(rest, options.pauseMs ?? 0);
      });
  };
  const rest = (): void => {
    pausing = false;
    if (woken) run();
    else timer = setTimeout(run, Math.max(0, options.everyMs - (options.pauseMs ?? 0)));
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
      if (running && timer !== undefined && !pausing) run();
    },
  };
}
