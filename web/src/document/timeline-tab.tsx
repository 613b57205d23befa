import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { DocumentTimeline } from "../../../src/contract/timeline.ts";
import type { DocumentSummary } from "../api/types.ts";
import { useNow } from "../lib/use-now.ts";
import { taskWords } from "../lib/words.ts";
import { BoxDetails } from "../timeline/box-details.tsx";
import { documentChart, handoffWords } from "../timeline/document-chart.ts";
import { timelineQuery } from "../timeline/queries.ts";
import { type Grouping, groupings, type TimelineSearch } from "../timeline/search.ts";
import { StageStrip } from "../timeline/stage-strip.tsx";
import { Timeline } from "../timeline/timeline.tsx";
import { AsyncPanel } from "../ui/async-panel.tsx";

const route = getRouteApi("/documents/$id");
const groupWords: Readonly<Record<Grouping, string>> = {
  ...{ container: "By container", stage: "By stage", slide: "By slide" },
};
const field = "min-h-8 rounded-md border border-line-strong bg-surface px-2 text-[13px]";

function Controls({
  search,
  onChange,
}: {
  search: TimelineSearch;
  onChange: (change: Partial<Record<keyof TimelineSearch, unknown>>) => void;
}) {
  return (
    <>
      <select
        aria-label="Lanes"
        className={field}
        value={search.group ?? "container"}
        onChange={({ target }) => onChange({ group: target.value })}
      >
        {groupings.map((group) => (
          <option key={group} value={group}>
            {groupWords[group]}
          </option>
        ))}
      </select>
      <select
        aria-label="Time"
        className={field}
        value={search.clock ?? "elapsed"}
        onChange={({ target }) => onChange({ clock: target.value })}
      >
        <option value="elapsed">Since the upload</option>
        <option value="wall">By the clock</option>
      </select>
      <label className="flex min-h-8 items-center gap-1.5 text-[13px]">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={search.open === true}
          onChange={({ target }) => onChange({ open: target.checked })}
        />
        Only unfinished
      </label>
    </>
  );
}

/** One line under the chart for each handoff, and what the plan leaves open. */
function Notes({ timeline }: { timeline: DocumentTimeline }) {
  const names = new Map(timeline.boxes.map(({ id, task }) => [id, taskWords(task)]));
  const unknown = timeline.planned.filter(({ until }) => until === null);
  return (
    <div className="space-y-1 text-[13px] text-ink-2">
      {timeline.handoffs.map((one) => (
        <p key={one.toBox}>
          {names.get(one.fromBox)} → {names.get(one.toBox)}: {handoffWords(one)}
        </p>
      ))}
      {unknown.length > 0 && (
        <p>
          To come, no estimate yet: {unknown.map(({ task }) => taskWords(task)).join(", ")}. Nothing
          like it has been finished here, so nothing is drawn for it.
        </p>
      )}
      {timeline.planned.length > unknown.length && (
        <p>What is planned begins when a container is there: a cold start comes on top.</p>
      )}
    </div>
  );
}

function TimelineView({ timeline }: { timeline: DocumentTimeline }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  // What has ended does not move.
  const nowMs = useNow(timeline.complete ? 60_000 : 1000);
  const change = (next: Partial<Record<keyof TimelineSearch, unknown>>): void =>
    void navigate({
      search: (old) => ({ ...old, ...next }) as typeof old,
      replace: true,
      resetScroll: false,
    });
  const group = search.group ?? "container";
  const chart = documentChart(timeline, { group, unfinished: search.open === true, nowMs });
  const close = (): void => change({ box: undefined });
  return (
    <div className="space-y-3">
      <h2 className="sr-only">Timeline</h2>
      <StageStrip stages={timeline.stages} />
      {chart.lanes.length === 0 ? (
        <NoLanes search={search} onClear={() => change({ open: undefined })} />
      ) : null}
      <Timeline
        chart={chart}
        name={`${groupWords[group]}: who worked on what when`}
        stages={timeline.stages.map(({ task }) => taskWords(task))}
        wall={search.clock === "wall"}
        zoom={search.zoom ?? 1}
        onZoom={(zoom) => change({ zoom })}
        selected={search.box ?? null}
        onSelect={(box) => change({ box: box ?? undefined })}
        isTable={search.view === "table"}
        onTable={(isTable) => change({ view: isTable ? "table" : undefined })}
        controls={<Controls search={search} onChange={change} />}
      />
      {search.box !== undefined && (
        <BoxDetails timeline={timeline} id={search.box} onClose={close} />
      )}
      <Notes timeline={timeline} />
    </div>
  );
}

function NoLanes({ search, onClear }: { search: TimelineSearch; onClear: () => void }) {
  if (search.open === true) {
    return (
      <p className="text-[13px] text-ink-2">
        Nothing is unfinished.{" "}
        <button
          type="button"
          onClick={onClear}
          className="min-h-6 font-medium text-accent-ink underline"
        >
          Show all lanes
        </button>
      </p>
    );
  }
  return (
    <p className="text-[13px] text-ink-2">
      {search.group === "slide"
        ? "No slide has been read by a container for this document: they may have been known already."
        : "No container has worked for this document yet."}
    </p>
  );
}

/** Where and when it was worked on, and what is to come. */
export function TimelineTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(timelineQuery(document.id));
  return (
    <AsyncPanel query={query} what="the timeline">
      {(timeline) => <TimelineView timeline={timeline} />}
    </AsyncPanel>
  );
}
