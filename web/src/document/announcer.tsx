import { useEffect, useRef, useState } from "react";
import type { PipelineSummary } from "../api/types.ts";
import { shownPercent } from "../lib/progress.ts";
import { drawnOf } from "../ui/progress-bar.tsx";

/** Spoken at most this often; what comes between is replaced by the newest. */
const spokenMs = 10_000;

/**
 * Speaks for the bar, which is no live region itself: at each quarter and each change of state.
 */
export function Announcer({ pipeline }: { pipeline: PipelineSummary }) {
  const percent = shownPercent(drawnOf(pipeline));
  const quarter = Math.floor(percent / 25) * 25;
  const [spoken, setSpoken] = useState("");
  const lastMs = useRef(0);
  const first = useRef(true);
  const words = `${pipeline.status.name}, ${quarter} percent.`;
  useEffect(() => {
    // What stands on the page when it opens is read with the page.
    if (first.current) {
      first.current = false;
      return;
    }
    const waitMs = Math.max(0, lastMs.current + spokenMs - performance.now());
    const timer = window.setTimeout(() => {
      lastMs.current = performance.now();
      setSpoken(words);
    }, waitMs);
    return () => window.clearTimeout(timer);
  }, [words]);
  return (
    <p role="status" className="sr-only">
      {spoken}
    </p>
  );
}
