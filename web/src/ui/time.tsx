import { agoWords, momentWords } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";

/** "2 min ago"; the moment itself, local and UTC, on hover. */
export function Ago({ at }: { at: string }) {
  const nowMs = useNow(5000);
  return (
    <time dateTime={at} title={momentWords(at)}>
      {agoWords(at, nowMs)}
    </time>
  );
}
