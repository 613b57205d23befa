import { setTimeout as pause } from "node:timers/promises";
import { createParser } from "eventsource-parser";
import type { z } from "zod";
import type { problem } from "../../src/contract/common.ts";
import type { DocumentList } from "../../src/contract/document-list.ts";
import type {
  DocumentResults,
  DocumentSummary,
  EventList,
  EventView,
  SlideList,
} from "../../src/contract/documents.ts";
import type { Fleet } from "../../src/contract/fleet.ts";

export type Problem = z.infer<typeof problem>;

/** What the server answered to an upload. */
export type Answer =
  | { readonly status: 202; readonly document: DocumentSummary; readonly problem: null }
  | { readonly status: number; readonly document: null; readonly problem: Problem };

export interface Api {
  /** Sends bytes as the body of an upload. */
  upload(bytes: Uint8Array, name: string): Promise<Answer>;
  document(id: string): Promise<DocumentSummary>;
  documents(): Promise<DocumentList>;
  /** Newest first, as the API gives them. */
  events(id: string): Promise<EventList["events"]>;
  results(id: string): Promise<DocumentResults>;
  slides(id: string): Promise<SlideList>;
  fleet(): Promise<Fleet>;
  post(path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** All changes since this client was made, in order; grows as they arrive. */
  readonly heard: readonly EventView[];
  /** Looks at every change, and once a second besides, until `look` finds something. */
  until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T>;
  /** Until the document's pipeline has ended. */
  ended(id: string): Promise<DocumentSummary>;
  close(): Promise<void>;
}

const limitMs = 120_000;
const lookMs = 1_000;

/** A client for tests. It follows the event stream from its first moment until it is closed. */
export function createApi(url: string): Api {
  const base = `${url}/api/workspaces/-`;
  const stream = followEvents(`${base}/events?after=0`);
  const get = async <T>(address: string): Promise<T> => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const document = (id: string) => get<DocumentSummary>(`${base}/documents/${id}`);
  const until: Api["until"] = async (what, look) => {
    const endMs = performance.now() + limitMs;
    for (;;) {
      const change = stream.next();
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > endMs) {
        const last = stream.heard.slice(-15).map(({ type, task, data }) => ({ type, task, data }));
        throw new Error(`Never seen: ${what}. Last changes: ${JSON.stringify(last, null, 1)}`);
      }
      await Promise.race([change, pause(lookMs, undefined, { ref: false })]);
    }
  };
  return {
    async upload(bytes, name) {
      const response = await fetch(`${base}/documents?name=${encodeURIComponent(name)}`, {
        method: "POST",
        headers: { "content-type": "application/pdf" },
        body: Buffer.from(bytes),
      });
      const body = (await response.json()) as { document: DocumentSummary };
      if (response.status === 202) return { status: 202, document: body.document, problem: null };
      return { status: response.status, document: null, problem: body as unknown as Problem };
    },
    document,
    documents: () => get(`${base}/documents?limit=200`),
    events: async (id) => (await get<EventList>(`${base}/documents/${id}/events`)).events,
    results: (id) => get(`${base}/documents/${id}/results`),
    slides: (id) => get(`${base}/documents/${id}/slides`),
    fleet: () => get(`${url}/api/fleet`),
    async post(path, body) {
      const response = await fetch(`${base}/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body ?? {}),
      });
      return { status: response.status, body: await response.json() };
    },
    heard: stream.heard,
    until,
    ended: (id) =>
      until(`the end of ${id}`, async () => {
        const seen = await document(id);
        return ["active", "fetching"].includes(seen.pipeline.state) ? undefined : seen;
      }),
    close: stream.close,
  };
}

interface Stream {
  readonly heard: EventView[];
  /** Resolves at the next change, or when the stream has ended. */
  next(): Promise<void>;
  close(): Promise<void>;
}

function followEvents(address: string): Stream {
  const heard: EventView[] = [];
  const controller = new AbortController();
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const one of woken) one();
  };
  const parser = createParser({
    onEvent: ({ data, event }) => {
      if (event === "change") heard.push(JSON.parse(data) as EventView);
      wake();
    },
  });
  const read = async (): Promise<void> => {
    const response = await fetch(address, { signal: controller.signal });
    const text = response.body?.pipeThrough(new TextDecoderStream());
    if (text) for await (const chunk of text) parser.feed(chunk);
  };
  // A stream that breaks off is no failure of the test: every wait also looks by itself.
  const reading = read()
    .catch(() => undefined)
    .finally(wake);
  return {
    heard,
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    async close() {
      controller.abort();
      await reading;
    },
  };
}
