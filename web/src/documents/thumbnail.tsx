import { FileText } from "lucide-react";
import { useState } from "react";
import { pageImageUrl } from "../api/client.ts";

/**
 * A slide's small picture on a white mat, or a sheet of paper while there is none.
 * @param version anything that changes when it is worth asking again
 */
export function Thumbnail({
  document,
  slide,
  alt,
  version,
  className = "",
}: {
  document: string;
  slide: number;
  alt: string;
  version: number;
  className?: string;
}) {
  const [failedVersion, setFailedVersion] = useState<number | null>(null);
  const missing = version === 0 || failedVersion === version;
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
          loading="lazy"
          decoding="async"
          className="size-full object-contain"
          onError={() => setFailedVersion(version)}
        />
      )}
    </span>
  );
}
