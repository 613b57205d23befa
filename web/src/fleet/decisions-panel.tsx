import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { DecisionsAnswer } from "../../../src/contract/fleet.ts";
import { getJson } from "../api/client.ts";
import type { Fleet } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { DecisionList } from "./decision-list.tsx";

const route = getRouteApi("/fleet");
const pageSize = 50;

/** Older than those that came with the fleet, or of one pool. */
function useDecisions(pool: string | undefined) {
  return useInfiniteQuery({
    queryKey: ["fleet", "decisions", pool ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (pool !== undefined) query.set("pool", pool);
      if (pageParam !== null) query.set("before", String(pageParam));
      return getJson<DecisionsAnswer>(`/api/fleet/decisions?${query}`, { signal });
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.nextBefore,
  });
}

/** What was decided and why, newest first, with what became of it. */
export function DecisionsPanel({ fleet }: { fleet: Fleet }) {
  const { pool } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useDecisions(pool);
  // Until they are here, those that came with the fleet do.
  const decisions =
    query.data?.pages.flatMap((page) => page.decisions) ??
    fleet.decisions.filter((one) => pool === undefined || one.pool === pool);
  const choose = (next: string): void =>
    void navigate({
      search: ({ pool: _old, ...rest }) => (next === "" ? rest : { ...rest, pool: next }),
      replace: true,
      resetScroll: false,
    });
  return (
    <section aria-label="Decisions">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 className="grow font-semibold">
          Decisions <span className="font-normal text-ink-3">policy {fleet.policy}</span>
        </h2>
        <label className="flex items-center gap-2 text-[13px]">
          Pool
          <select
            className="min-h-8 rounded-md border border-line-strong bg-surface px-2"
            value={pool ?? ""}
            onChange={({ target }) => choose(target.value)}
          >
            <option value="">All</option>
            {fleet.pools.map((one) => (
              <option key={one.pool} value={one.pool}>
                {one.pool}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Panel>
        <DecisionList decisions={decisions} />
      </Panel>
      {query.hasNextPage && (
        <p className="mt-2 text-center">
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show earlier decisions
          </Button>
        </p>
      )}
    </section>
  );
}
