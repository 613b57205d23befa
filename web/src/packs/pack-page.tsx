import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Skeleton } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { CompareView } from "./compare-view.tsx";
import { ContentsView } from "./contents-view.tsx";
import { EditView } from "./edit-view.tsx";
import { PackHeader } from "./pack-header.tsx";
import { packVersionsQuery } from "./queries.ts";
import { type PackView, packViews } from "./search.ts";
import type { PackVersionView } from "./types.ts";
import { VersionTable } from "./version-table.tsx";

const route = getRouteApi("/packs/$name");

/** One pack: what runs now, what other versions there are, and what would change. */
export function PackPage() {
  const { name } = route.useParams();
  const query = useQuery(packVersionsQuery(name));
  useTitle(`${name} · Packs`);
  return (
    <div className="space-y-4">
      <Link
        to="/packs"
        className="inline-flex min-h-6 items-center gap-1 text-[13px] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden="true" className="size-3.5" /> Packs
      </Link>
      {query.data === undefined && <h1 className="text-lg font-semibold">{name}</h1>}
      <AsyncPanel
        query={query}
        what="the versions"
        skeleton={
          <div className="space-y-3">
            <Skeleton className="h-12 w-80 max-w-full" />
            <Skeleton className="h-64" />
          </div>
        }
      >
        {({ versions }) => <PackBody name={name} versions={versions} />}
      </AsyncPanel>
    </div>
  );
}

function PackBody({ name, versions }: { name: string; versions: readonly PackVersionView[] }) {
  const search = route.useSearch();
  const active = versions.find(({ state }) => state === "active");
  const fallback = active ?? versions[0];
  const chosen = versions.find(({ version }) => version === search.version) ?? fallback;
  if (chosen === undefined) return null;
  const { view = "contents" } = search;
  return (
    <div className="space-y-4">
      <PackHeader name={name} versions={versions} />
      <VersionTable name={name} versions={versions} shown={chosen.version} />
      <ViewBar name={name} view={view} version={search.version} />
      {view === "contents" && <ContentsView name={name} version={chosen.version} />}
      {view === "edit" && <EditView name={name} versions={versions} chosen={chosen} />}
      {view === "compare" && <CompareView name={name} versions={versions} />}
    </div>
  );
}

const viewNames: Readonly<Record<PackView, string>> = {
  contents: "What is in it",
  edit: "Edit",
  compare: "Compare",
};

function ViewBar({
  name,
  view,
  version,
}: {
  name: string;
  view: PackView;
  version: number | undefined;
}) {
  return (
    <nav aria-label="Of this pack" className="border-b border-line">
      <ul className="flex gap-1">
        {packViews.map((one) => (
          <li key={one}>
            <Link
              to="/packs/$name"
              params={{ name }}
              search={{
                ...(one === "contents" ? {} : { view: one }),
                ...(version === undefined ? {} : { version }),
              }}
              resetScroll={false}
              aria-current={one === view ? "page" : undefined}
              className={`flex min-h-9 items-center border-b-2 px-2.5 text-[13px] font-medium whitespace-nowrap -outline-offset-2 ${
                one === view
                  ? "border-accent text-ink"
                  : "border-transparent text-ink-2 hover:text-ink"
              }`}
            >
              {viewNames[one]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
