import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { listQuery } from "../api/queries.ts";
import { BudgetNotice } from "../costs/budget-notice.tsx";
import type { Filter } from "../lib/search.ts";
import { Button } from "../ui/button.tsx";
import { LoadFailed, StaleStrip } from "../ui/notice.tsx";
import { Empty, Panel, Skeleton } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { DocumentRow } from "./document-row.tsx";
import { FileButton } from "./file-button.tsx";
import { ListControls } from "./list-controls.tsx";
import { UploadList } from "./upload-list.tsx";
import { Welcome } from "./welcome.tsx";

const route = getRouteApi("/");

function Rows({ filter, q }: { filter: Filter; q: string }) {
  const list = useInfiniteQuery(listQuery(filter, q));
  const documents = useMemo(() => {
    const byId = new Map(
      (list.data?.pages ?? []).flatMap((page) => page.documents.map((row) => [row.id, row])),
    );
    return [...byId.values()];
  }, [list.data]);
  const listed = useMemo(() => new Set(documents.map(({ id }) => id)), [documents]);
  const narrowed = filter !== "all" || q !== "";
  const bare = list.isSuccess && documents.length === 0 && !narrowed;
  return (
    <div className="space-y-3">
      {!bare && (
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="grow text-lg font-semibold tracking-tight">Documents</h1>
          <FileButton words="Upload PDFs" />
        </div>
      )}
      {bare && <h1 className="sr-only">Documents</h1>}
      <BudgetNotice />
      <UploadList listed={listed} />
      {!bare && <ListControls filter={filter} q={q} />}
      {list.isError && list.data !== undefined && (
        <StaleStrip
          error={list.error}
          updatedAtMs={list.dataUpdatedAt}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isError && list.data === undefined && (
        <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isPending && <LoadingRows />}
      {bare && <Welcome />}
      {list.isSuccess && documents.length === 0 && narrowed && (
        <Panel>
          <Empty title="No document matches.">
            <Link to="/" className="font-medium text-accent-ink underline">
              Show all documents
            </Link>
          </Empty>
        </Panel>
      )}
      {documents.length > 0 && (
        <Panel className="overflow-hidden">
          <ul className="divide-y divide-line">
            {documents.map((document) => (
              <DocumentRow key={document.id} document={document} />
            ))}
          </ul>
        </Panel>
      )}
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

function LoadingRows() {
  return (
    <Panel>
      <p className="sr-only" role="status">
        Loading documents
      </p>
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} className="flex items-center gap-3 border-b border-line px-4 py-3.5">
          <Skeleton className="h-10 w-18" />
          <Skeleton className="h-8 grow" />
        </div>
      ))}
    </Panel>
  );
}

export function DocumentsPage() {
  const { filter = "all", q = "" } = route.useSearch();
  useTitle("Documents");
  return <Rows filter={filter} q={q} />;
}
