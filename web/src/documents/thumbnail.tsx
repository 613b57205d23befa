import { FileText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { pageImageUrl } from "../api/client.ts";
import { createDrawingTurns } from "./drawing-turns.ts";

const turns = createDrawingTurns();

/** Whether a picture may be asked for; `done` lets the next one be, where it had to wait for its turn. */
function useTurn(isWanted: boolean): { readonly isMine: boolean; done(): void } {
  const [isMine, setMine] = useState(false);
  const leave = useRef(() => {});
  useEffect(() => {
    if (!isWanted) return;
    leave.current = turns.take(() => setMine(true));
    return () => {
      leave.current();
      setMine(false);
    };
  }, [isWanted]);
  return { isMine, done: () => leave.current() };
}

/**
 * A slide's small picture on a white mat, or a sheet of paper while there is none.
 * @param version anything that changes when it is worth asking again
 * @param isUndrawn nobody has drawn it yet, and the server does so when it is asked
 */
export function Thumbnail({
  document,
  slide,
  alt,
  version,
  isUndrawn = false,
  className = "",
}: {
  document: string;
  slide: number;
  alt: string;
  version: number;
  isUndrawn?: boolean;
  className?: string;
}) {
  const [failedVersion, setFailedVersion] = useState<number | null>(null);
  const isAsked = version !== 0 && failedVersion !== version;
  const turn = useTurn(isUndrawn && isAsked);
  const missing = !isAsked || (isUndrawn && !turn.isMine);
  return (
    <span
      className={`grid aspect-video place-items-center overflow-hidden rounded border border-line ${missing ? "bg-sunken" : "bg-white"} ${className}`}
    >
      {missing ? (
        <FileText aria-hidden="true" className="size-4 text-ink-3" />
      ) : (
        <img
          src={pageImageUrl(document, slide, "thumb")}
          alt={alt}
          loading={isUndrawn ? "eager" : "lazy"}
          decoding="async"
          className="size-full object-contain"
          onLoad={turn.done}
          onError={() => setFailedVersion(version)}
        />
      )}
    </span>
  );
}
