import { createParser } from "eventsource-parser";
import type { EventView } from "../contract/documents.ts";
import { pause } from "../worker/signals.ts";

export interface EventStreamOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Only this document's; absent: the whole workspace's. */
  readonly document?: string | undefined;
  readonly signal: AbortSignal;
  onEvent(event: EventView): void;
  /** Something may have been missed: look at the state itself. Also called at every new connection. */
  onReset(): void;
}

const firstRetryMs = 250;
const longestRetryMs = 2_000;

/**
 * Reads the event stream until the signal is raised; never throws. A broken stream is opened again
 * after the last event that was seen, so nothing is lost between two connections.
 */
export async function followEvents(options: EventStreamOptions): Promise<void> {
  let lastId: string | null = null;
  let retryMs = firstRetryMs;
  while (!options.signal.aborted) {
    try {
      await readOnce(options, lastId, (id) => {
        lastId = id;
        retryMs = firstRetryMs;
      });
    } catch {
      // Why it broke makes no difference; whether the server answers at all, others find out.
    }
    await pause(retryMs, options.signal);
    retryMs = Math.min(longestRetryMs, retryMs * 2);
  }
}

async function readOnce(
  { url, headers, document, signal, onEvent, onReset }: EventStreamOptions,
  lastId: string | null,
  onId: (id: string) => void,
): Promise<void> {
  const address = new URL(url);
  if (document !== undefined) address.searchParams.set("document", document);
  const resume: Record<string, string> = lastId === null ? {} : { "last-event-id": lastId };
  const response = await fetch(address, {
    headers: { ...headers, accept: "text/event-stream", ...resume },
    signal,
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    return;
  }
  onReset();
  const parser = createParser({
    onEvent(message) {
      if (message.event === "reset") onReset();
      if (message.event !== "change") return;
      onEvent(JSON.parse(message.data) as EventView);
      if (message.id !== undefined) onId(message.id);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
}
