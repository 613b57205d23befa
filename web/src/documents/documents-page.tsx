import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ArrowUp } from "lucide-react";
import { useCallback, useMemo } from "react";
import { BudgetNotice } from "../costs/budget-notice.tsx";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Button } from "../ui/button.tsx";
import { LoadFailed } from "../ui/notice.tsx";
import { Panel, Skeleton } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { DocumentTable } from "./document-table.tsx";
import { FileButton } from "./file-button.tsx";
import { defaultSort, ListControls, searchOf } from "./list-controls.tsx";
import type { ListView } from "./queries.ts";
import { UploadList } from "./upload-list.tsx";
import { useUploads } from "./upload-store.ts";
import { useDocumentList } from "./use-document-list.ts";
import { useSelection } from "./use-selection.ts";
import { Welcome } from "./welcome.tsx";

const route = getRouteApi("/");

const captions: Readonly<Record<ListView["filter"], string>> = {
  all: "All documents",
  progress: "Documents in progress",
  attention: "Documents that need attention",
  done: "Documents with results",
};

/** Of a filter alone, without a search. */
const emptyWords: Readonly<Partial<Record<ListView["filter"], string>>> = {
  progress: "Nothing is being read now.",
  attention: "Nothing needs attention.",
  done: "No document has results yet.",
};

/** What came in meanwhile waits here: rows do not jump while somebody reads them. */
function NewsPill({ fresh, gone, onLetIn }: { fresh: number; gone: number; onLetIn: () => void }) {
  const words = [
    ...(fresh === 0 ? [] : [`${fresh} new`]),
    ...(gone === 0 ? [] : [`${gone} no longer in this list`]),
  ].join(", ");
  return (
    <p role="status" className="pointer-events-none sticky top-16 z-20 text-center empty:hidden">
      {words !== "" && (
        <Button
          kind="primary"
          className="pointer-events-auto rounded-full shadow-lg"
          onClick={onLetIn}
        >
          <ArrowUp aria-hidden="true" className="size-3.5" /> {words}
        </Button>
      )}
    </p>
  );
}

/** Six rows of final height. */
function LoadingRows() {
  return (
    <Panel>
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div
          key={row}
          className="flex h-44 items-center gap-3 border-b border-line px-4 md:h-[5.125rem]"
        >
          <Skeleton className="h-9 w-16" />
          <Skeleton className="h-9 grow" />
        </div>
      ))}
    </Panel>
  );
}

function List({ view }: { view: ListView }) {
  const navigate = useNavigate({ from: "/" });
  const uploads = useUploads();
  const own = useMemo(
    () => new Set(uploads.flatMap(({ document }) => document?.id ?? [])),
    [uploads],
  );
  const list = useDocumentList(view, own);
  const { documents, head, hasMore, more } = list;
  const listed = useMemo(() => new Map(documents.map((row) => [row.id, row])), [documents]);
  const { selection, selected, clear } = useSelection(documents);
  const isNarrowed = view.filter !== "all" || view.q !== "";
  const isBare = head.isSuccess && documents.length === 0 && !isNarrowed;
  const onNearEnd = useCallback(() => {
    if (hasMore) more();
  }, [hasMore, more]);
  return (
    <div className="space-y-3">
      {isBare ? (
        <h1 className="sr-only">Documents</h1>
      ) : (
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="grow text-lg font-semibold tracking-tight">Documents</h1>
          <FileButton words="Upload PDFs" />
        </div>
      )}
      <BudgetNotice />
      <UploadList listed={listed} />
      {isBare && <Welcome />}
      {!isBare && <ListControls view={view} />}
      <NewsPill fresh={list.fresh} gone={list.gone} onLetIn={list.letIn} />
      {!isBare && (
        <AsyncPanel
          query={head}
          what="documents"
          skeleton={<LoadingRows />}
          isEmpty={() => documents.length === 0}
          empty={{
            title: "No document yet.",
            onClear: () => void navigate({ search: {} }),
            filtered: view.q === "" ? emptyWords[view.filter] : undefined,
            notes: head.data?.pages[0]?.notes,
          }}
        >
          {() => (
            <Panel className={head.isPlaceholderData ? "opacity-60" : ""}>
              <DocumentTable
                documents={documents}
                selection={selection}
                sort={view.sort}
                sortLink={(sort) => searchOf({ ...view, sort })}
                caption={captions[view.filter]}
                onNearEnd={onNearEnd}
              />
            </Panel>
          )}
        </AsyncPanel>
      )}
      {list.tailError !== null && <LoadFailed error={list.tailError} onRetry={more} />}
      {hasMore && (
        <div className="text-center">
          <Button onClick={more} disabled={list.isLoadingMore}>
            {list.isLoadingMore ? "Loading" : "Show more"}
          </Button>
        </div>
      )}
      <BulkBar selected={selected} onClear={clear} />
    </div>
  );
}

export function DocumentsPage() {
  const { filter = "all", q = "", sort } = route.useSearch();
  useTitle("Documents");
  const view = useMemo<ListView>(
    () => ({ filter, q, sort: sort ?? defaultSort(filter) }),
    [filter, q, sort],
  );
  return <List view={view} />;
}
