import { useQuery } from "@tanstack/react-query";
import { fleetQuery } from "../api/queries.ts";
import type { Fleet } from "../api/types.ts";
import { BudgetNotice } from "../costs/budget-notice.tsx";
import { Loaded } from "../document/loaded.tsx";
import { isOver } from "../lib/fleet-words.ts";
import { Empty, Panel } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { AccuracyPanel } from "./accuracy-panel.tsx";
import { DecisionList } from "./decision-list.tsx";
import { MoneyPanel } from "./money-panel.tsx";
import { PoolCard } from "./pool-card.tsx";
import { ProviderPanel } from "./provider-list.tsx";
import { ReplicaList } from "./replica-list.tsx";

function FleetView({ fleet }: { fleet: Fleet }) {
  const running = fleet.replicas.filter(({ phase }) => !isOver(phase));
  const over = fleet.replicas.filter(({ phase }) => isOver(phase));
  return (
    <div className="space-y-5">
      <MoneyPanel fleet={fleet} />
      <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {fleet.pools.map((pool) => (
          <PoolCard key={pool.pool} pool={pool} />
        ))}
      </div>
      <section aria-label="Containers">
        <h2 className="mb-2 font-semibold">Containers</h2>
        <Panel className="overflow-hidden">
          {running.length === 0 ? (
            <Empty title="Nothing is running.">The next upload starts a container.</Empty>
          ) : (
            <ReplicaList replicas={running} />
          )}
        </Panel>
        {over.length > 0 && (
          <details className="mt-2">
            <summary className="min-h-6 text-[13px] text-ink-2">
              {over.length} stopped or failed
            </summary>
            <Panel className="mt-2 overflow-hidden">
              <ReplicaList replicas={over} />
            </Panel>
          </details>
        )}
      </section>
      <ProviderPanel providers={fleet.providers} />
      <AccuracyPanel />
      <section aria-label="Decisions">
        <h2 className="mb-2 font-semibold">
          Decisions <span className="font-normal text-ink-3">policy {fleet.policy}</span>
        </h2>
        <Panel>
          <DecisionList decisions={fleet.decisions} />
        </Panel>
      </section>
    </div>
  );
}

/** What runs, why, and what was decided. */
export function FleetPage() {
  const query = useQuery(fleetQuery);
  useTitle("Fleet");
  return (
    <div className="space-y-4">
      <h1 className="text-lg font-semibold tracking-tight">Fleet</h1>
      <BudgetNotice />
      <Loaded query={query}>{(fleet) => <FleetView fleet={fleet} />}</Loaded>
    </div>
  );
}
