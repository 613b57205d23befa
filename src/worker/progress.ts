import type { ProgressBody } from "../contract/worker-protocol.ts";

export interface ProgressReporter {
  report(progress: ProgressBody): void;
  /** Ends the reports: nothing is sent afterwards, and what is on its way has come back. */
  close(): Promise<void>;
}

export interface ProgressOptions {
  readonly everyMs: number;
  /** Sends one report; a failure is its own business (progress is told again anyway). */
  readonly send: (progress: ProgressBody) => Promise<void>;
}

/**
 * Thins progress out: the first report goes at once, then at most one in `everyMs`, always the latest
 * one; the report that says all is done never waits.
 */
export function progressReporter({ everyMs, send }: ProgressOptions): ProgressReporter {
  let latest: ProgressBody | null = null;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  let resting = false;
  let closed = false;

  const flush = (): void => {
    clearTimeout(timer);
    resting = false;
    if (latest === null || closed) return;
    const progress = latest;
    latest = null;
    resting = true;
    // One after the other, so that an older report never arrives last.
    sending = sending.then(() => send(progress)).catch(() => undefined);
    timer = setTimeout(flush, everyMs);
  };
  return {
    report(progress) {
      latest = progress;
      if (!resting || progress.fraction >= 1) flush();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await sending;
    },
  };
}
