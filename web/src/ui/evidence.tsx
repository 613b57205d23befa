import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import type { Evidence } from "../api/types.ts";

const chip =
  "shrink-0 whitespace-nowrap inline-flex min-h-6 items-center rounded border border-line bg-surface px-1.5 text-xs font-medium text-accent-ink hover:bg-accent-soft";

/** A link to a slide; with a quote the place is marked on the picture. */
export function SlideLink({
  document,
  slide,
  quote,
}: {
  document: string;
  slide: number;
  quote?: string;
}) {
  return (
    <Link
      to="/documents/$id"
      params={{ id: document }}
      search={{ tab: "slides", slide, ...(quote === undefined ? {} : { quote }) }}
      className={chip}
    >
      Slide {slide}
    </Link>
  );
}

const quoteMax = 300;

/** Verbatim words with the slide they stand on; a quote that does not stand there says so. */
export function EvidenceList({
  document,
  evidence,
}: {
  document: string;
  evidence: readonly Evidence[];
}) {
  if (evidence.length === 0) return null;
  return (
    <ul className="space-y-1.5">
      {evidence.map((item) => (
        <li key={`${item.slide} ${item.quote}`} className="flex items-start gap-2">
          <SlideLink document={document} slide={item.slide} quote={item.quote.slice(0, quoteMax)} />
          <span className="min-w-0 pt-0.5 text-[13px] [overflow-wrap:anywhere] text-ink-2">
            “{item.quote}”
            {!item.grounded && (
              <span className="ml-1.5 inline-flex items-center gap-1 text-xs text-warn">
                <TriangleAlert aria-hidden="true" className="size-3" />
                not found word for word on the slide
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
