import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { batchDocumentsQuery } from "../api/queries.ts";
import type { BatchSummary, PipelineState } from "../api/types.ts";
import { DocumentTable } from "../documents/document-table.tsx";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Panel, Skeleton } from "../ui/panel.tsx";

const words: readonly { state: PipelineState; words: string }[] = [
  { state: "fetching", words: "Being fetched" },
  { state: "active", words: "In progress" },
  { state: "done", words: "Done" },
  { state: "done_with_gaps", words: "With gaps" },
  { state: "failed", words: "Failed" },
  { state: "cancelled", words: "Cancelled" },
];

const linkClass = (isChosen: boolean): string =>
  `min-h-7 rounded-md px-2.5 py-1 text-[13px] font-medium ${
    isChosen ? "bg-accent-soft text-accent-ink" : "text-ink-2 hover:bg-sunken hover:text-ink"
  }`;

/** Counts by state, each a way to those documents alone. */
function StateFilter({ batch, state }: { batch: BatchSummary; state: PipelineState | undefined }) {
  const shown = words.filter((one) => batch.counts[one.state] > 0 || one.state === state);
  return (
    <nav aria-label="Filter" className="flex flex-wrap gap-1">
      <Link
        to="/batches/$id"
        params={{ id: batch.id }}
        aria-current={state === undefined ? "true" : undefined}
        className={linkClass(state === undefined)}
      >
        All <span className="tabular-nums">{batch.documents}</span>
      </Link>
      {shown.map((one) => (
        <Link
          key={one.state}
          to="/batches/$id"
          params={{ id: batch.id }}
          search={{ state: one.state }}
          aria-current={one.state === state ? "true" : undefined}
          className={linkClass(one.state === state)}
        >
          {one.words} <span className="tabular-nums">{batch.counts[one.state]}</span>
        </Link>
      ))}
    </nav>
  );
}

/** Documents of a batch in the order of their submission. */
export function BatchDocuments({
  batch,
  state,
}: {
  batch: BatchSummary;
  state: PipelineState | undefined;
}) {
  const list = useInfiniteQuery(batchDocumentsQuery(batch.id, state));
  const documents = useMemo(
    () => (list.data?.pages ?? []).flatMap((page) => page.documents),
    [list.data],
  );
  return (
    <section aria-label="Documents" className="space-y-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold">Documents</h2>
        <StateFilter batch={batch} state={state} />
      </div>
      <AsyncPanel query={list} what="the documents" skeleton={<Skeleton className="h-48" />}>
        {() => (
          <Panel className="overflow-hidden">
            {documents.length === 0 ? (
              <Empty title={state === undefined ? "No document has joined yet." : "None now."} />
            ) : (
              <DocumentTable documents={documents} caption="Documents of this batch" />
            )}
          </Panel>
        )}
      </AsyncPanel>
      {list.hasNextPage && (
        <div className="text-center">
          <Button onClick={() => void list.fetchNextPage()} disabled={list.isFetchingNextPage}>
            {list.isFetchingNextPage ? "Loading" : "Show more"}
          </Button>
        </div>
      )}
    </section>
  );
}
