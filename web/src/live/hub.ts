import type { EventView } from "../api/types.ts";
import { type LiveState, openStream, type StreamHandlers } from "./stream.ts";

/** What the tab that holds the stream, or the worker that does, tells the others. */
export type HubMessage =
  | { readonly kind: "state"; readonly state: LiveState }
  | { readonly kind: "event"; readonly event: EventView }
  | { readonly kind: "resync" }
  | { readonly kind: "sign" };

/** What a tab says to whoever holds the stream. */
export interface HubQuestion {
  /** `again`: somebody has signed in or out, so the stream is another one. */
  readonly kind: "hello" | "bye" | "again";
}

const questions: readonly unknown[] = ["hello", "bye", "again"] satisfies HubQuestion["kind"][];
const kindOf = (data: unknown): unknown =>
  typeof data === "object" && data !== null && "kind" in data ? data.kind : undefined;

export const isHubQuestion = (data: unknown): data is HubQuestion =>
  questions.includes(kindOf(data));
export const isHubMessage = (data: unknown): data is HubMessage =>
  kindOf(data) !== undefined && !isHubQuestion(data);

export interface Hub {
  /** Its state, for one that has just come. */
  greeting(): HubMessage;
  /** Opens the stream anew, from now on. */
  again(): void;
  close(): void;
}

/** One stream whose news goes to `tell`. */
export function openHub(tell: (message: HubMessage) => void, after: number | null = null): Hub {
  let state: LiveState = "connecting";
  const handlers: StreamHandlers = {
    onEvent: (event) => tell({ kind: "event", event }),
    onResync: () => tell({ kind: "resync" }),
    onSign: () => tell({ kind: "sign" }),
    onState(next) {
      state = next;
      tell({ kind: "state", state });
    },
  };
  let close = openStream(handlers, after);
  return {
    greeting: () => ({ kind: "state", state }),
    again() {
      close();
      close = openStream(handlers);
    },
    close: () => close(),
  };
}

/** Hands a message to the part of the page that it is for. */
export function receive(handlers: StreamHandlers, message: HubMessage): void {
  if (message.kind === "state") handlers.onState(message.state);
  else if (message.kind === "event") handlers.onEvent(message.event);
  else if (message.kind === "resync") handlers.onResync();
  else handlers.onSign();
}
