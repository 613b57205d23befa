/** One task that took over from another: instants in milliseconds of one clock. */
export interface Taken {
  /** All it stands on was done. */
  readonly neededMs: number;
  /** A container began with it. */
  readonly claimedMs: number;
  /** Of the run of that container: asked for, and ready; null: not known. */
  readonly requestedMs: number | null;
  readonly readyMs: number | null;
  /** When that container last ended other work before it; null: it had none. */
  readonly freeMs: number | null;
}

export interface HandoffSplit {
  /** Nobody had room, or nobody had asked for a container yet. */
  readonly queueMs: number;
  /** A container was starting. */
  readonly coldMs: number;
  /** It was there and free, and had not asked yet. */
  readonly claimMs: number;
}

/** Where the time between "needed" and "begun" went; the three add up to it. */
export function splitHandoff({ neededMs, claimedMs, ...run }: Taken): HandoffSplit {
  const within = (atMs: number): number => Math.min(Math.max(atMs, neededMs), claimedMs);
  const askedMs = within(run.requestedMs ?? neededMs);
  const readyMs = Math.max(askedMs, within(run.readyMs ?? neededMs));
  const freeMs = Math.max(readyMs, within(run.freeMs ?? neededMs));
  return {
    queueMs: askedMs - neededMs + (freeMs - readyMs),
    coldMs: readyMs - askedMs,
    claimMs: Math.max(0, claimedMs - freeMs),
  };
}
