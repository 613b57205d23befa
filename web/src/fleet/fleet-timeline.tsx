import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { FleetTimeline } from "../../../src/contract/timeline.ts";
import { useNow } from "../lib/use-now.ts";
import { taskWords } from "../lib/words.ts";
import { fleetTimelineQuery } from "../timeline/queries.ts";
import { Timeline } from "../timeline/timeline.tsx";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { fleetChart, stagesOf } from "./fleet-chart.ts";

const route = getRouteApi("/fleet");

function Lanes({ timeline }: { timeline: FleetTimeline }) {
  const { view, zoom = 1, decision } = route.useSearch();
  const navigate = route.useNavigate();
  const chart = fleetChart(timeline, useNow());
  const select = (id: string | null): void => {
    const marker = timeline.markers.find((one) => one.id === id);
    const box = timeline.boxes.find((one) => one.id === id);
    const lane = timeline.lanes.find((one) => one.id === box?.lane);
    void navigate({
      search: ({ container: _c, run: _r, decision: _d, ...rest }) => ({
        ...rest,
        ...(marker?.decision == null ? {} : { decision: marker.decision.id }),
        ...(lane === undefined ? {} : { container: lane.name, run: Number(lane.id) }),
      }),
      resetScroll: false,
    });
  };
  if (chart.lanes.length === 0) {
    return (
      <Panel>
        <Empty title="No container ran in the last hour.">
          An upload starts one; what it then does is drawn here.
        </Empty>
      </Panel>
    );
  }
  return (
    <>
      <Timeline
        chart={chart}
        name="Containers of the last hour"
        stages={stagesOf(timeline).map(taskWords)}
        wall
        zoom={zoom}
        onZoom={(next) =>
          void navigate({
            search: ({ zoom: _old, ...rest }) => (next === 1 ? rest : { ...rest, zoom: next }),
            replace: true,
            resetScroll: false,
          })
        }
        selected={decision === undefined ? null : `d${decision}`}
        onSelect={select}
        isTable={view === "table"}
        onTable={(isTable) =>
          void navigate({
            search: ({ view: _old, ...rest }) => (isTable ? { ...rest, view: "table" } : rest),
            replace: true,
            resetScroll: false,
          })
        }
      />
      {timeline.isPart && (
        <p className="mt-1 text-[13px] text-ink-2">
          More happened than is drawn: only the newest containers and tasks are here.
        </p>
      )}
    </>
  );
}

/** What each container did in the last hour, with the decisions that started and stopped it. */
export function FleetTimelinePanel() {
  const query = useQuery(fleetTimelineQuery);
  return (
    <section aria-label="Timeline">
      <h2 className="mb-2 font-semibold">
        Containers over time <span className="font-normal text-ink-3">last 60 min</span>
      </h2>
      <AsyncPanel query={query} what="the last hour" asked>
        {(timeline) => <Lanes timeline={timeline} />}
      </AsyncPanel>
    </section>
  );
}
