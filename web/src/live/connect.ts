import {
  type Hub,
  type HubMessage,
  type HubQuestion,
  isHubMessage,
  isHubQuestion,
  openHub,
  receive,
} from "./hub.ts";
import { openStream, type StreamHandlers } from "./stream.ts";

/** Which connection carries the news, in the order they are tried. */
export type Carrier = "worker" | "leader" | "follower" | "own";

export interface Connection {
  readonly handlers: StreamHandlers;
  onCarrier(carrier: Carrier): void;
}

const hello: HubQuestion = { kind: "hello" };
const bye: HubQuestion = { kind: "bye" };
const anew: HubQuestion = { kind: "again" };
/** Who says nothing for this long after a greeting is not there, or may not run. */
const greetMs = 3000;
/** Signs come every five seconds, and news of a broken line at least this often; longer silence is asked about. */
const silenceMs = 30_000;
const name = "pilotlight-events";

/** Asks who holds the stream whether it is still there, after each long silence; whoever has died or stands still is left. */
function watchHolder(greet: () => void, isDead: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, silenceMs);
  };
  const ask = (): void => {
    greet();
    timer = setTimeout(isDead, greetMs);
  };
  return { heard, end: () => clearTimeout(timer) };
}

/** A tab's part in the connection. */
export interface Line {
  /** Somebody has signed in or out: the stream is opened anew. */
  again(): void;
  close(): void;
}

/**
 * One connection a browser, however many tabs: a shared worker holds it; where there is none, one tab
 * does and tells the others; where tabs cannot agree either, each has its own.
 */
export function connectLive(connection: Connection): Line {
  let line: Line | null = null;
  let isOver = false;
  const next = (): void => {
    if (isOver) return;
    line?.close();
    line = connectTabs(connection);
  };
  line = "SharedWorker" in globalThis ? connectWorker(connection, next) : connectTabs(connection);
  return {
    again: () => line?.again(),
    close() {
      isOver = true;
      line?.close();
    },
  };
}

function connectWorker({ handlers, onCarrier }: Connection, otherwise: () => void): Line {
  let worker: SharedWorker;
  try {
    worker = new SharedWorker(new URL("./stream-worker.ts", import.meta.url), {
      type: "module",
      name,
    });
  } catch {
    return connectTabs({ handlers, onCarrier });
  }
  handlers.onState("connecting");
  const timer = setTimeout(otherwise, greetMs);
  // One that ran and was ended by the browser says no word of it.
  const watch = watchHolder(() => worker.port.postMessage(hello), otherwise);
  worker.addEventListener("error", () => {
    clearTimeout(timer);
    otherwise();
  });
  worker.port.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isHubMessage(data)) return;
    clearTimeout(timer);
    watch.heard();
    onCarrier("worker");
    receive(handlers, data);
  };
  worker.port.postMessage(hello);
  return {
    again: () => worker.port.postMessage(anew),
    close() {
      clearTimeout(timer);
      watch.end();
      worker.port.onmessage = null;
      worker.port.postMessage(bye);
      worker.port.close();
    },
  };
}

/** A stream of this tab alone. */
function connectAlone(handlers: StreamHandlers, after: number | null = null): Line {
  let close = openStream(handlers, after);
  return {
    again() {
      close();
      close = openStream(handlers);
    },
    close: () => close(),
  };
}

/** The tab that gets the lock holds the stream; when it closes the next one goes on after the last event it heard. */
function connectTabs({ handlers, onCarrier }: Connection): Line {
  if (!("locks" in navigator) || !("BroadcastChannel" in globalThis)) {
    onCarrier("own");
    return connectAlone(handlers);
  }
  const channel = new BroadcastChannel(name);
  const ending = new AbortController();
  const seen = { id: null as number | null };
  let own: Line | null = null;
  let hub: Hub | null = null;
  const leave = (): void => {
    ending.abort();
    channel.close();
  };
  // A leader that stands still keeps its lock: whoever follows it goes alone.
  const watch = watchHolder(
    () => channel.postMessage(hello),
    () => {
      leave();
      onCarrier("own");
      own = connectAlone(handlers, seen.id);
      handlers.onResync();
    },
  );
  const heard = (message: HubMessage): void => {
    if (message.kind === "event") seen.id = message.event.id;
    receive(handlers, message);
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isHubMessage(data)) return;
    onCarrier("follower");
    watch.heard();
    heard(data);
  };
  channel.postMessage(hello);
  const lead = (): Promise<void> => {
    watch.end();
    onCarrier("leader");
    const held = openHub((message) => {
      channel.postMessage(message);
      heard(message);
    }, seen.id);
    hub = held;
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!isHubQuestion(data)) return;
      if (data.kind === "hello") channel.postMessage(held.greeting());
      if (data.kind === "again") held.again();
    };
    return new Promise((resolve) => {
      ending.signal.addEventListener("abort", () => {
        held.close();
        resolve();
      });
    });
  };
  handlers.onState("connecting");
  // Aborted while it waits: this tab was a follower to the end.
  void navigator.locks.request(name, { signal: ending.signal }, lead).catch(() => undefined);
  watch.heard();
  return {
    again() {
      const holder = own ?? hub;
      if (holder === null) channel.postMessage(anew);
      else holder.again();
    },
    close() {
      watch.end();
      own?.close();
      leave();
    },
  };
}
