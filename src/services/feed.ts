import {
  type EventPosition,
  findEventPosition,
  firstPosition,
  isAfter,
  keepsFirstEvent,
  readEvents,
  readNewestPosition,
  type StreamedEvent,
} from "../db/events.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";

export interface FeedFilter {
  readonly workspace: string;
  readonly document?: string | undefined;
}

export interface Subscriber {
  readonly filter: FeedFilter;
  /** In the order of the stream, which is not that of the ids; never twice. */
  send(events: readonly StreamedEvent[]): void;
  /** The last event seen is not kept any more: refetch everything. What is new follows. */
  reset(): void;
  /** It has left while it was being caught up: nothing more is read for it. */
  isGone?(): boolean;
}

export interface Feed extends Service {
  /** From now on, or from after the event `lastEventId` (0: from the first); answers how to leave. */
  subscribe(subscriber: Subscriber, lastEventId: number | null): Promise<() => void>;
}

const batchMax = 500;

/**
 * One reader of the events table for all streams. It reads when something changed here, and every
 * `everyMs` for what other processes did. `heldMax`: events kept for a reader that is still being
 * caught up; beyond that they are read again.
 */
export function createFeed(context: ServiceContext, everyMs: number, heldMax = 2000): Feed {
  const live = new Set<Subscriber>();
  let cursor = firstPosition;
  let unsubscribe: () => void = () => {};

  const read = async (): Promise<void> => {
    if (live.size === 0) {
      const newest = await readNewestPosition(context.sql);
      // Somebody may have joined meanwhile, counting on the cursor where it was.
      if (live.size === 0) cursor = newest;
      return;
    }
    for (;;) {
      const { events, isAll } = await readEvents(context.sql, {
        after: cursor,
        workspace: null,
        limit: batchMax,
      });
      cursor = events.at(-1) ?? cursor;
      for (const one of live) deliver(one, events);
      if (isAll) return;
    }
  };
  const inner = loop({
    name: "feed",
    everyMs,
    tick: read,
    onError: (error) => context.log.error({ err: error }, "the event feed's tick failed"),
  });
  return {
    name: inner.name,
    async start() {
      cursor = await readNewestPosition(context.sql);
      await inner.start();
      unsubscribe = context.change.subscribe(inner.wake);
    },
    async stop() {
      unsubscribe();
      await inner.stop();
      live.clear();
    },
    async subscribe(subscriber, lastEventId) {
      const known = lastEventId === null ? undefined : await startOf(context, lastEventId);
      // The shared cursor may lie behind: without a place of its own, a reader begins at the end.
      const from = known ?? (await readNewestPosition(context.sql));
      // Only now: whatever happens after a reader was told is sent to it.
      if (lastEventId !== null && !known) subscriber.reset();
      return catchUp(context, live, subscriber, { from, heldMax });
    },
  };
}

/** Where to replay from; undefined when events in between may be gone. */
async function startOf(
  context: ServiceContext,
  lastEventId: number,
): Promise<EventPosition | undefined> {
  const seen = await findEventPosition(context.sql, lastEventId);
  if (seen || lastEventId !== 0) return seen;
  return (await keepsFirstEvent(context.sql)) ? firstPosition : undefined;
}

function deliver(subscriber: Subscriber, rows: readonly StreamedEvent[]): void {
  const { workspace, document } = subscriber.filter;
  const mine = rows.filter(
    (row) =>
      (row.workspace === null || row.workspace === workspace) &&
      (document === undefined || row.document === document),
  );
  if (mine.length > 0) subscriber.send(mine);
}

/**
 * Joins first and keeps what arrives; replays all there is to read; then sends the rest. Where more
 * arrives than is kept, it is replayed too: the memory of a long absence is bounded.
 */
async function catchUp(
  context: ServiceContext,
  live: Set<Subscriber>,
  subscriber: Subscriber,
  { from, heldMax }: { readonly from: EventPosition; readonly heldMax: number },
): Promise<() => void> {
  let after = from;
  let replaying = true;
  let held: StreamedEvent[] = [];
  let isIncomplete = false;
  const sendFresh = (rows: readonly StreamedEvent[]): void => {
    const fresh = rows.filter((row) => isAfter(row, after));
    if (fresh.length > 0) subscriber.send(fresh);
  };
  const joined: Subscriber = {
    filter: subscriber.filter,
    reset: () => subscriber.reset(),
    send(rows) {
      if (!replaying) return sendFresh(rows);
      isIncomplete ||= held.length + rows.length > heldMax;
      held = isIncomplete ? [] : [...held, ...rows];
    },
  };
  live.add(joined);
  try {
    while (subscriber.isGone?.() !== true) {
      const { events, isAll } = await readEvents(context.sql, {
        ...subscriber.filter,
        after,
        limit: batchMax,
      });
      if (events.length > 0) subscriber.send(events);
      after = events.at(-1) ?? after;
      // This read began after joining: what it did not see yet comes live, or was kept.
      if (isAll && !isIncomplete) break;
      if (isAll) isIncomplete = false;
    }
    replaying = false;
    sendFresh(held);
    held = [];
  } catch (error) {
    live.delete(joined);
    throw error;
  }
  return () => live.delete(joined);
}
