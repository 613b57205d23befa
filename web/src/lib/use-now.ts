import { useEffect, useState } from "react";
import { serverNowMs } from "./now.ts";

/** Now, renewed every `everyMs`: for ages and running durations. */
export function useNow(everyMs = 1000): number {
  const [nowMs, setNowMs] = useState(serverNowMs);
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(serverNowMs()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
