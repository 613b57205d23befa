import { expect, it, vi } from "vitest";
import { Source, standInForStreams } from "../../../test/support/event-source.ts";
import { connectLive } from "./connect.ts";

/** Stand in for the browser's own: what the other side says is told by the test. */
class Port {
  said: unknown[] = [];
  isClosed = false;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  postMessage(message: unknown): void {
    this.said.push(message);
  }
  close(): void {
    this.isClosed = true;
  }
  tell(data: unknown): void {
    this.onmessage?.({ data });
  }
}
let worker: { port: Port } | null = null;
class TheWorker extends EventTarget {
  readonly port = new Port();
  constructor() {
    super();
    worker = this;
  }
}

standInForStreams();

function connect() {
  const said: string[] = [];
  const line = connectLive({
    onCarrier: (carrier) => said.push(carrier),
    handlers: {
      onEvent: () => {},
      onResync: () => said.push("resync"),
      onSign: () => {},
      onState: () => {},
    },
  });
  return { said, ...line };
}
const sign = { kind: "sign" };

it("leaves a worker that has died without a word, and asks one that is only silent", () => {
  vi.stubGlobal("SharedWorker", TheWorker);
  vi.stubGlobal("navigator", {});
  const { said, close } = connect();
  const { port } = worker as unknown as { port: Port };
  port.tell({ kind: "state", state: "live" });
  vi.advanceTimersByTime(30_000);
  expect(port.said).toHaveLength(2);
  // It is there: only the line to the server is long broken.
  port.tell({ kind: "state", state: "polling" });
  vi.advanceTimersByTime(29_000);
  port.tell(sign);
  vi.advanceTimersByTime(29_000);
  expect(said.at(-1)).toBe("worker");
  vi.advanceTimersByTime(5000);
  expect(said.at(-1)).toBe("own");
  expect(port.isClosed).toBe(true);
  expect(Source.all).toHaveLength(1);
  close();
  expect(Source.all[0]?.readyState).toBe(Source.CLOSED);
});

it("goes alone where the tab that leads stands still, and asks for what was missed", () => {
  vi.stubGlobal("BroadcastChannel", Port);
  const never = () => new Promise<never>(() => {});
  vi.stubGlobal("navigator", { locks: { request: never } });
  const { said, close } = connect();
  vi.advanceTimersByTime(29_000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(5000);
  expect(said).toEqual(["own", "resync"]);
  close();
  vi.advanceTimersByTime(120_000);
  expect(Source.all).toHaveLength(1);
  expect(Source.all[0]?.readyState).toBe(Source.CLOSED);
});

it("opens the stream anew once somebody has signed in or out, whoever holds it", () => {
  const channels: Port[] = [];
  class Channel extends Port {
    constructor() {
      super();
      channels.push(this);
    }
  }
  vi.stubGlobal("SharedWorker", TheWorker);
  vi.stubGlobal("navigator", {});
  const byWorker = connect();
  byWorker.again();
  expect((worker as unknown as { port: Port }).port.said.at(-1)).toEqual({ kind: "again" });
  byWorker.close();

  vi.stubGlobal("SharedWorker", undefined);
  Reflect.deleteProperty(globalThis, "SharedWorker");
  vi.stubGlobal("BroadcastChannel", Channel);
  const held: (() => unknown)[] = [];
  const request = async (_name: string, _options: unknown, lead: () => unknown) => {
    held.push(lead);
  };
  vi.stubGlobal("navigator", { locks: { request } });
  const leader = connect();
  const follower = connect();
  held[0]?.();
  expect(Source.all).toHaveLength(1);
  follower.again();
  expect(channels[1]?.said.at(-1)).toEqual({ kind: "again" });
  channels[0]?.tell({ kind: "again" });
  leader.again();
  expect(Source.all.map(({ readyState }) => readyState === Source.CLOSED)).toEqual([
    ...[true, true],
    false,
  ]);
  leader.close();
  follower.close();
});
