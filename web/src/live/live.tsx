import {
  focusManager,
  notifyManager,
  type QueryClient,
  useQueryClient,
} from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import {
  isAsked,
  isSignedOut,
  noteSignedIn,
  noteSignedOut,
  onSession,
  onSignedIn,
} from "../session/session-store.ts";
import { type Batcher, createBatcher, paintMs } from "./batcher.ts";
import { connectLive } from "./connect.ts";
import { changeLive, isPaused, isStill, liveState, noteHeard, onPause } from "./live-store.ts";
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

/** What another tab did with the session is heard by the stream that they share. */
function noteStream(state: LiveState): void {
  if (state === "signed-out") noteSignedOut();
  if (state === "live" && isSignedOut()) noteSignedIn(null);
}

/** News, pauses and hidden times of this page load. */
function start(client: QueryClient): () => void {
  const batch = createBatcher(client, isStill);
  const poll = poller(batch);
  const ending = new AbortController();
  const { signal } = ending;
  const line = connectLive({
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
        noteStream(state);
      },
    },
  });
  const seen = (): void => {
    if (!isStill()) batch.resync();
  };
  document.addEventListener("visibilitychange", seen, { signal });
  // Back from the browser's own store of pages: nothing was heard meanwhile.
  window.addEventListener("pageshow", (event) => event.persisted && seen(), { signal });
  // Also stops what each query asks for by itself.
  const rest = (): void => focusManager.setFocused(isPaused() || isAsked() ? false : undefined);
  const unpause = onPause((paused) => {
    rest();
    if (!paused) batch.resync();
  });
  let wasOut = isSignedOut();
  const unask = onSession(() => {
    rest();
    // A stream that was opened with a session outlives it: nobody may go on listening to it.
    if (isSignedOut() && !wasOut && liveState() !== "signed-out") line.again();
    wasOut = isSignedOut();
  });
  const ungreet = onSignedIn(({ isOther }) => {
    line.again();
    if (isOther) void client.resetQueries();
    else batch.resync();
  });
  const unsubscribe = client.getQueryCache().subscribe((change) => {
    if (change.type === "updated" && change.action.type === "success") noteHeard();
  });
  return () => {
    ending.abort();
    unpause();
    unask();
    ungreet();
    unsubscribe();
    poll("live");
    line.close();
    batch.close();
  };
}

/** Keeps what is shown up to date, and tells how. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  useEffect(() => start(client), [client]);
  return children;
}
