import type { LogLines } from "./log-lines.ts";

export interface LogShipperOptions {
  readonly lines: LogLines;
  /** One try. Rejects when the lines did not arrive. */
  readonly send: (lines: readonly string[]) => Promise<void>;
  readonly everyMs?: number;
}

export interface LogShipper {
  /** Sends what is left, as far as that goes within a moment, and ends. Never throws. */
  close(): Promise<void>;
}

const everyDefaultMs = 2_000;
/** What one request may carry. */
const linesMax = 200;
const lastMs = 1_000;

/**
 * Sends new lines of the log every two seconds. Work never waits for it, a failure is silent (a line about
 * it would be one more to send) and what cannot be sent in time gives way to newer lines.
 */
export function startLogShipper(options: LogShipperOptions): LogShipper {
  const { lines, send } = options;
  let sending: Promise<void> | null = null;

  /** true: the lines have arrived. */
  const shipOnce = async (): Promise<boolean> => {
    const batch = lines.take(linesMax);
    try {
      await send(batch);
      return true;
    } catch {
      lines.putBack(batch);
      return false;
    }
  };
  const ship = (): void => {
    if (sending !== null || lines.count() === 0) return;
    sending = shipOnce().then(() => {
      sending = null;
    });
  };
  const shipAll = async (): Promise<void> => {
    await sending;
    while (lines.count() > 0 && (await shipOnce()));
  };
  const timer = setInterval(ship, options.everyMs ?? everyDefaultMs);
  return {
    async close() {
      clearInterval(timer);
      let late: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        late = setTimeout(resolve, lastMs);
      });
      await Promise.race([shipAll(), limit]);
      clearTimeout(late);
    },
  };
}
