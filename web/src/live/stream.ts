import { base } from "../api/client.ts";
import type { EventView } from "../api/types.ts";

export type LiveState = "connecting" | "live" | "reconnecting" | "polling";

export interface StreamHandlers {
  onEvent(event: EventView): void;
  /** What is shown may have missed something: ask for everything again. */
  onResync(): void;
  onState(state: LiveState): void;
}

const pollMs = 5000;
const retryMsMax = 15_000;

/**
 * The page's one connection for news. The browser reconnects by itself and names the last event it
 * saw; where it gives up, or the second try fails too, we poll and go on trying beside that.
 * @returns a function that ends the connection and every timer
 */
export function openStream(handlers: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let failures = 0;
  let opened = false;
  let retryTimer: number | undefined;
  let pollTimer: number | undefined;

  const stopPolling = (): void => {
    window.clearInterval(pollTimer);
    pollTimer = undefined;
  };
  const fail = (): void => {
    failures += 1;
    if (failures < 2) handlers.onState("reconnecting");
    else if (pollTimer === undefined) {
      handlers.onState("polling");
      pollTimer = window.setInterval(() => handlers.onResync(), pollMs);
    }
    if (source?.readyState === EventSource.CLOSED) {
      source.close();
      retryTimer = window.setTimeout(connect, Math.min(retryMsMax, 2000 * failures));
    }
  };
  const open = (): void => {
    failures = 0;
    stopPolling();
    handlers.onState("live");
    // The first open follows the first queries; later ones close a gap.
    if (opened) handlers.onResync();
    opened = true;
  };
  const connect = (): void => {
    source = new EventSource(`${base}/events`);
    source.addEventListener("open", open);
    source.addEventListener("error", fail);
    source.addEventListener("reset", () => handlers.onResync());
    source.addEventListener("change", (message: MessageEvent<string>) => {
      const event = eventOf(message.data);
      if (event !== null) handlers.onEvent(event);
    });
  };

  handlers.onState("connecting");
  connect();
  return () => {
    window.clearTimeout(retryTimer);
    stopPolling();
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
