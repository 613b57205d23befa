import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
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

/** All slides as thumbnails, each a link; beside the picture on wide screens, above it on small. */
export function SlideStrip({
  document,
  slides,
  current,
  reading,
}: {
  document: DocumentSummary;
  slides: readonly SlideView[];
  /** Number of the slide that is looked at. */
  current: number;
  /** Number of the one that is read now. */
  reading: number | null;
}) {
  const list = useRef<HTMLOListElement>(null);
  const at = slides.findIndex(({ slide }) => slide === current);
  useEffect(() => {
    const strip = list.current;
    const item = strip?.children[at];
    if (!(item instanceof HTMLElement) || strip === null) return;
    // Only the strip scrolls: scrollIntoView would move the page as well.
    strip.scrollTo({
      top: item.offsetTop - strip.clientHeight / 2 + item.clientHeight / 2,
      left: item.offsetLeft - strip.clientWidth / 2 + item.clientWidth / 2,
    });
    if (strip.contains(window.document.activeElement)) item.querySelector("a")?.focus();
  }, [at]);
  return (
    <nav aria-label="Slides">
      <ol
        ref={list}
        className="relative flex gap-2 overflow-auto p-1 max-lg:pb-2 lg:max-h-[75vh] lg:flex-col"
      >
        {slides.map((slide) => {
          const chip = slideChip(slide, slide.slide === reading);
          return (
            <li key={slide.slide} className="w-28 shrink-0">
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
                tabIndex={slide.slide === current ? 0 : -1}
                aria-label={label(slide, chip)}
                aria-current={slide.slide === current ? "true" : undefined}
                className={`block rounded-md p-1 ${slide.slide === current ? "bg-accent-soft ring-2 ring-accent" : "hover:bg-sunken"}`}
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
                    {slide.failure !== null && (
                      <TriangleAlert aria-hidden="true" className="size-3" />
                    )}
                    {chip.words}
                  </span>
                </span>
                <SeverityMarks slide={slide} />
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
