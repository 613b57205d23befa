import { setTimeout as timeout } from "node:timers/promises";

/** Waits; ends early and quietly when the signal is raised. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timeout(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * The value of `work`, or the signal's reason as soon as it is raised. The work may go on in the
 * background (a hung call cannot be stopped from here); what it does afterwards is ignored.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    throw signal.reason;
  }
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

export interface Limit {
  /** Followed: raised when this is raised, with its reason. */
  readonly parent: AbortSignal;
  /** Raised after this long with `late()` as reason. */
  readonly ms: number;
  readonly late: () => unknown;
}

/**
 * Runs `work` under a signal of its own. Unlike AbortSignal.any the link to a long-lived parent is
 * cut when the work ends, so a container that runs for weeks gathers no listeners.
 */
export async function within<T>(
  { parent, ms, late }: Limit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const follow = (): void => own.abort(parent.reason);
  if (parent.aborted) follow();
  parent.addEventListener("abort", follow, { once: true });
  const timer = setTimeout(() => own.abort(late()), ms);
  try {
    return await abortable(work(own.signal), own.signal);
  } finally {
    clearTimeout(timer);
    parent.removeEventListener("abort", follow);
  }
}

/** Resolves once the signal is raised. */
export function raised(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
