import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { eventsQuery } from "../api/queries.ts";
import type { DocumentSummary, EventList } from "../api/types.ts";
import type { Tone } from "../lib/event-data.ts";
import { activityOf } from "../lib/event-sentence.ts";
import { clockWords, momentWords } from "../lib/format.ts";
import { Empty, Panel } from "../ui/panel.tsx";
import { Loaded } from "./loaded.tsx";

const dots: Readonly<Record<Tone, string>> = {
  plain: "bg-line-strong",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
};

function Lines({ list }: { list: EventList }) {
  const lines = useMemo(() => activityOf(list.events), [list]);
  if (lines.length === 0) return <Empty title="Nothing has happened yet." />;
  return (
    <ol className="divide-y divide-line">
      {lines.map((line) => (
        <li key={line.id} className="flex items-baseline gap-3 px-4 py-2">
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
          <span className="min-w-0 break-words">{line.sentence}</span>
        </li>
      ))}
    </ol>
  );
}

/** What happened to this document, newest first. */
export function ActivityTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(eventsQuery(document.id));
  return (
    <Loaded query={query}>
      {(list) => (
        <Panel>
          <h2 className="sr-only">Activity</h2>
          <Lines list={list} />
        </Panel>
      )}
    </Loaded>
  );
}
