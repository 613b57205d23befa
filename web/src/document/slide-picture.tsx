import { ChevronLeft, ChevronRight } from "lucide-react";
import type { DocumentSummary, SlideView } from "../api/types.ts";
import { regionsOf } from "../lib/regions.ts";
import { Button } from "../ui/button.tsx";
import { SlideImage } from "./slide-image.tsx";
import type { Region } from "./slide-regions.ts";

/** The slide, large, with what stands where on it. */
export function SlidePicture({
  document,
  slide,
  count,
  quote,
  regions,
  marks,
  onMarks,
  onStep,
  onQuote,
}: {
  document: DocumentSummary;
  slide: SlideView;
  count: number;
  quote: string | undefined;
  regions: readonly Region[];
  marks: boolean;
  onMarks: (marks: boolean) => void;
  /** One forward or back; null: there is none. */
  onStep: { readonly next: (() => void) | null; readonly previous: (() => void) | null };
  onQuote: (quote: string | undefined) => void;
}) {
  const isPlaced = quote !== undefined && regionsOf(quote, slide.analysis?.blocks ?? []).length > 0;
  return (
    <div className="min-w-0">
      <SlideImage
        key={`${slide.slide} ${slide.image}`}
        document={document.id}
        slide={slide}
        quote={quote}
        regions={marks ? regions : []}
        onRegion={(region) => onQuote(region.quote === quote ? undefined : region.quote)}
      />
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button
          kind="quiet"
          aria-label="Previous slide"
          disabled={onStep.previous === null}
          onClick={() => onStep.previous?.()}
        >
          <ChevronLeft aria-hidden="true" className="size-4" />
        </Button>
        <p className="grow text-center text-[13px] text-ink-2 tabular-nums">
          Slide {slide.slide} of {count}
        </p>
        <label className="flex min-h-6 items-center gap-1.5 text-[13px] text-ink-2 max-sm:order-last max-sm:w-full">
          <input
            type="checkbox"
            checked={marks}
            onChange={({ target }) => onMarks(target.checked)}
            className="size-4 accent-(--accent)"
          />
          Mark places ({regions.length})
        </label>
        <Button
          kind="quiet"
          aria-label="Next slide"
          disabled={onStep.next === null}
          onClick={() => onStep.next?.()}
        >
          <ChevronRight aria-hidden="true" className="size-4" />
        </Button>
      </div>
      {quote !== undefined && (
        <p className="rounded-md bg-accent-soft px-3 py-2 text-[13px] break-words text-ink">
          “{quote}”
          {!isPlaced && (
            <span className="text-ink-2"> The place could not be marked on this slide.</span>
          )}
        </p>
      )}
    </div>
  );
}
