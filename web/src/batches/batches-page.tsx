import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { batchesQuery } from "../api/queries.ts";
import { AsyncPanel, type EmptyWords } from "../ui/async-panel.tsx";
import { Button } from "../ui/button.tsx";
import { Panel, Skeleton } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { BatchRow } from "./batch-row.tsx";

const noBatch: EmptyWords = {
  title: "No batch yet.",
  children: (
    <>
      <p>
        Several decks that are{" "}
        <Link to="/" className="font-medium text-accent-ink underline">
          uploaded together
        </Link>{" "}
        are one. For up to 1,000, or files that lie on the server:
      </p>
      <p className="mt-2 font-mono text-[13px] text-ink">./pilotlight batch submit decks/*.pdf</p>
    </>
  ),
};

/** Batches, newest first. */
export function BatchesPage() {
  useTitle("Batches");
  const list = useInfiniteQuery(batchesQuery);
  // A batch that came in between two pages stands on both.
  const batches = useMemo(() => {
    const all = (list.data?.pages ?? []).flatMap((page) => page.batches);
    return [...new Map(all.map((batch) => [batch.id, batch])).values()];
  }, [list.data]);
  return (
    <div className="space-y-3">
      <h1 className="text-lg font-semibold tracking-tight">Batches</h1>
      <AsyncPanel
        query={list}
        what="batches"
        skeleton={<Skeleton className="h-48" />}
        isEmpty={() => batches.length === 0}
        empty={noBatch}
      >
        {() => (
          <Panel className="overflow-hidden">
            <ul className="divide-y divide-line">
              {batches.map((batch) => (
                <BatchRow key={batch.id} batch={batch} />
              ))}
            </ul>
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
    </div>
  );
}
