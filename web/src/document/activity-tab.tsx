import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { documentUrl, getJson } from "../api/client.ts";
import { eventsQuery } from "../api/queries.ts";
import type { DocumentSummary, EventList, EventView } from "../api/types.ts";
import type { Tone } from "../lib/event-data.ts";
import { activityOf } from "../lib/event-sentence.ts";
import { clockWords, dayWords, momentWords } from "../lib/format.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { keptFrom, keptWith } from "./activity-kept.ts";
import { type ActivityKind, activityKinds } from "./activity-search.ts";

const route = getRouteApi("/documents/$id");

const dots: Readonly<Record<Tone, string>> = {
  plain: "bg-line-strong",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
};

const kindWords: Readonly<Record<ActivityKind, string>> = {
  people: "By people",
  failures: "Failures",
  work: "Work",
};
const ofPeople =
  /^(review\.|document\.(accepted|deleted|rejected)|pipeline\.(cancelled|retried|rerun)|pack\.)/;
const ofFailures = /^(slide\.failed|task\.(delayed|dead|skipped)|pipeline\.quarantined)$/;

/** What kind of thing it tells of; the last events of a pipeline are told with the work. */
function kindOf({ type }: EventView): ActivityKind {
  if (ofPeople.test(type)) return "people";
  return ofFailures.test(type) ? "failures" : "work";
}

function Lines({
  events,
  kind,
  onClear,
}: {
  events: readonly EventView[];
  kind: ActivityKind | undefined;
  onClear: () => void;
}) {
  const lines = useMemo(() => {
    // Sentences are made from the whole story; only then some are left out.
    const kinds = new Map(events.map((event) => [event.id, kindOf(event)]));
    return activityOf(events).filter(({ id }) => kind === undefined || kinds.get(id) === kind);
  }, [events, kind]);
  if (lines.length === 0 && kind !== undefined) {
    return (
      <Empty title="Nothing of this kind has happened.">
        <Button onClick={onClear}>Show all</Button>
      </Empty>
    );
  }
  if (lines.length === 0) return <Empty title="Nothing has happened yet." />;
  return (
    <ol className="divide-y divide-line">
      {lines.map((line, index) => (
        <li key={line.id} data-row className="flex flex-wrap items-baseline gap-x-3 px-4 py-2">
          {dayWords(line.at) !== dayWords(lines[index - 1]?.at ?? "") && (
            <span className="basis-full pb-1 text-xs font-medium text-ink-2">
              {dayWords(line.at)}
            </span>
          )}
          <time
            dateTime={line.at}
            title={momentWords(line.at)}
            className="shrink-0 text-xs tabular-nums text-ink-3"
          >
            {clockWords(line.at)}
          </time>
          <span
            aria-hidden="true"
            className={`size-1.5 shrink-0 -translate-y-px rounded-full ${dots[line.tone]}`}
          />
          <span className="min-w-0 flex-1 break-words">{line.sentence}</span>
        </li>
      ))}
    </ol>
  );
}

/** What is older than what is kept, asked for piece by piece. */
function useOlder(id: string, first: number | null) {
  const [wanted, setWanted] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ["events-before", id, first],
    queryFn: ({ pageParam, signal }) =>
      getJson<EventList>(`${documentUrl(id)}/events?before=${pageParam}`, { signal }),
    initialPageParam: first,
    getNextPageParam: (page) => page.nextBefore,
    enabled: wanted && first !== null,
    // What has happened does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    events: query.data?.pages.flatMap((page) => page.events) ?? [],
    hasMore: wanted && query.data !== undefined ? query.hasNextPage : first !== null,
    isAsking: query.isFetching,
    failed: query.isError,
    more: () => (wanted ? void query.fetchNextPage() : setWanted(true)),
  };
}

function Story({ id, list }: { id: string; list: EventList }) {
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (next: ActivityKind | undefined): void =>
    void navigate({
      search: ({ kind: _old, ...rest }) => (next === undefined ? rest : { ...rest, kind: next }),
      replace: true,
      resetScroll: false,
    });
  const [before, setKept] = useState(() => keptFrom(list));
  const kept = keptWith(before, list);
  if (kept !== before) setKept(kept);
  const older = useOlder(id, kept.before);
  const events = useMemo(() => {
    const known = new Map([...older.events, ...kept.events].map((event) => [event.id, event]));
    return [...known.values()];
  }, [older.events, kept.events]);
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <label className="flex items-center gap-2 text-[13px]">
          Show
          <select
            className="min-h-8 rounded-md border border-line-strong bg-surface px-2"
            value={kind ?? "all"}
            onChange={({ target }) => choose(activityKinds.find((known) => known === target.value))}
          >
            <option value="all">All</option>
            {activityKinds.map((known) => (
              <option key={known} value={known}>
                {kindWords[known]}
              </option>
            ))}
          </select>
        </label>
        <span className="grow" />
        <span className="text-[13px] text-ink-3">{events.length} events</span>
        <CopyButton text={JSON.stringify(events, null, 2)} what="these events as JSON" />
      </div>
      <Panel>
        <Lines events={events} kind={kind} onClear={() => choose(undefined)} />
      </Panel>
      {older.hasMore && (
        <p className="text-center">
          <Button disabled={older.isAsking} onClick={older.more}>
            {older.isAsking ? "Loading earlier events" : "Show earlier events"}
          </Button>
        </p>
      )}
      {older.failed && (
        <p role="alert" className="text-center text-[13px] text-bad">
          Earlier events could not be loaded.
        </p>
      )}
    </div>
  );
}

/** What happened to this document, newest first; nothing in it is ever changed. */
export function ActivityTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(eventsQuery(document.id));
  return (
    <AsyncPanel query={query} what="the activity">
      {(list) => (
        <>
          <h2 className="sr-only">Activity</h2>
          <Story id={document.id} list={list} />
        </>
      )}
    </AsyncPanel>
  );
}
