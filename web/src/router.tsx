import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { compareSearch } from "./compare/search.ts";
import { costsSearch } from "./costs/search.ts";
import { DocumentsPage } from "./documents/documents-page.tsx";
import { failuresSearch } from "./failures/search.ts";
import { fleetSearch } from "./fleet/search.ts";
import { batchSearch, documentSearch, listSearch } from "./lib/search.ts";
import { packSearch } from "./packs/search.ts";
import { portfolioSearch } from "./portfolio/search.ts";
import { AppShell } from "./shell/app-shell.tsx";
import { Empty, Panel } from "./ui/panel.tsx";
import { whatIfSearch } from "./what-if/search.ts";

function NotFound() {
  return (
    <Panel>
      <Empty title="There is no such page.">
        <Link to="/" className="font-medium text-accent-ink underline">
          To the documents
        </Link>
      </Empty>
    </Panel>
  );
}

/** The last net under a page that breaks: a sentence and a way on, no stack. */
function Broken() {
  return (
    <Panel>
      <Empty title="This page broke.">
        <button
          type="button"
          className="font-medium text-accent-ink underline"
          onClick={() => window.location.reload()}
        >
          Load it again
        </button>
      </Empty>
    </Panel>
  );
}

const root = createRootRoute({ component: AppShell, notFoundComponent: NotFound });

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    validateSearch: listSearch,
    component: DocumentsPage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/documents/$id",
    validateSearch: documentSearch,
    component: lazyRouteComponent(() => import("./document/document-page.tsx"), "DocumentPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/batches",
    component: lazyRouteComponent(() => import("./batches/batches-page.tsx"), "BatchesPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/batches/$id",
    validateSearch: batchSearch,
    component: lazyRouteComponent(() => import("./batches/batch-page.tsx"), "BatchPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/fleet",
    validateSearch: fleetSearch,
    component: lazyRouteComponent(() => import("./fleet/fleet-page.tsx"), "FleetPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/portfolio",
    validateSearch: portfolioSearch,
    component: lazyRouteComponent(() => import("./portfolio/portfolio-page.tsx"), "PortfolioPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/costs",
    validateSearch: costsSearch,
    component: lazyRouteComponent(() => import("./costs/costs-page.tsx"), "CostsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/slos",
    component: lazyRouteComponent(() => import("./slos/slos-page.tsx"), "SlosPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/failures",
    validateSearch: failuresSearch,
    component: lazyRouteComponent(() => import("./failures/failures-page.tsx"), "FailuresPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/rollout",
    component: lazyRouteComponent(() => import("./rollout/rollout-page.tsx"), "RolloutPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/packs",
    component: lazyRouteComponent(() => import("./packs/packs-page.tsx"), "PacksPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/packs/$name",
    validateSearch: packSearch,
    component: lazyRouteComponent(() => import("./packs/pack-page.tsx"), "PackPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/what-if",
    validateSearch: whatIfSearch,
    component: lazyRouteComponent(() => import("./what-if/what-if-page.tsx"), "WhatIfPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/compare",
    validateSearch: compareSearch,
    component: lazyRouteComponent(() => import("./compare/compare-page.tsx"), "ComparePage"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
