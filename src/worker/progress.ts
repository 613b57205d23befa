import type { ProgressBody } from "../contract/worker-protocol.ts";

export interface ProgressReporter {
  report(progress: ProgressBody): void;
  /**
   * Ends the reports: what has not left by now is dropped, since the result that follows says more, and
   * what is on its way has come back.
   */
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
  /** What is on its way; null: nothing. */
  let sending: Promise<void> | null = null;
  let resting = false;
  let closed = false;

  const flush = (): void => {
    clearTimeout(timer);
    resting = false;
    // One after the other, so that an older report never arrives last.
    if (latest === null || closed || sending !== null) return;
    const progress = latest;
    latest = null;
    resting = true;
    timer = setTimeout(flush, everyMs);
    sending = send(progress)
      .catch(() => undefined)
      .then(onBack);
  };
  const onBack = (): void => {
    sending = null;
    if (!resting || isWhole(latest)) flush();
  };
  return {
    report(progress) {
      latest = progress;
      if (!resting || isWhole(latest)) flush();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await sending;
    },
  };
}

const isWhole = (progress: ProgressBody | null): boolean =>
  progress !== null && progress.fraction >= 1;
