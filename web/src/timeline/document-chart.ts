import type { DocumentTimeline } from "../../../src/contract/timeline.ts";
import { taskWords } from "../lib/words.ts";
import { bandsOf, boxOf, markerOf, msOf } from "./lane-views.ts";
import { type Arrow, type Band, type Box, type Chart, type Lane, packRows } from "./model.ts";
import type { Grouping } from "./search.ts";
import { tookWords } from "./words.ts";

export interface ChartOptions {
  readonly group: Grouping;
  /** Only lanes on which something is still to come or goes on. */
  readonly unfinished: boolean;
  readonly nowMs: number;
}

/** A document's timeline as lanes: by container, by stage, or by slide. */
export function documentChart(timeline: DocumentTimeline, options: ChartOptions): Chart {
  const { group, unfinished, nowMs } = options;
  const stages = timeline.stages.map(({ task }) => task);
  const boxes = timeline.boxes.map((box) => ({ lane: box.lane, box: boxOf(box, stages, nowMs) }));
  const planned = plannedBoxes(timeline, stages, nowMs);
  const build = { container: byContainer, stage: byStage, slide: bySlide }[group];
  const lanes = build({ timeline, stages, boxes, planned, nowMs }).filter(
    (lane) => !unfinished || isOpen(lane),
  );
  const zeroMs = msOf(timeline.from);
  const finishedMs = timeline.finishedAt === null ? null : msOf(timeline.finishedAt);
  const [from, until] = spanOf(lanes, zeroMs, finishedMs ?? nowMs);
  return {
    // What a container did before and after is not of this document.
    lanes: lanes.map((lane) => ({ ...lane, bands: lane.bands.flatMap(clip(from, until)) })),
    arrows: group === "slide" ? [] : timeline.handoffs.map(arrowOf),
    ...{ from, until, zeroMs, nowMs: finishedMs === null ? nowMs : null },
  };
}

interface Parts {
  readonly timeline: DocumentTimeline;
  readonly stages: readonly string[];
  readonly boxes: readonly { readonly lane: string | null; readonly box: Box }[];
  readonly planned: readonly PlannedBox[];
  readonly nowMs: number;
}
interface PlannedBox extends Box {
  readonly task: string;
  readonly pool: string;
}

const isOpen = ({ rows, bands }: Lane): boolean =>
  rows.flat().some(({ state }) => state === "running" || state === "planned") ||
  (rows.length === 0 && bands.some(({ until }) => until === null));

/** What waits; what runs is drawn by its attempt, up to now, and goes on dashed. */
function plannedBoxes(timeline: DocumentTimeline, stages: readonly string[], nowMs: number) {
  return timeline.planned.flatMap(({ task, pool, from, until, n }): PlannedBox[] => {
    if (from === null || until === null) return [];
    const [fromMs, untilMs] = [Math.max(msOf(from), nowMs), msOf(until)];
    if (untilMs <= fromMs) return [];
    const words = taskWords(task);
    const took = tookWords(untilMs - fromMs);
    return [
      {
        ...{ task, pool, id: `plan-${task}`, from: fromMs, until: untilMs, label: words },
        ...{ tone: Math.max(0, stages.indexOf(task)), state: "planned", again: false },
        sentence: `${words}, planned, about ${took} (from ${n} ${n === 1 ? "run" : "runs"} like it)`,
      },
    ];
  });
}

