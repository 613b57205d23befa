/**
 * Which task comes first, as one number. A pipeline gets a rank when it is accepted and keeps it in
 * every queue it passes; lower comes first. SQL `admit` of `migrations/0007_submission.sql` does the
 * same; a test holds the two equal.
 *
 * Sharing is start-time fair queueing (Goyal, Vin and Cheng, 1996): each workspace has a virtual time
 * that moves on by `spacingMs` a document, and begins at that of the queue where it has fallen behind.
 * So a workspace that sends a thousand documents stands between those of the others, not before them.
 * Priority is a head start of `levelMs` a level. It is a head start and not a barrier: documents that
 * come later stand later, so whatever waits comes to the front in the end (ageing). A level overtakes
 * `levelMs / spacingMs` documents of its own workspace.
 */
export interface OrderPolicy {
  /** Virtual time between two documents of one workspace. */
  readonly spacingMs: number;
  /** Head start of one level of priority. */
  readonly levelMs: number;
}

export const orderPolicy: OrderPolicy = { spacingMs: 1000, levelMs: 100_000 };

/** Where priority 5 stands is where everything would stand without priorities. */
const neutralPriority = 5;

/** How far a queue has come. */
export interface QueueClock {
  /** Virtual time handed out last. */
  readonly virtualMs: number;
  /** Nothing waits. */
  readonly isEmpty: boolean;
  /** When nothing waited any more, the last time: what was promised before is void. */
  readonly drainedAtMs: number;
}

/** What one workspace was given at one priority. */
export interface Share {
  /** Virtual time of its next document. */
  readonly virtualMs: number;
  /** When it last submitted. */
  readonly atMs: number;
}

export interface Admission {
  readonly nowMs: number;
  /** Of the class its first task is in; null when nothing was ever handed out there. */
  readonly clock: QueueClock | null;
  /** null: its first submission at this priority. */
  readonly share: Share | null;
  readonly priority: number;
  readonly count: number;
}

/** The rank of the first of `count` documents, the next ones `spacingMs` apart, and the share afterwards. */
export function admit(
  { nowMs, clock, share, priority, count }: Admission,
  policy: OrderPolicy = orderPolicy,
): { readonly firstRank: number; readonly share: Share } {
  const queueMs = queueMsOf(nowMs, clock);
  const isVoid = share === null || (clock !== null && share.atMs <= clock.drainedAtMs);
  const startMs = isVoid ? queueMs : Math.max(queueMs, share.virtualMs);
  return {
    firstRank: startMs - (priority - neutralPriority) * policy.levelMs,
    share: { virtualMs: startMs + count * policy.spacingMs, atMs: nowMs },
  };
}

/**
 * An empty queue goes on from the time of day, but never back over ranks it has used: while vacuum cannot
 * remove the rows that stood there, every claim would pass them by.
 */
function queueMsOf(nowMs: number, clock: QueueClock | null): number {
  if (clock === null) return nowMs;
  return clock.isEmpty ? Math.max(nowMs, clock.virtualMs) : clock.virtualMs;
}

/** A document's place without its priority: what the queue's clock is set to when it is handed out. */
export const virtualMsOf = (
  rank: number,
  priority: number,
  policy: OrderPolicy = orderPolicy,
): number => rank + (priority - neutralPriority) * policy.levelMs;
