import { type EventRow, readEventBounds, readEvents } from "../db/events.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";

export interface FeedFilter {
  readonly workspace: string;
  readonly document?: string | undefined;
}

export interface Subscriber {
  readonly filter: FeedFilter;
  /** In order of id, never twice. */
  send(events: readonly EventRow[]): void;
  /** The cursor is older than what is kept: refetch everything. */
  reset(): void;
}

export interface Feed extends Service {
  /** From now on, or from after `lastEventId`; answers how to leave. */
  subscribe(subscriber: Subscriber, lastEventId: number | null): Promise<() => void>;
}

const batchMax = 500;

/**
 * One reader of the events table for all streams. It reads when something changed here, and every
 * `everyMs` for what other processes did.
 */
export function createFeed(context: ServiceContext, everyMs: number): Feed {
  const live = new Set<Subscriber>();
  let cursor = 0;
  let unsubscribe: () => void = () => {};

  const read = async (): Promise<void> => {
    if (live.size === 0) {
      const { newest } = await readEventBounds(context.sql);
      // Somebody may have joined meanwhile, counting on the cursor where it was.
      if (live.size === 0) cursor = newest;
      return;
    }
    for (;;) {
      const rows = await readEvents(context.sql, {
        after: cursor,
        workspace: null,
        limit: batchMax,
      });
      const last = rows.at(-1);
      if (!last) return;
      cursor = last.id;
      for (const one of live) deliver(one, rows);
      if (rows.length < batchMax) return;
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
      cursor = (await readEventBounds(context.sql)).newest;
      await inner.start();
      unsubscribe = context.change.subscribe(inner.wake);
    },
    async stop() {
      unsubscribe();
      await inner.stop();
      live.clear();
    },
    async subscribe(subscriber, lastEventId) {
      if (lastEventId === null) {
        live.add(subscriber);
        return () => live.delete(subscriber);
      }
      const bounds = await readEventBounds(context.sql);
      if (lastEventId < bounds.oldest - 1) subscriber.reset();
      return catchUp(context, live, subscriber, lastEventId, () => cursor);
    },
  };
}

function deliver(subscriber: Subscriber, rows: readonly EventRow[]): void {
  const { workspace, document } = subscriber.filter;
  const mine = rows.filter(
    (row) =>
      (row.workspace === null || row.workspace === workspace) &&
      (document === undefined || row.document === document),
  );
  if (mine.length > 0) subscriber.send(mine);
}

/** Replays up to the shared cursor, then joins; what arrives meanwhile is kept and sent after. */
async function catchUp(
  context: ServiceContext,
  live: Set<Subscriber>,
  subscriber: Subscriber,
  from: number,
  cursor: () => number,
): Promise<() => void> {
  let after = from;
  let replaying = true;
  const held: EventRow[][] = [];
  const joined: Subscriber = {
    filter: subscriber.filter,
    reset: () => subscriber.reset(),
    send(rows) {
      if (replaying) held.push([...rows]);
      else subscriber.send(rows.filter((row) => row.id > after));
    },
  };
  live.add(joined);
  try {
    const upTo = cursor();
    while (after < upTo) {
      const rows = await readEvents(context.sql, { ...subscriber.filter, after, limit: batchMax });
      const last = rows.at(-1);
      if (!last) break;
      subscriber.send(rows);
      after = last.id;
    }
    replaying = false;
    for (const rows of held) {
      const fresh = rows.filter((row) => row.id > after);
      if (fresh.length > 0) subscriber.send(fresh);
    }
  } catch (error) {
    live.delete(joined);
    throw error;
  }
  return () => live.delete(joined);
}
