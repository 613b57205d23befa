import { CircleAlert, Pause, Play } from "lucide-react";
import { agoWords } from "../lib/format.ts";
import { stalenessOf } from "../lib/staleness.ts";
import { useNow } from "../lib/use-now.ts";
import { heardAtMs, togglePause, useLive } from "../live/live-store.ts";

const words = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  polling: "Polling",
  "signed-out": "Not signed in",
  refused: "Not allowed",
  paused: "Paused",
} as const;

const dots = {
  connecting: "bg-line-strong",
  live: "bg-good",
  reconnecting: "bg-warn",
  polling: "bg-warn",
  "signed-out": "bg-line-strong",
  refused: "bg-warn",
  paused: "bg-line-strong",
} as const;

const sentences = {
  connecting: "The stream of news is being opened.",
  live: "News comes as it happens.",
  reconnecting: "The stream of news broke off; it is being opened again.",
  polling: "There is no stream of news; this page asks every 5 seconds.",
  "signed-out": "News comes once somebody has signed in.",
  refused: "The stream of news is refused to this page. Load it again to try once more.",
  paused: "This page stands still until updates go on.",
} as const;

const carriers = {
  worker: "One connection serves all tabs of this browser.",
  leader: "This tab holds the connection for all tabs of this browser.",
  follower: "Another tab holds the connection for all tabs of this browser.",
  own: "This tab has a connection of its own.",
} as const;

const tones = { fresh: "text-ink-3", aging: "text-ink-3", old: "text-warn", stale: "text-warn" };

/** How news reaches this page, of when it is, and a way to make it stand still. */
export function LiveBadge() {
  const live = useLive();
  const nowMs = useNow();
  const state = live.paused && live.state !== "signed-out" ? "paused" : live.state;
  const ageMs = nowMs - heardAtMs();
  const age = agoWords(new Date(heardAtMs()).toISOString(), nowMs);
  const late = state !== "live";
  const Icon = live.paused ? Play : Pause;
  // Nothing is shown that could be old, and nothing comes that could be held up.
  const isOut = live.state === "signed-out";
  const carrier = live.carrier === null ? "" : ` ${carriers[live.carrier]}`;
  return (
    <span
      title={isOut ? sentences[state] : `${sentences[state]}${carrier} Last news ${age}.`}
      className={`flex items-center gap-1.5 text-xs whitespace-nowrap ${isOut ? "text-ink-2" : late ? "text-warn" : tones[stalenessOf(ageMs)]}`}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dots[state]}`} />
      <span role="status" className={late ? "" : "max-sm:sr-only"}>
        {words[state]}
      </span>
      {!isOut && (
        <>
          <span className={late ? "" : "max-xl:sr-only"}>
            {late ? `as of ${age}` : `updated ${age}`}
          </span>
          <button
            type="button"
            aria-pressed={live.paused}
            aria-label="Pause updates"
            title={live.paused ? "Let updates go on (p)" : "Pause updates (p)"}
            onClick={togglePause}
            className="grid size-6 place-items-center rounded text-ink-2 hover:bg-sunken hover:text-ink"
          >
            <Icon aria-hidden="true" className="size-3.5" />
          </button>
        </>
      )}
    </span>
  );
}

/** Across the page, once nothing was heard for a minute. */
export function LiveStrip() {
  const { paused, state } = useLive();
  const nowMs = useNow();
  const isStale = stalenessOf(nowMs - heardAtMs()) === "stale";
  if (!isStale || state === "signed-out") return null;
  const age = agoWords(new Date(heardAtMs()).toISOString(), nowMs);
  return (
    <div className="bg-warn-soft text-[13px] text-ink">
      <p className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-2 px-4 py-1.5">
        <CircleAlert aria-hidden="true" className="size-4 shrink-0 text-warn" />
        <span>
          <span role="status">
            {paused
              ? "Updates are paused."
              : `Nothing was heard from Pilotlight. ${sentences[state]}`}
          </span>{" "}
          What you see is of {age}.
        </span>
        {paused && (
          <button
            type="button"
            onClick={togglePause}
            className="min-h-6 font-medium text-accent-ink underline"
          >
            Go on
          </button>
        )}
      </p>
    </div>
  );
}
