import type { BatchDetail } from "../contract/batches.ts";
import { AppError } from "../errors/app-error.ts";
import { errorCodes } from "../errors/codes.ts";
import type { Clock } from "../lib/clock.ts";
import { createWake } from "../lib/wake.ts";
import { pause } from "../worker/signals.ts";
import type { Api } from "./api-client.ts";

export interface FollowBatchOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly id: string;
  readonly signal: AbortSignal;
  /** How long a server that does not answer, or says "try again", is borne with. */
  readonly patienceMs: number;
  /** At every look. */
  onUpdate(batch: BatchDetail): void;
}

/** Looks never follow each other faster, however many events come. */
const gapMs = 500;
/** What events do not tell, such as a slow slide, is seen this late. */
const lookMs = 5_000;

/** Whether nothing of it is open. One that is empty has nothing to wait for. */
export const isBatchOver = ({ counts }: BatchDetail): boolean =>
  counts.active === 0 && counts.fetching === 0;

/**
 * Watches a batch until all its documents have ended. Events say when to look. Throws what a look
 * throws and the signal's reason.
 */
export async function followBatch(options: FollowBatchOptions): Promise<BatchDetail> {
  const { api, clock, id, signal, patienceMs, onUpdate } = options;
  const ended = new AbortController();
  const wake = createWake();
  const stream = api.follow({
    signal: AbortSignal.any([signal, ended.signal]),
    onEvent: () => wake.wakeAll(),
    onReset: () => wake.wakeAll(),
  });
  let failingSinceMs: number | null = null;
  try {
    for (;;) {
      // Listened to before the look, so that no change falls between the two.
      const changed = wake.wait(lookMs, AbortSignal.any([signal, ended.signal]));
      try {
        const batch = await api.batches.get(id, signal);
        onUpdate(batch);
        if (isBatchOver(batch)) return batch;
        failingSinceMs = null;
      } catch (error) {
        failingSinceMs ??= clock.nowMs();
        const isPassing = error instanceof AppError && errorCodes[error.code].retryable;
        if (!isPassing || clock.nowMs() - failingSinceMs >= patienceMs) throw error;
      }
      await Promise.all([pause(gapMs, signal), changed]);
      signal.throwIfAborted();
    }
  } finally {
    ended.abort();
    await stream;
  }
}
