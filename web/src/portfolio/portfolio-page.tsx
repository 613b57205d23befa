import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { documentsWords } from "../lib/format.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { LoadFailed, StaleStrip } from "../ui/notice.tsx";
import { Empty, Panel, Skeleton } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { ColumnsMenu } from "./columns-menu.tsx";
import { DeckCards, DeckTable } from "./deck-table.tsx";
import { Filters } from "./filters.tsx";
import { exportUrl, portfolioQuery } from "./queries.ts";
import type { PortfolioSearch } from "./search.ts";
import { SearchForm } from "./search-form.tsx";
import { SlideHits } from "./slide-hits.tsx";

const route = getRouteApi("/portfolio");
const sortUsual = "-deck.submitted";

/** What all decks say, side by side. */
export function PortfolioPage() {
  useTitle("Portfolio");
  const search = route.useSearch();
  const list = useInfiniteQuery(portfolioQuery(search));
  const first = list.data?.pages[0];
  const q = search.q ?? "";
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="mr-2 text-lg font-semibold tracking-tight">Portfolio</h1>
        <SearchForm q={q} />
        {first !== undefined && <ColumnsMenu columns={first.columns} fields={first.fields} />}
        <Exports search={search} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Filters search={search} columns={first?.columns ?? []} />
        <NewestOnly search={search} />
      </div>
      {q !== "" && <Views search={search} />}
      {search.view === "slides" && q !== "" ? <SlideHits q={q} /> : <Decks search={search} />}
    </div>
  );
}

const newest = "deck.version:is:newest";

function NewestOnly({ search }: { search: PortfolioSearch }) {
  const { filter = [], ...rest } = search;
  if (filter.includes(newest)) return null;
  return (
    <Link
      to="/portfolio"
      search={{ ...rest, filter: [...filter, newest] }}
      className={buttonClass()}
    >
      Newest versions only
    </Link>
  );
}

function Exports({ search }: { search: PortfolioSearch }) {
  return (
    <>
      {(["csv", "json"] as const).map((format) => (
        <a key={format} href={exportUrl(search, format)} download className={buttonClass()}>
          <Download aria-hidden="true" className="size-3.5" />
          <span className="sr-only">Export as</span> {format.toUpperCase()}
        </a>
      ))}
    </>
  );
}

/** Decks that have the words, or each slide that has them. */
function Views({ search }: { search: PortfolioSearch }) {
  const { view, ...rest } = search;
  const views = [
    { words: "Decks", to: rest, isShown: view === undefined },
    { words: "Slides", to: { ...rest, view: "slides" as const }, isShown: view === "slides" },
  ];
  return (
    <nav aria-label="Show" className="flex gap-1">
      {views.map(({ words, to, isShown }) => (
        <Link
          key={words}
          to="/portfolio"
          search={to}
          aria-current={isShown ? "true" : undefined}
          className={`min-h-7 rounded-md px-2.5 py-1 text-[13px] font-medium ${isShown ? "bg-accent-soft text-accent-ink" : "text-ink-2 hover:bg-sunken hover:text-ink"}`}
        >
          {words}
        </Link>
      ))}
    </nav>
  );
}

/** The table and all it may be instead. The query is the page's own: it is asked once. */
function Decks({ search }: { search: PortfolioSearch }) {
  const list = useInfiniteQuery(portfolioQuery(search));
  const retry = (): void => void list.refetch();
  if (list.data === undefined) {
    return list.isError ? (
      <LoadFailed error={list.error} onRetry={retry} />
    ) : (
      <Panel>
        <p className="sr-only" role="status">
          Loading the portfolio
        </p>
        <Skeleton className="h-96" />
      </Panel>
    );
  }
  const [first] = list.data.pages;
  const rows = list.data.pages.flatMap((page) => page.rows);
  const shown = (first?.fields ?? []).flatMap(
    (path) => first?.columns.find((column) => column.path === path) ?? [],
  );
  return (
    <div className="space-y-3">
      {list.isError && (
        <StaleStrip error={list.error} updatedAtMs={list.dataUpdatedAt} onRetry={retry} />
      )}
      {first !== undefined && rows.length > 0 && (
        <p role="status" className="text-[13px] text-ink-2">
          {[`${documentsWords(first.total)}.`, ...first.notes].join(" ")}
        </p>
      )}
      {rows.length === 0 && <NoDecks search={search} notes={first?.notes ?? []} />}
      {rows.length > 0 && (
        <Panel className={list.isPlaceholderData ? "opacity-60" : ""}>
          <DeckTable rows={rows} columns={shown} sort={search.sort ?? sortUsual} />
          <DeckCards rows={rows} columns={shown} />
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

function NoDecks({ search, notes }: { search: PortfolioSearch; notes: readonly string[] }) {
  const { filter, q, view: _, ...rest } = search;
  if (filter === undefined && q === undefined) {
    return (
      <Panel>
        <Empty title="No deck yet.">
          Here stands, side by side, what every deck says: company, ask, date, scores. It fills as{" "}
          <Link to="/" className="font-medium text-accent-ink underline">
            decks are uploaded
          </Link>{" "}
          and read.
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel>
      <Empty title={q === undefined ? "No deck passes these filters." : "No deck has these words."}>
        {notes.map((note) => (
          <p key={note} role="status" className="mb-2">
            {note}
          </p>
        ))}
        <Link to="/portfolio" search={rest} className={buttonClass()}>
          Clear {q === undefined ? "filters" : "search and filters"}
        </Link>
      </Empty>
    </Panel>
  );
}
