import {
  focusManager,
  notifyManager,
  type QueryClient,
  useQueryClient,
} from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { type Batcher, createBatcher, paintMs } from "./batcher.ts";
import { connectLive } from "./connect.ts";
import { changeLive, isPaused, noteHeard, onPause } from "./live-store.ts";
import { createPace } from "./pace.ts";
import type { LiveState } from "./stream.ts";

const pollMs = 5000;

/** Answers are painted at the same pace as events. */
notifyManager.setScheduler(createPace(paintMs));

/** While no stream comes through, a tab that is seen asks for itself. */
function poller(batch: Batcher): (state: LiveState) => void {
  let timer: number | undefined;
  return (state) => {
    if (state !== "polling") {
      window.clearInterval(timer);
      timer = undefined;
      return;
    }
    timer ??= window.setInterval(() => {
      if (!isStill()) batch.resync();
    }, pollMs);
  };
}

const isStill = (): boolean => document.hidden || isPaused();

/** News, pauses and hidden times of this page load. */
function start(client: QueryClient): () => void {
  const batch = createBatcher(client, isStill);
  const poll = poller(batch);
  const ending = new AbortController();
  const { signal } = ending;
  const leave = connectLive({
    onCarrier: (carrier) => changeLive({ carrier }),
    handlers: {
      onEvent: batch.add,
      onResync: () => {
        // A tab that stands still catches up when it goes on.
        if (!isStill()) batch.resync();
      },
      onSign: noteHeard,
      onState(state) {
        changeLive({ state });
        poll(state);
      },
    },
  });
  const seen = (): void => {
    if (!isStill()) batch.resync();
  };
  document.addEventListener("visibilitychange", seen, { signal });
  // Back from the browser's own store of pages: nothing was heard meanwhile.
  window.addEventListener("pageshow", (event) => event.persisted && seen(), { signal });
  const unpause = onPause((paused) => {
    // Also stops what each query asks for by itself.
    focusManager.setFocused(paused ? false : undefined);
    if (!paused) batch.resync();
  });
  const unsubscribe = client.getQueryCache().subscribe((change) => {
    if (change.type === "updated" && change.action.type === "success") noteHeard();
  });
  return () => {
    ending.abort();
    unpause();
    unsubscribe();
    poll("live");
    leave();
    batch.close();
  };
}

/** Keeps what is shown up to date, and tells how. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  useEffect(() => start(client), [client]);
  return children;
}
