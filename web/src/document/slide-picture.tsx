import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { pageImageUrl } from "../api/client.ts";
import type { DocumentSummary, SlideView, TextBlock } from "../api/types.ts";
import { regionsOf } from "../lib/regions.ts";
import { Button } from "../ui/button.tsx";

const percent = (fraction: number): string => `${100 * fraction}%`;

function Region({ block }: { block: TextBlock }) {
  return (
    <span
      aria-hidden="true"
      className="absolute rounded-sm bg-[#3b4fd8]/15 ring-2 ring-[#3b4fd8]"
      style={{
        left: percent(block.x),
        top: percent(block.y),
        width: percent(block.width),
        height: percent(block.height),
      }}
    />
  );
}

const altOf = (slide: SlideView): string => {
  const title = slide.analysis?.title ?? `Slide ${slide.slide}`;
  const description = slide.analysis?.description ?? "";
  return description === "" ? title : `${title}. ${description}`;
};

function Picture({
  document,
  slide,
  regions,
}: {
  document: DocumentSummary;
  slide: SlideView;
  regions: readonly TextBlock[];
}) {
  const [broken, setBroken] = useState(false);
  if (!slide.image || broken) {
    return (
      <div className="grid aspect-video place-items-center rounded-lg border border-line bg-sunken p-4 text-center text-ink-2">
        {broken ? "The picture could not be loaded." : "This slide has not been drawn yet."}
      </div>
    );
  }
  return (
    // A white mat in both themes: slides are made for it.
    <div className="overflow-hidden rounded-lg border border-line bg-white">
      <div className="relative mx-auto w-fit">
        <img
          src={pageImageUrl(document.id, slide.slide, "model")}
          alt={altOf(slide)}
          className="block max-h-[75vh] max-w-full"
          onError={() => setBroken(true)}
        />
        {regions.map((block) => (
          <Region key={`${block.x} ${block.y} ${block.text}`} block={block} />
        ))}
      </div>
    </div>
  );
}

/** The slide, large, with the words of a quote marked where they stand. */
export function SlidePicture({
  document,
  slide,
  count,
  quote,
  onShow,
}: {
  document: DocumentSummary;
  slide: SlideView;
  count: number;
  quote: string | undefined;
  onShow: (slide: number) => void;
}) {
  const regions = quote === undefined ? [] : regionsOf(quote, slide.analysis?.blocks ?? []);
  return (
    <div>
      <Picture
        key={`${slide.slide} ${slide.image}`}
        document={document}
        slide={slide}
        regions={regions}
      />
      <div className="mt-2 flex items-center gap-2">
        <Button
          kind="quiet"
          aria-label="Previous slide"
          disabled={slide.slide <= 1}
          onClick={() => onShow(slide.slide - 1)}
        >
          <ChevronLeft aria-hidden="true" className="size-4" />
        </Button>
        <p className="grow text-center text-[13px] text-ink-2 tabular-nums">
          Slide {slide.slide} of {count}
        </p>
        <Button
          kind="quiet"
          aria-label="Next slide"
          disabled={slide.slide >= count}
          onClick={() => onShow(slide.slide + 1)}
        >
          <ChevronRight aria-hidden="true" className="size-4" />
        </Button>
      </div>
      {quote !== undefined && (
        <p className="rounded-md bg-accent-soft px-3 py-2 text-[13px] text-ink">
          “{quote}”
          {regions.length === 0 && (
            <span className="text-ink-2"> The place could not be marked on this slide.</span>
          )}
        </p>
      )}
    </div>
  );
}
