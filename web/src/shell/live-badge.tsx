import { agoWords } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";
import { heardAtMs, useLive } from "../live/live-store.ts";

const words = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  polling: "Polling",
  paused: "Paused",
} as const;

const dots = {
  connecting: "bg-line-strong",
  live: "bg-good",
  reconnecting: "bg-warn",
  polling: "bg-warn",
  paused: "bg-line-strong",
} as const;

/** How news reaches this page, and of when it is. */
export function LiveBadge() {
  const { state } = useLive();
  const nowMs = useNow();
  const age = agoWords(new Date(heardAtMs()).toISOString(), nowMs);
  const late = state !== "live";
  return (
    <span
      title={`Last news ${age}`}
      className={`flex items-center gap-1.5 text-xs whitespace-nowrap ${late ? "text-warn" : "text-ink-3"}`}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dots[state]}`} />
      <span role="status" className={late ? "" : "max-sm:sr-only"}>
        {words[state]}
      </span>
      <span className={late ? "" : "max-sm:sr-only"}>
        {late ? `as of ${age}` : `updated ${age}`}
      </span>
    </span>
  );
}
