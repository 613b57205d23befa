import { once } from "node:events";
import { request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createParser } from "eventsource-parser";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { openTransaction, session, submit } from "../../test/support/queue.ts";
import { gate } from "../../test/support/worker-parts.ts";
import { eventView } from "../contract/documents.ts";
import type { Db } from "../db/connect.ts";
import { AppError } from "../errors/app-error.ts";

let db: TestDatabase;
let plane: ControlPlane;
let port = 0;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db, { feedMs: 20 });
  await plane.app.listen({ port: 0, host: "127.0.0.1" });
  port = (plane.app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

interface Received {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: { type: string; data: { n?: number } };
}

/** One connection to the stream, as a browser has it. */
class Stream {
  readonly received: Received[] = [];
  #wake: () => void = () => {};
  #request: ReturnType<typeof request>;
  readonly opened: Promise<number | undefined>;

  constructor(query = "", lastEventId?: string) {
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const path = `/api/events${query}`;
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        this.received.push({ id, type: event ?? "message", data: JSON.parse(data) });
        this.#wake();
      },
    });
    this.#request = request({ port, path, headers, agent: false });
    this.opened = new Promise((resolve, reject) => {
      this.#request.on("error", reject);
      this.#request.on("response", (response) => {
        response.setEncoding("utf8");
        // The first bytes are sent with the headers, before the subscription stands.
        response.on("data", (chunk: string) => parser.feed(chunk));
        response.on("error", () => {});
        resolve(response.statusCode);
      });
    });
    this.#request.end();
  }

  async until(holds: (received: readonly Received[]) => boolean): Promise<void> {
    while (!holds(this.received)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get lastId(): string | undefined {
    return this.received.at(-1)?.id;
  }

  close(): void {
    this.#request.on("error", () => {});
    this.#request.destroy();
  }
}

const say = (sql: Db, n: number, workspace: string | null = "default") =>
  sql`select add_event(${workspace}, 'task.progress', 'd_1', 'p_1', 'a', ${sql.json({ n })})`;
const numbersOf = (received: readonly Received[]): number[] =>
  received.flatMap((one) =>
    one.type === "change" && one.data.data.n !== undefined ? [one.data.data.n] : [],
  );

let marks = 0;
/** The id of an event said now, once readers may have it. */
async function here(): Promise<string> {
  const stream = new Stream("?after=0");
  marks += 1;
  // One of its own: the stream also replays what stood here before.
  const mark = -marks;
  await say(db.sql, mark);
  await stream.until((received) => numbersOf(received).includes(mark));
  const id = stream.received.find((one) => one.data.data?.n === mark)!.id!;
  stream.close();
  return id;
}

describe("the event stream", () => {
  it("sends changes as they happen, each with its id and in the contract's shape", async () => {
    const stream = new Stream("", await here());
    expect(await stream.opened).toBe(200);
    const { document } = await submit(db.sql, "pitch-deck");
    plane.context.change.wakeAll();
    await stream.until((received) => received.length > 0);
    const [first] = stream.received;
    expect(first).toMatchObject({ type: "change", data: { type: "document.accepted", document } });
    expect(eventView.parse(first!.data)).toEqual(first!.data);
    expect(first!.id).toBe(String((first!.data as unknown as { id: number }).id));
    stream.close();
  });

  it("loses and doubles nothing across reconnects, while writers commit out of order", async () => {
    const start = await here();
    const count = 240;
    let said = 0;
    const writers = Array.from({ length: 6 }, async () => {
      while (said < count) {
        await db.sql.begin(async (tx) => {
          // Its place among the transactions is taken before its id: both orders happen.
          if (said % 2 === 0) await tx`select pg_current_xact_id()`;
          const n = said;
          said += 1;
          if (n < count) await say(tx, n);
          if (n % 3 === 0) await tx`select pg_sleep(0.002)`;
        });
        plane.context.change.wakeAll();
      }
    });
    const all: number[] = [];
    let last: string | undefined = start;
    // A reader whose connection breaks again and again.
    for (let pieces = 1; all.length < count; pieces += 1) {
      const stream: Stream = new Stream("", last);
      await stream.until((received) => received.length >= Math.min(pieces * 3, count - all.length));
      stream.close();
      const seen = stream.received;
      all.push(...numbersOf(seen));
      last = seen.at(-1)?.id ?? last;
    }
    await Promise.all(writers);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
  });

  it("holds back what a slower, older transaction may still come before", async () => {
    const stream = new Stream("", await here());
    await stream.opened;
    const holder = session(db.url);
    const slow = await openTransaction(holder);
    await say(slow.tx, 1);
    await say(db.sql, 2);
    await slow.commit();
    await holder.end();
    await stream.until((received) => numbersOf(received).length >= 2);
    expect(numbersOf(stream.received).toSorted()).toEqual([1, 2]);
    stream.close();
  });

  it("sends a reader only what concerns it", async () => {
    const start = await here();
    await say(db.sql, 1, "other");
    await say(db.sql, 2);
    await db.sql`select add_event('default', 'task.done', 'd_9', 'p_9', null, '{"n": 3}')`;
    await db.sql`select add_event(null, 'container.phase', null, null, null, '{"n": 4}')`;
    await say(db.sql, 5);
    const whole = new Stream("", start);
    await whole.until((received) => numbersOf(received).includes(5));
    expect(numbersOf(whole.received)).toEqual([2, 3, 4, 5]);
    const one = new Stream("?document=d_9", start);
    await one.until((received) => received.length > 0);
    await db.sql`select add_event('default', 'task.done', 'd_9', 'p_9', null, '{"n": 6}')`;
    plane.context.change.wakeAll();
    await one.until((received) => received.length > 1);
    expect(numbersOf(one.received)).toEqual([3, 6]);
    whole.close();
    one.close();
  });

  it("replays a long absence without holding back the present", async () => {
    const start = await here();
    await db.sql`select add_event('default', 'task.progress', 'd_1', 'p_1', 'a', jsonb_build_object('n', n))
      from generate_series(1, 1300) n`;
    const stream = new Stream("", start);
    await say(db.sql, 9999);
    plane.context.change.wakeAll();
    await stream.until((received) => numbersOf(received).includes(9999));
    expect(numbersOf(stream.received)).toEqual([
      ...Array.from({ length: 1300 }, (_, n) => n + 1),
      9999,
    ]);
    stream.close();
  });

  it("tells a reader to begin anew when what it saw last is gone, and goes on from there", async () => {
    const last = await here();
    await db.sql`delete from events where id <= ${Number(last)}`;
    for (const [number, query, header] of [
      [1007, "", last],
      [1008, `?after=${last}`, undefined],
      [1009, "?after=0", undefined],
      [1010, "", "99999999"],
    ] as const) {
      const stream = new Stream(query, header);
      await stream.until((received) => received.length > 0);
      expect(stream.received[0]).toEqual({ type: "reset", id: undefined, data: {} });
      await say(db.sql, number);
      plane.context.change.wakeAll();
      const numbers = () => numbersOf(stream.received);
      await stream.until(() => numbers().includes(number));
      expect(numbers()).toEqual([number]);
      stream.close();
    }
  });

  /** The next request, as the server has it. */
  const nextAnswer = () =>
    new Promise<ServerResponse>((resolve) => {
      plane.app.server.once("request", (_request, answer) => resolve(answer));
    });

  it("does not begin for a reader that leaves while its key is looked up", async () => {
    const [asked, looked] = [gate(), gate()];
    vi.spyOn(plane.services.access, "workspaceOf").mockImplementationOnce(async () => {
      asked.open();
      await looked.opened;
      return "default";
    });
    const subscribe = vi.spyOn(plane.services.feed, "subscribe");
    onTestFinished(() => void vi.restoreAllMocks());
    const answer = nextAnswer();
    const stream = new Stream();
    stream.opened.catch(() => {});
    await asked.opened;
    const gone = once(await answer, "close");
    stream.close();
    await gone;
    looked.open();
    // All that follows is done in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(subscribe).not.toHaveBeenCalled();
  });

  it("asks and sends nothing more to a reader that may not read, though it takes no byte", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const workspaceOf = vi.spyOn(plane.services.access, "workspaceOf");
    onTestFinished(() => {
      vi.useRealTimers();
      vi.restoreAllMocks();
    });
    const timers = vi.getTimerCount();
    const answer = nextAnswer();
    const stream = new Stream();
    await stream.opened;
    const ended = gate();
    const raw = await answer;
    vi.spyOn(raw, "end").mockImplementation(() => {
      ended.open();
      return raw;
    });
    expect(vi.getTimerCount()).toBe(timers + 2);
    workspaceOf.mockRejectedValueOnce(new AppError("UNAUTHORIZED"));
    vi.advanceTimersByTime(30_000);
    await ended.opened;
    expect(vi.getTimerCount()).toBe(timers);
    stream.close();
  });

  it.each(["?after=x", "?after=-1", "?after=1.5"])("refuses %s", async (query) => {
    const answer = await call(plane.app, "GET", `/api/events${query}`);
    expect([answer.status, answer.body.code]).toEqual([400, "BAD_REQUEST"]);
  });
});
