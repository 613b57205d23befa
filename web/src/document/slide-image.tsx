import { useState } from "react";
import { pageImageUrl } from "../api/client.ts";
import type { SlideView, TextBlock } from "../api/types.ts";
import { regionsOf } from "../lib/regions.ts";
import type { Region } from "./slide-regions.ts";

const percent = (fraction: number): string => `${100 * fraction}%`;

type Box = Pick<TextBlock, "x" | "y" | "width" | "height">;
const placeOf = ({ x, y, width, height }: Box) => ({
  ...{ left: percent(x), top: percent(y), width: percent(width), height: percent(height) },
});

/** Slides are white in both themes, and so are the marks on them. */
const markClass = {
  quote: "bg-[#3b4fd8]/15 ring-2 ring-[#3b4fd8]",
  fact: "border-2 border-[#3b4fd8]",
  finding: "border-2 border-dashed border-[#8a5300]",
} as const;

const altOf = (slide: SlideView): string => {
  const title = slide.analysis?.title ?? `Slide ${slide.slide}`;
  const description = slide.analysis?.description ?? "";
  return description === "" ? title : `${title}. ${description}`;
};

/** The picture of a slide, with the words of a quote marked, and places that can be chosen. */
export function SlideImage({
  document,
  slide,
  quote,
  regions = [],
  onRegion,
  className = "max-h-[75vh]",
}: {
  /** Its id. */
  document: string;
  slide: SlideView;
  quote: string | undefined;
  regions?: readonly Region[];
  onRegion?: (region: Region) => void;
  className?: string;
}) {
  const [broken, setBroken] = useState(false);
  if (!slide.image || broken) {
    return (
      <div className="grid aspect-video place-items-center rounded-lg border border-line bg-sunken p-4 text-center text-ink-2">
        {broken ? "The picture could not be loaded." : "This slide has not been drawn yet."}
      </div>
    );
  }
  const marked = quote === undefined ? [] : regionsOf(quote, slide.analysis?.blocks ?? []);
  return (
    // A white mat in both themes: slides are made for it.
    <div className="overflow-hidden rounded-lg border border-line bg-white">
      <div className="relative mx-auto w-fit">
        <img
          src={pageImageUrl(document, slide.slide, "model")}
          alt={altOf(slide)}
          className={`block max-w-full ${className}`}
          onError={() => setBroken(true)}
        />
        {marked.map((block) => (
          <span
            key={`${block.x} ${block.y} ${block.text}`}
            aria-hidden="true"
            className={`pointer-events-none absolute rounded-sm ${markClass.quote}`}
            style={placeOf(block)}
          />
        ))}
        {regions.map((region) => (
          <Place
            key={`${region.kind} ${region.quote}`}
            region={region}
            isChosen={region.quote === quote}
            onChoose={() => onRegion?.(region)}
          />
        ))}
      </div>
    </div>
  );
}

/**
 * Where the picture is small, places would lie closer than a finger needs: they are only drawn there, and
 * chosen in the cards below.
 */
function Place({
  region,
  isChosen,
  onChoose,
}: {
  region: Region;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const look = `absolute rounded-sm ${markClass[region.kind]}`;
  const style = placeOf(region.box);
  return (
    <>
      <span aria-hidden="true" className={`pointer-events-none sm:hidden ${look}`} style={style} />
      <button
        type="button"
        aria-label={`${region.kind === "fact" ? "Fact" : "Finding"}: ${region.label}`}
        title={region.label}
        aria-pressed={isChosen}
        className={`min-h-6 min-w-6 focus-visible:outline-[#3b4fd8] max-sm:hidden ${look}`}
        style={style}
        onClick={onChoose}
      />
    </>
  );
}
