import { base } from "../api/client.ts";
import type { EventView } from "../api/types.ts";

export type LiveState = "connecting" | "live" | "reconnecting" | "polling";

export interface StreamHandlers {
  onEvent(event: EventView): void;
  /** What is shown may have missed something: ask for everything again. */
  onResync(): void;
  onState(state: LiveState): void;
  /** The server is there, though it may have nothing to tell. */
  onSign(): void;
}

const retryMsMax = 15_000;
/** The server gives a sign every five seconds; after two that did not come the line is dead, and so is one that never opens. */
const silenceMs = 12_000;

/** 0.75 to 1.25, so that browsers cut off together do not come back together. */
const jitter = (): number => {
  const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
  return 0.75 + byte / 510;
};

/**
 * One connection for news. The browser reconnects by itself and names the last event it saw; where it
 * gives up, or the line is silent, we connect anew and name it. From the second failure on the state
 * is `polling`: whoever shows something asks for it, while we go on trying here.
 * @param after the last event known already; null: from now on
 * @returns a function that ends the connection and every timer
 */
export function openStream(handlers: StreamHandlers, after: number | null = null): () => void {
  let source: EventSource | null = null;
  let failures = 0;
  let opened = false;
  let seen = after;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let silenceTimer: ReturnType<typeof setTimeout> | undefined;

  const fail = (): void => {
    clearTimeout(silenceTimer);
    failures += 1;
    handlers.onState(failures < 2 ? "reconnecting" : "polling");
    // The browser tries again; a server that takes the connection and says nothing would hold it for ever.
    if (source?.readyState === EventSource.CLOSED) {
      clearTimeout(retryTimer);
      retryTimer = setTimeout(connect, jitter() * Math.min(retryMsMax, 2000 * failures));
    } else watch();
  };
  const watch = (): void => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(() => {
      source?.close();
      fail();
    }, silenceMs);
  };
  const sign = (): void => {
    watch();
    handlers.onSign();
  };
  const open = (): void => {
    failures = 0;
    sign();
    handlers.onState("live");
    // The first open follows the first queries; later ones close a gap.
    if (opened) handlers.onResync();
    opened = true;
  };
  const take = (message: MessageEvent<string>): void => {
    sign();
    const event = eventOf(message.data);
    if (event === null) return;
    seen = event.id;
    handlers.onEvent(event);
  };
  const connect = (): void => {
    source = new EventSource(`${base}/events${seen === null ? "" : `?after=${seen}`}`);
    source.addEventListener("open", open);
    source.addEventListener("error", fail);
    source.addEventListener("ping", sign);
    source.addEventListener("reset", () => handlers.onResync());
    source.addEventListener("change", take);
    watch();
  };

  handlers.onState("connecting");
  connect();
  return () => {
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    source?.close();
  };
}

/** A line that is no event is dropped: the poll and the next answer make up for it. */
function eventOf(data: string): EventView | null {
  try {
    const parsed: unknown = JSON.parse(data);
    const whole = typeof parsed === "object" && parsed !== null && "type" in parsed;
    return whole ? (parsed as EventView) : null;
  } catch {
    return null;
  }
}
