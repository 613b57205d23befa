import { base, sessionUrl } from "../api/client.ts";
import type { EventView, SessionView } from "../api/types.ts";

export type LiveState =
  | "connecting"
  | "live"
  | "reconnecting"
  | "polling"
  /** The API asks for a key: nothing is tried until somebody has signed in. */
  | "signed-out"
  /** The API refuses this page: nothing is tried any more. */
  | "refused";

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

/** A stream that is refused does not say why; whether somebody is signed in does. */
async function refusalNow(): Promise<"signed-out" | "refused" | null> {
  const answer = await fetch(sessionUrl);
  if (answer.status === 401) return "signed-out";
  if (answer.status === 403) return "refused";
  const session = (await answer.json()) as Partial<SessionView>;
  return answer.ok && session.workspace === null ? "signed-out" : null;
}

/**
 * One connection for news. The browser reconnects by itself and names the last event it saw; where it
 * gives up, or the line is silent, we connect anew and name it. From the second failure on the state
 * is `polling`: whoever shows something asks for it, while we go on trying here. Without a key, or refused, it ends.
 * @param after the last event known already; null: from now on
 * @returns a function that ends the connection and every timer
 */
export function openStream(handlers: StreamHandlers, after: number | null = null): () => void {
  let source: EventSource | null = null;
  let failures = 0;
  let opened = false;
  let ended = false;
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
      // Nothing answers, or it is not ours: it is tried again as it is.
      void refusalNow().then(endFor, () => undefined);
    } else watch();
  };
  const end = (): void => {
    ended = true;
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    source?.close();
  };
  const endFor = (refusal: "signed-out" | "refused" | null): void => {
    if (refusal === null || ended) return;
    end();
    handlers.onState(refusal);
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
  return end;
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
