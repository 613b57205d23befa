import type { FleetTimeline, LaneView } from "../../../src/contract/timeline.ts";
import { bandsOf, boxOf, markerOf, msOf } from "../timeline/lane-views.ts";
import { type Chart, type Lane, packRows } from "../timeline/model.ts";

/** In the order of the pack that comes with the program; tasks of others follow. */
const known = [
  ...["visual_analysis", "slide_feedback", "extractions_and_template"],
  ...["specialized_clinical", "specialized_regulatory", "specialized_science"],
];

/** Stages that are in sight, each with its colour's place. */
export function stagesOf({ boxes }: FleetTimeline): readonly string[] {
  const tasks = new Set(boxes.map(({ task }) => task));
  return [...known, ...[...tasks].filter((task) => !known.includes(task)).toSorted()];
}

/** The fleet's last hour: a lane for each replica, with all its lives; what was refused in lanes of its own. */
export function fleetChart(timeline: FleetTimeline, nowMs: number): Chart {
  const stages = stagesOf(timeline);
  const byName = new Map<string, LaneView[]>();
  for (const lane of timeline.lanes) {
    byName.set(lane.name, [...(byName.get(lane.name) ?? []), lane]);
  }
  const from = msOf(timeline.since);
  const lanes = [...byName].map(([name, runs]): Lane => {
    const ids = runs.map(({ id }) => id);
    const own = timeline.boxes.filter(({ lane }) => lane !== null && ids.includes(lane));
    return {
      ...{ id: name, name, note: laneNote(runs) },
      bands: runs.flatMap(bandsOf).flatMap((band) => {
        if (band.until !== null && band.until <= from) return [];
        return [{ ...band, from: Math.max(from, band.from) }];
      }),
      rows: packRows(
        own.map((box) => {
          const drawn = boxOf(box, stages, nowMs);
          return { ...drawn, from: Math.max(from, drawn.from) };
        }),
        nowMs,
      ),
      markers: timeline.markers
        .filter(({ lane }) => lane !== null && ids.includes(lane))
        .map(markerOf),
    };
  });
  const loose = timeline.markers.filter(({ lane }) => lane === null);
  const refused = [...new Set(loose.map(({ pool }) => pool))].map((pool): Lane => {
    const own = loose.filter((one) => one.pool === pool);
    return {
      ...{ id: `pool-${pool}`, name: `${pool ?? "fleet"}, refused`, note: "no container" },
      ...{ bands: [], rows: [], markers: own.map(markerOf) },
    };
  });
  return { lanes: [...lanes, ...refused], arrows: [], from, until: nowMs, nowMs, zeroMs: nowMs };
}

function laneNote(runs: readonly LaneView[]): string {
  const last = runs.at(-1);
  const lives = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  return last === undefined ? "" : `${last.provider}, ${lives}`;
}
