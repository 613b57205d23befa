import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense } from "react";
import { problemOf } from "../api/client.ts";
import { documentQuery } from "../api/queries.ts";
import type { DocumentSummary } from "../api/types.ts";
import type { Tab } from "../lib/search.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { LoadFailed } from "../ui/notice.tsx";
import { Skeleton } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { ActivityTab } from "./activity-tab.tsx";
import { Announcer } from "./announcer.tsx";
import { DocumentHeader } from "./document-header.tsx";
import { ExtractionsTab } from "./extractions-tab.tsx";
import { PrintReport } from "./print-report.tsx";
import { ResultsTab } from "./results-tab.tsx";
import { SlidesTab } from "./slides-tab.tsx";
import { SpecializedTab } from "./specialized-tab.tsx";
import { TabBar, tabsOf } from "./tab-bar.tsx";
import { TemplateTab } from "./template-tab.tsx";

/** Charts and what belongs to them are loaded when they are looked at. */
const TimelineTab = lazy(async () => ({
  default: (await import("./timeline-tab.tsx")).TimelineTab,
}));
const AskTab = lazy(async () => ({ default: (await import("../ask/ask-tab.tsx")).AskTab }));
const CostTab = lazy(async () => ({ default: (await import("./cost-tab.tsx")).CostTab }));

const route = getRouteApi("/documents/$id");

function TabBody({ document, tab }: { document: DocumentSummary; tab: Tab }) {
  switch (tab) {
    case "slides":
      return <SlidesTab document={document} />;
    case "extractions":
      return <ExtractionsTab document={document} />;
    case "template":
      return <TemplateTab document={document} />;
    case "results":
      return <ResultsTab document={document} />;
    case "ask":
      return <AskTab document={document} />;
    case "timeline":
      return <TimelineTab document={document} />;
    case "cost":
      return <CostTab document={document} />;
    case "activity":
      return <ActivityTab document={document} />;
    default:
      return <SpecializedTab key={tab} document={document} task={`specialized_${tab}`} />;
  }
}

function Shape() {
  return (
    <div className="space-y-3">
      <Skeleton className="h-8 w-72 max-w-full" />
      <Skeleton className="h-28" />
      <Skeleton className="h-96" />
    </div>
  );
}

function DocumentBody({ document, asked }: { document: DocumentSummary; asked: Tab }) {
  const tab = tabsOf(document).includes(asked) ? asked : "slides";
  return (
    <>
      <div data-screen className="space-y-4">
        <DocumentHeader document={document} />
        <Announcer pipeline={document.pipeline} />
        <TabBar document={document} current={tab} />
        <Suspense fallback={<Skeleton className="h-64" />}>
          <TabBody document={document} tab={tab} />
        </Suspense>
      </div>
      <PrintReport document={document} />
    </>
  );
}

export function DocumentPage() {
  const { id } = route.useParams();
  const { tab: asked = "slides" } = route.useSearch();
  const query = useQuery(documentQuery(id));
  // Deleted while it was looked at: nothing of it is shown any longer.
  const isGone = query.isError && problemOf(query.error).code === "DOCUMENT_NOT_FOUND";
  useTitle((isGone ? undefined : query.data?.name) ?? "Document");
  return (
    <div className="space-y-4">
      <Link
        data-screen
        to="/"
        className="inline-flex min-h-6 items-center gap-1 text-[13px] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden="true" className="size-3.5" /> Documents
      </Link>
      {(query.data === undefined || isGone) && <h1 className="sr-only">Document</h1>}
      {isGone ? (
        <LoadFailed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <AsyncPanel query={query} what="the document" skeleton={<Shape />}>
          {/* A dialog, a failed picture and what was said last are of one document. */}
          {(document) => <DocumentBody key={document.id} document={document} asked={asked} />}
        </AsyncPanel>
      )}
    </div>
  );
}