function byContainer({ timeline, boxes, planned, nowMs }: Parts): Lane[] {
  const placed = new Set<string>();
  const lanes = timeline.lanes.map((view): Lane => {
    const own = boxes.filter(({ lane }) => lane === view.id).map(({ box }) => box);
    const open = view.endedAt === null;
    const next = open
      ? planned.filter(({ pool, id }) => pool === view.pool && !placed.has(id))
      : [];
    for (const { id } of next) placed.add(id);
    return {
      ...{ id: view.id, name: view.name, bands: bandsOf(view) },
      note: view.served ? view.provider : "started meanwhile",
      rows: packRows([...own, ...next], nowMs),
      markers: timeline.markers.filter(({ lane }) => lane === view.id).map(markerOf),
    };
  });
  const rest = planned.filter(({ id }) => !placed.has(id));
  const pools = [...new Set(rest.map(({ pool }) => pool))];
  const lost = boxes.filter(({ lane }) => lane === null).map(({ box }) => box);
  const loose = timeline.markers.filter(({ lane }) => lane === null).map(markerOf);
  const extra = (id: string, name: string, note: string, own: readonly Box[]): Lane => ({
    ...{ id, name, note, bands: [], markers: [], rows: packRows(own, nowMs) },
  });
  return [
    ...(loose.length > 0
      ? [{ ...extra("document", "Document", "by people", []), markers: loose }]
      : []),
    ...lanes,
    ...(lost.length > 0 ? [extra("lost", "Unknown", "container not kept", lost)] : []),
    ...pools.map((pool) =>
      extra(
        `pool-${pool}`,
        `${pool}, next`,
        "no container yet",
        rest.filter((one) => one.pool === pool),
      ),
    ),
  ];
}

function byStage({ timeline, boxes, planned, nowMs }: Parts): Lane[] {
  const tasks = new Map(timeline.boxes.map(({ id, task }) => [id, task]));
  return timeline.stages.map(({ task, pool }) => {
    const own = boxes.filter(({ box }) => tasks.get(box.id) === task).map(({ box }) => box);
    const next = planned.filter((one) => one.task === task);
    return {
      ...{ id: `stage-${task}`, name: taskWords(task), note: pool, bands: [], markers: [] },
      rows: packRows([...own, ...next], nowMs),
    };
  });
}

function bySlide({ timeline, stages, nowMs }: Parts): Lane[] {
  const numbers = [...new Set(timeline.slides.map(({ slide }) => slide))].toSorted((a, b) => a - b);
  return numbers.map((slide) => {
    const own = timeline.slides.filter((one) => one.slide === slide);
    const boxes = own.map(({ task, container, from, until }): Box => {
      const [fromMs, untilMs] = [msOf(from), msOf(until)];
      const where = container === null ? "" : ` in ${container.split(".")[0]}`;
      return {
        ...{ id: `slide-${slide}-${task}-${until}`, from: fromMs, until: untilMs },
        ...{ label: taskWords(task), tone: Math.max(0, stages.indexOf(task)) },
        ...{ state: "done", again: false },
        sentence: `${taskWords(task)} of slide ${slide}${where}, ${tookWords(untilMs - fromMs)}`,
      };
    });
    return {
      ...{ id: `slide-${slide}`, name: `Slide ${slide}`, note: "", bands: [], markers: [] },
      rows: packRows(boxes, nowMs),
    };
  });
}

/** From the upload, or the start of a container for it, to the last thing drawn. */
function spanOf(lanes: readonly Lane[], zeroMs: number, endMs: number): [number, number] {
  const boxes = lanes.flatMap(({ rows }) => rows.flat());
  const first = lanes
    .flatMap(({ bands }) => bands.map(({ from }) => from))
    .filter((at) => at >= zeroMs - startsBeforeMs);
  const from = Math.min(zeroMs, ...boxes.map((box) => box.from), ...first);
  return [from, Math.max(endMs, ...boxes.map(({ until, from: at }) => until ?? at))];
}
/** A container that was asked for longer before the upload was not started for it. */
const startsBeforeMs = 120_000;

const clip =
  (from: number, until: number) =>
  (band: Band): Band[] => {
    if (band.from >= until || (band.until !== null && band.until <= from)) return [];
    const ends = band.until === null || band.until > until ? until : band.until;
    return [{ ...band, from: Math.max(band.from, from), until: band.until === null ? null : ends }];
  };

export function handoffWords(handoff: DocumentTimeline["handoffs"][number]): string {
  const part = (seconds: number): string => seconds.toFixed(1);
  const { seconds, queueSeconds, coldSeconds, claimSeconds } = handoff;
  return `handoff ${part(seconds)} s (queue ${part(queueSeconds)} + cold start ${part(coldSeconds)} + claim ${part(claimSeconds)})`;
}

const arrowOf = (handoff: DocumentTimeline["handoffs"][number]): Arrow => ({
  ...{ from: handoff.fromBox, to: handoff.toBox },
  label: `handoff ${handoff.seconds.toFixed(1)} s`,
  sentence: handoffWords(handoff),
});
