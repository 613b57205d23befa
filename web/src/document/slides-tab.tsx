import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { slideState, unreadWords } from "../../../src/core/pipeline/slide-state.ts";
import { resultsQuery, slidesQuery } from "../api/queries.ts";
import type { DocumentSummary, SlideList, SlideView } from "../api/types.ts";
import { slidesWords } from "../lib/format.ts";
import { common, useKeys } from "../shell/keys.ts";
import { Button } from "../ui/button.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { allFields } from "./fields.ts";
import { Loaded } from "./loaded.tsx";
import { SlideNotes } from "./slide-notes.tsx";
import { SlidePicture } from "./slide-picture.tsx";
import { regionsOn } from "./slide-regions.ts";
import { hasFindings, readingNow } from "./slide-state.ts";
import { SlideStrip } from "./slide-strip.tsx";

const route = getRouteApi("/documents/$id");

const arrows: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

/** Every page has its place from the start; where each stands follows from what the document is known to be now. */
function allSlides(list: SlideList, { pages, pipeline }: DocumentSummary): readonly SlideView[] {
  const known = new Map(list.slides.map((slide) => [slide.slide, slide]));
  const task = pipeline.progress.tasks.find((one) => one.task === "visual_analysis")?.state ?? null;
  return Array.from({ length: Math.max(pages, ...known.keys(), 0) }, (_, index) => {
    const {
      image = false,
      analysis = null,
      feedback = null,
      failure = null,
    } = known.get(index + 1) ?? {};
    const state = slideState({
      ...{ hasReading: analysis !== null, hasFailure: failure !== null },
      ...{ task, hasEnded: pipeline.finishedAt !== null },
    });
    return { slide: index + 1, state, image, analysis, feedback, failure };
  });
}

/** How far reading is, and the filter. */
function Line({
  isOpen,
  slides,
  only,
  onOnly,
}: {
  isOpen: boolean;
  slides: readonly SlideView[];
  only: boolean;
  onOnly: () => void;
}) {
  const read = slides.filter(({ analysis }) => analysis !== null).length;
  const found = slides.filter(hasFindings).length;
  const unread = unreadWords(slides.filter(({ state }) => state === "not_read").length);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-[13px] text-ink-2">
      <p>
        {isOpen && read < slides.length
          ? `${read} of ${slidesWords(slides.length)} so far`
          : slidesWords(slides.length)}
        {unread !== "" && `. ${unread}`}
      </p>
      <label className="flex min-h-6 items-center gap-1.5">
        <input
          type="checkbox"
          checked={only}
          onChange={onOnly}
          className="size-4 accent-(--accent)"
        />
        Only slides with findings ({found})
      </label>
    </div>
  );
}

function Browser({ document, list }: { document: DocumentSummary; list: SlideList }) {
  const { slide: wanted = 1, quote, only, marks } = route.useSearch();
  const navigate = useNavigate({ from: "/documents/$id" });
  const results = useQuery(resultsQuery(document.id));
  const fields = results.data === undefined ? [] : allFields(results.data);
  const slides = allSlides(list, document);
  const shown = only === undefined ? slides : slides.filter(hasFindings);
  const current = shown.find((one) => one.slide >= Math.min(wanted, slides.length)) ?? shown.at(-1);
  const at = current === undefined ? -1 : shown.indexOf(current);
  const go = (search: Readonly<Record<string, unknown>>): void =>
    void navigate({ search: (old) => ({ ...old, ...search }), replace: true, resetScroll: false });
  const stepTo = (by: number): (() => void) | null => {
    const next = shown[at + by];
    return next === undefined ? null : () => go({ slide: next.slide, quote: undefined });
  };
  const toggleOnly = (): void => go({ only: only === undefined ? "findings" : undefined });
  useKeys("Slides", [
    { ...common.next, name: "Next slide", run: () => stepTo(1)?.() },
    { ...common.previous, name: "Previous slide", run: () => stepTo(-1)?.() },
    { id: "slides.findings", keys: "f", name: "Only slides with findings", run: toggleOnly },
    {
      ...{ id: "slides.marks", keys: "m", name: "Mark places on the slide, and back" },
      run: () => go({ marks: marks === undefined ? "off" : undefined }),
    },
  ]);
  const isOpen = document.pipeline.finishedAt === null;
  const line = (
    <Line isOpen={isOpen} slides={slides} only={only !== undefined} onOnly={toggleOnly} />
  );
  if (current === undefined) {
    return (
      <>
        {line}
        <Panel>
          <Empty title={only === undefined ? "There are no slides." : "No slide has findings."}>
            {only !== undefined && <Button onClick={toggleOnly}>Show all slides</Button>}
          </Empty>
        </Panel>
      </>
    );
  }
  const reading = document.pipeline.progress.tasks.find(({ task }) => task === "visual_analysis");
  return (
    <>
      {line}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the links inside are the controls; arrows are a shortcut for them */}
      <div
        className="grid grid-cols-1 gap-4 lg:grid-cols-[8.5rem_minmax(0,1fr)] xl:grid-cols-[8.5rem_minmax(0,1fr)_24rem]"
        onKeyDown={(event) => {
          const step = arrows[event.key];
          // With another key it is the browser's: back, forward, word by word.
          if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
          if (step === undefined || !(event.target instanceof HTMLAnchorElement)) return;
          event.preventDefault();
          stepTo(step)?.();
        }}
      >
        <SlideStrip
          document={document}
          slides={shown}
          current={current.slide}
          reading={readingNow(reading, slides)}
        />
        <SlidePicture
          document={document}
          slide={current}
          count={slides.length}
          quote={quote}
          regions={regionsOn(current, fields)}
          marks={marks === undefined}
          onMarks={(on) => go({ marks: on ? undefined : "off" })}
          onStep={{ next: stepTo(1), previous: stepTo(-1) }}
          onQuote={(words) => go({ quote: words })}
        />
        <SlideNotes
          document={document}
          slide={current}
          slides={slides}
          fields={fields}
          all={results.data}
        />
      </div>
    </>
  );
}

export function SlidesTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(slidesQuery(document.id));
  return <Loaded query={query}>{(list) => <Browser document={document} list={list} />}</Loaded>;
}
