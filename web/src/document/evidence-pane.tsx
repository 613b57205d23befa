import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { slidesQuery } from "../api/queries.ts";
import type { DocumentSummary, Evidence } from "../api/types.ts";
import { SlideImage } from "./slide-image.tsx";

/** Quotes beside the slide that one of them stands on. Which one is in the address. */
export function EvidencePane({
  document,
  evidence,
  chosen,
  onChoose,
}: {
  document: DocumentSummary;
  evidence: readonly Evidence[];
  /** Number of a slide and words on it; else the first. */
  chosen: { readonly slide: number | undefined; readonly quote: string | undefined };
  onChoose: (one: Evidence) => void;
}) {
  const slides = useQuery(slidesQuery(document.id));
  const shown =
    evidence.find(({ slide, quote }) => slide === chosen.slide && quote === chosen.quote) ??
    evidence[0];
  if (shown === undefined) return null;
  const slide = slides.data?.slides.find((one) => one.slide === shown.slide);
  return (
    <div className="space-y-2">
      {slide !== undefined && (
        <SlideImage
          key={`${slide.slide} ${slide.image}`}
          document={document.id}
          slide={slide}
          quote={shown.quote}
          className="max-h-80"
        />
      )}
      <ul className="space-y-1">
        {evidence.map((one) => (
          <li key={`${one.slide} ${one.quote}`}>
            <button
              type="button"
              aria-pressed={one === shown}
              onClick={() => onChoose(one)}
              className="w-full rounded-md border border-transparent px-2 py-1 text-left text-[13px] break-words hover:bg-sunken aria-pressed:border-line-strong aria-pressed:bg-sunken"
            >
              <span className="font-medium text-accent-ink">Slide {one.slide}</span>{" "}
              <span className="text-ink-2">“{one.quote}”</span>
              {!one.grounded && (
                <span className="ml-1.5 inline-flex items-center gap-1 text-xs text-warn">
                  <TriangleAlert aria-hidden="true" className="size-3" />
                  not found word for word on the slide
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <p className="px-2 text-[13px]">
        <Link
          to="/documents/$id"
          params={{ id: document.id }}
          search={{ tab: "slides", slide: shown.slide, quote: shown.quote.slice(0, 300) }}
          className="inline-flex min-h-6 items-center font-medium text-accent-ink hover:underline"
        >
          Open slide {shown.slide}
        </Link>
      </p>
    </div>
  );
}
