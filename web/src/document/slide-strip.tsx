import { Link } from "@tanstack/react-router";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { TriangleAlert } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import type { DocumentSummary, SlideView } from "../api/types.ts";
import { Thumbnail } from "../documents/thumbnail.tsx";
import { findingsWords, type Severity, severityOrder } from "../lib/severity.ts";
import { type SlideChip, slideChip } from "./slide-state.ts";

const markColour: Readonly<Record<Severity, string>> = {
  critical: "bg-bad",
  major: "bg-warn",
  minor: "bg-line-strong",
  note: "bg-track",
  praise: "bg-good",
};

/** One stroke a finding, worst first: how much there is to mend, at a glance. */
function SeverityMarks({ slide }: { slide: SlideView }) {
  const findings = slide.feedback?.findings ?? [];
  return (
    <span aria-hidden="true" className="mt-1 flex h-1.5 gap-0.5">
      {severityOrder.flatMap((severity) =>
        findings
          .filter((finding) => finding.severity === severity)
          .map((finding, index) => (
            <span
              key={`${severity} ${finding.rule} ${index.toString()}`}
              className={`max-w-4 grow rounded-full ${markColour[severity]}`}
            />
          )),
      )}
    </span>
  );
}

const label = (slide: SlideView, chip: SlideChip): string => {
  const title = slide.analysis?.title ?? null;
  const name = `Slide ${slide.slide}${title === null ? "" : `: ${title}`}`;
  const findings = findingsWords(slide);
  return [name, findings === "" ? chip.words : findings].join(", ");
};

const chipColour: Readonly<Record<SlideChip["tone"], string>> = {
  plain: "text-ink-2",
  accent: "text-accent-ink",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
};

const wide = "(min-width: 1024px)";
const watchWide = (listener: () => void): (() => void) => {
  const query = window.matchMedia(wide);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
};
/** Beside the picture the strip runs down, above it to the right. */
const useWide = (): boolean =>
  useSyncExternalStore(watchWide, () => window.matchMedia(wide).matches);

/** Of one slide with the gap after it, before it is measured. */
const pixels = { down: 104, right: 120 };
const gapPixels = 8;

interface StripProps {
  readonly document: DocumentSummary;
  readonly slides: readonly SlideView[];
  /** Number of the slide that is looked at. */
  readonly current: number;
  /** Number of the one that is read now. */
  readonly reading: number | null;
}

/** All slides as thumbnails, each a link; beside the picture on wide screens, above it on small. */
export function SlideStrip({ document, slides, current, reading }: StripProps) {
  const strip = useRef<HTMLDivElement>(null);
  const isWide = useWide();
  const at = slides.findIndex(({ slide }) => slide === current);
  const items = useVirtualizer({
    count: slides.length,
    horizontal: !isWide,
    getScrollElement: () => strip.current,
    estimateSize: useCallback(() => (isWide ? pixels.down : pixels.right) - gapPixels, [isWide]),
    getItemKey: useCallback((index: number) => slides[index]?.slide ?? index, [slides]),
    gap: gapPixels,
    paddingStart: 4,
    paddingEnd: 4,
    overscan: 6,
    // Tab must find the slide that is looked at, wherever the strip has been scrolled to.
    rangeExtractor: (range) =>
      at < 0
        ? defaultRangeExtractor(range)
        : [...new Set([at, ...defaultRangeExtractor(range)])].sort((a, b) => a - b),
  });
  useEffect(() => {
    if (at < 0) return;
    // Only the strip scrolls: scrollIntoView would move the page as well.
    items.scrollToIndex(at, { align: "center" });
    const hadFocus = strip.current?.contains(window.document.activeElement) === true;
    if (hadFocus) strip.current?.querySelector<HTMLElement>(`[data-index="${at}"] a`)?.focus();
  }, [at, items]);
  const size = items.getTotalSize();
  return (
    <nav aria-label="Slides">
      <div ref={strip} className="overflow-auto max-lg:pb-2 lg:max-h-[75vh]">
        <ol className="relative h-26 lg:w-30" style={isWide ? { height: size } : { width: size }}>
          {items.getVirtualItems().flatMap(({ index, key, start }) => {
            const slide = slides[index];
            if (slide === undefined) return [];
            return (
              <li
                key={key}
                ref={items.measureElement}
                data-index={index}
                aria-setsize={slides.length}
                aria-posinset={index + 1}
                className="absolute w-28 px-0 lg:left-1 max-lg:top-1"
                style={isWide ? { top: start } : { left: start }}
              >
                <SlideLink {...{ document, slide, current, reading }} />
              </li>
            );
          })}
        </ol>
      </div>
    </nav>
  );
}

function SlideLink({
  document,
  slide,
  current,
  reading,
}: Omit<StripProps, "slides"> & { readonly slide: SlideView }): ReactNode {
  const chip = slideChip(slide, slide.slide === reading);
  const isCurrent = slide.slide === current;
  return (
    <Link
      to="/documents/$id"
      params={{ id: document.id }}
      search={({ only, marks }) => ({
        ...(only === undefined ? {} : { only }),
        ...(marks === undefined ? {} : { marks }),
        ...{ tab: "slides" as const, slide: slide.slide },
      })}
      replace
      resetScroll={false}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={label(slide, chip)}
      aria-current={isCurrent ? "true" : undefined}
      className={`block rounded-md p-1 ${isCurrent ? "bg-accent-soft ring-2 ring-accent" : "hover:bg-sunken"}`}
    >
      <Thumbnail
        document={document.id}
        slide={slide.slide}
        alt=""
        version={slide.image ? 1 : 0}
        className="w-full"
      />
      <span className="mt-1 flex items-center justify-between gap-1 text-xs tabular-nums text-ink-2">
        {slide.slide}
        <span className={`flex items-center gap-1 truncate ${chipColour[chip.tone]}`}>
          {slide.failure !== null && <TriangleAlert aria-hidden="true" className="size-3" />}
          {chip.words}
        </span>
      </span>
      <SeverityMarks slide={slide} />
    </Link>
  );
}
