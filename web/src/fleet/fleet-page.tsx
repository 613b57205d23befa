import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { fleetQuery } from "../api/queries.ts";
import type { Fleet } from "../api/types.ts";
import { BudgetNotice } from "../costs/budget-notice.tsx";
import { isOver } from "../lib/fleet-words.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { AccuracyPanel } from "./accuracy-panel.tsx";
import { DecisionSheet } from "./decision-sheet.tsx";
import { DecisionsPanel } from "./decisions-panel.tsx";
import { FleetTimelinePanel } from "./fleet-timeline.tsx";
import { MoneyPanel } from "./money-panel.tsx";
import { RestLine, VerdictPanel } from "./outlook-panel.tsx";
import { PoolCard } from "./pool-card.tsx";
import { ProviderPanel } from "./provider-list.tsx";
import { outlookQuery } from "./queries.ts";
import { ReplicaList } from "./replica-list.tsx";
import { RunSheet } from "./run-sheet.tsx";

const route = getRouteApi("/fleet");

function Containers({ fleet }: { fleet: Fleet }) {
  const running = fleet.replicas.filter(({ phase }) => !isOver(phase));
  const over = fleet.replicas.filter(({ phase }) => isOver(phase));
  return (
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
  );
}

function FleetView({ fleet }: { fleet: Fleet }) {
  const outlook = useQuery(outlookQuery).data;
  return (
    <div className="space-y-5">
      <RestLine fleet={fleet} />
      <MoneyPanel fleet={fleet} />
      <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {fleet.pools.map((pool) => (
          <PoolCard
            key={pool.pool}
            pool={pool}
            outlook={outlook?.pools.find((one) => one.pool === pool.pool)}
          />
        ))}
      </div>
      <VerdictPanel />
      <FleetTimelinePanel />
      <Containers fleet={fleet} />
      <DecisionsPanel fleet={fleet} />
      <ProviderPanel providers={fleet.providers} />
      <AccuracyPanel />
    </div>
  );
}

/** The container or decision that the address names, over the page. */
function Sheets({ fleet }: { fleet: Fleet | undefined }) {
  const { container, run, decision } = route.useSearch();
  const navigate = route.useNavigate();
  const close = (): void =>
    void navigate({
      search: ({ container: _c, run: _r, decision: _d, ...rest }) => rest,
      resetScroll: false,
    });
  if (decision !== undefined) {
    return <DecisionSheet key={decision} id={decision} onClose={close} />;
  }
  if (container === undefined) return null;
  return <RunSheet key={`${container} ${run}`} {...{ container, run, fleet }} onClose={close} />;
}

/** What runs, why, and what was decided. */
export function FleetPage() {
  const query = useQuery(fleetQuery);
  useTitle("Fleet");
  return (
    <div className="space-y-4">
      <h1 className="text-lg font-semibold tracking-tight">Fleet</h1>
      <BudgetNotice />
      <AsyncPanel query={query} what="the fleet">
        {(fleet) => <FleetView fleet={fleet} />}
      </AsyncPanel>
      <Sheets fleet={query.data} />
    </div>
  );
}
