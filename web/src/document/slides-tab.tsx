import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { slidesQuery } from "../api/queries.ts";
import type { DocumentSummary, SlideList, SlideView } from "../api/types.ts";
import { slidesWords } from "../lib/format.ts";
import { Loaded } from "./loaded.tsx";
import { SlideNotes } from "./slide-notes.tsx";
import { SlidePicture } from "./slide-picture.tsx";
import { SlideStrip } from "./slide-strip.tsx";

const route = getRouteApi("/documents/$id");

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select, dialog") !== null;

const steps: Readonly<Record<string, number>> = {
  j: 1,
  k: -1,
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

/** Every page has its place from the start; what the server has not told yet is empty. */
function allSlides(list: SlideList, pages: number): readonly SlideView[] {
  const known = new Map(list.slides.map((slide) => [slide.slide, slide]));
  return Array.from(
    { length: Math.max(pages, ...known.keys(), 0) },
    (_, index) =>
      known.get(index + 1) ?? {
        slide: index + 1,
        image: false,
        analysis: null,
        feedback: null,
        failure: null,
      },
  );
}

function Browser({ document, list }: { document: DocumentSummary; list: SlideList }) {
  const { slide: wanted = 1, quote } = route.useSearch();
  const navigate = useNavigate({ from: "/documents/$id" });
  const slides = allSlides(list, document.pages);
  const current = slides[Math.min(wanted, slides.length) - 1];
  if (current === undefined) return null;
  const read = slides.filter(({ analysis }) => analysis !== null).length;
  const show = (slide: number): void => {
    if (slide < 1 || slide > slides.length) return;
    void navigate({
      search: ({ quote: _, ...rest }) => ({ ...rest, slide }),
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <>
      {!list.complete && read < slides.length && (
        <p className="text-[13px] text-ink-2">
          {read} of {slidesWords(slides.length)} so far
        </p>
      )}
      {/* Keys work while the focus is in here, and nowhere else. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the links inside are the controls; keys are a shortcut for them */}
      <div
        className="grid grid-cols-1 gap-4 lg:grid-cols-[8.5rem_minmax(0,1fr)] xl:grid-cols-[8.5rem_minmax(0,1fr)_24rem]"
        onKeyDown={(event) => {
          const step = steps[event.key];
          if (step === undefined || isTyping(event.target)) return;
          if (event.metaKey || event.ctrlKey || event.altKey) return;
          event.preventDefault();
          show(current.slide + step);
        }}
      >
        <SlideStrip document={document} slides={slides} current={current.slide} />
        <SlidePicture
          document={document}
          slide={current}
          count={slides.length}
          quote={quote}
          onShow={show}
        />
        <SlideNotes document={document} slide={current} />
      </div>
    </>
  );
}

export function SlidesTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(slidesQuery(document.id));
  return <Loaded query={query}>{(list) => <Browser document={document} list={list} />}</Loaded>;
}
