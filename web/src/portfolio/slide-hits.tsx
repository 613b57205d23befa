import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "../ui/button.tsx";
import { LoadFailed, StaleStrip } from "../ui/notice.tsx";
import { Empty, Panel, Skeleton } from "../ui/panel.tsx";
import { DeckName } from "./deck-name.tsx";
import { Hit } from "./hit.tsx";
import { slideSearchQuery } from "./queries.ts";

/** Every slide that has the words, the best first. */
export function SlideHits({ q }: { q: string }) {
  const query = useInfiniteQuery(slideSearchQuery(q));
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    return query.isError ? (
      <LoadFailed error={query.error} onRetry={retry} />
    ) : (
      <Panel>
        <p className="sr-only" role="status">
          Searching
        </p>
        <Skeleton className="h-48" />
      </Panel>
    );
  }
  const hits = query.data.pages.flatMap((page) => page.hits);
  const { total = 0, complete = true, notes = [] } = query.data.pages[0] ?? {};
  return (
    <div className="space-y-3">
      {query.isError && (
        <StaleStrip error={query.error} updatedAtMs={query.dataUpdatedAt} onRetry={retry} />
      )}
      <p role="status" className="text-[13px] text-ink-2">
        {total === 1 ? "1 slide has" : `${total.toLocaleString("en-US")} slides have`} these words
        {complete ? "." : " and more; the best of so many are shown. One more word narrows them."}{" "}
        {notes.join(" ")}
      </p>
      {hits.length === 0 ? (
        <Panel>
          <Empty title="No slide has these words.">
            <p>Words that are read from pictures may be misread; try one word less.</p>
          </Empty>
        </Panel>
      ) : (
        <Panel>
          <ol className="divide-y divide-line">
            {hits.map((hit) => (
              <li key={`${hit.document} ${hit.slide}`} className="px-4 py-2.5">
                <DeckName deck={hit} />
                <Hit document={hit.document} hit={hit} />
              </li>
            ))}
          </ol>
        </Panel>
      )}
      {query.hasNextPage && (
        <div className="text-center">
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            {query.isFetchingNextPage ? "Loading" : "Show more"}
          </Button>
        </div>
      )}
    </div>
  );
}
