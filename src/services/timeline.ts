import { splitHandoff } from "../core/timeline/handoff.ts";
import { planOf } from "../core/timeline/plan.ts";
import type { DocumentRow } from "../db/documents.ts";
import { readDocumentEvents } from "../db/events.ts";
import type { DecisionRow } from "../db/fleet.ts";
import {
  type HeldRow,
  type LaneRow,
  readAttempts,
  readDecisionsIn,
  readFreedIn,
  readHeldSince,
  readLanesOf,
  readLanesSince,
  readSlideTimes,
} from "../db/timeline.ts";
import type { ServiceContext } from "./context.ts";
import type { Durations } from "./durations.ts";
import { verdictView } from "./fleet.ts";
import { failureView } from "./views.ts";

/** Containers that only came meanwhile, and events looked at for one document. */
const most = { meanwhile: 20, events: 500 };
const fleetMost = { lanes: 500, boxes: 5_000 };
const decisionsMax = 300;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const instantOf = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString();

/** Where and when the tasks of one document were worked on, and what is to come. */
export async function timelineOf(
  context: ServiceContext,
  durations: Pick<Durations, "tasksOf">,
  row: DocumentRow,
) {
  const [held, slides] = [
    await readAttempts(context.sql, row.pipelineId),
    await readSlideTimes(context.sql, row.pipelineId),
  ];
  const from = row.pipelineCreatedAt;
  const lanes = await readLanesOf(
    context.sql,
    {
      ...{ from, until: row.finishedAt },
      containers: [...new Set(held.map(({ container }) => container))],
      pools: [...new Set([...row.tasks.map(({ pool }) => pool), "shared", "dedicated"])],
    },
    most.meanwhile,
  );
  const laneOf = laneFinder(lanes);
  const boxes = held.map((one) => boxView(one, laneOf, row.workspace));
  const firstMs = Math.min(from.getTime(), ...lanes.map((lane) => lane.requestedAt.getTime()));
  // A start is decided shortly before its run is asked for.
  const decidedFrom = new Date(firstMs - 10_000);
  const served = new Set(boxes.map(({ lane }) => lane));
  return {
    document: row.document,
    asOf: new Date(context.clock.nowMs()).toISOString(),
    complete: row.finishedAt !== null,
    from: from.toISOString(),
    finishedAt: iso(row.finishedAt),
    lanes: lanes.map((lane) => laneView(lane, served.has(String(lane.run)))),
    boxes,
    slides: slides.map(({ slide, task, container, seconds, at }) => ({
      ...{ slide, task, container },
      lane: container === null ? null : laneOf(container),
      from: new Date(at.getTime() - seconds * 1000).toISOString(),
      until: at.toISOString(),
    })),
    planned: row.finishedAt === null ? await plannedOf(context, durations, row) : [],
    markers: [
      ...(await decisionMarkers(context, lanes, decidedFrom, row.finishedAt)).filter(
        ({ lane }) => lane !== null,
      ),
      ...(await retryMarkers(context, row)),
    ],
    handoffs: await handoffsOf(context, row, held, lanes),
    stages: stagesOf(row),
  };
}

/** All containers of the last time with what they held: only documents of this workspace are named. */
export async function fleetTimelineOf(context: ServiceContext, workspace: string, forMs: number) {
  const nowMs = context.clock.nowMs();
  const since = new Date(nowMs - forMs);
  const lanes = await readLanesSince(context.sql, since, fleetMost.lanes + 1);
  const shown = lanes.slice(0, fleetMost.lanes);
  const containers = shown.flatMap((lane) => lane.containers);
  const held = await readHeldSince(context.sql, containers, since, fleetMost.boxes);
  const laneOf = laneFinder(shown);
  return {
    asOf: new Date(nowMs).toISOString(),
    since: since.toISOString(),
    lanes: shown.toSorted(byPlace).map((lane) => laneView(lane, true)),
    boxes: held.map((one) => boxView(one, laneOf, workspace)),
    markers: await decisionMarkers(context, shown, since, null),
    isPart: lanes.length > fleetMost.lanes || held.length === fleetMost.boxes,
  };
}

const byPlace = (a: LaneRow, b: LaneRow): number =>
  b.pool.localeCompare(a.pool) || a.replica - b.replica || a.run - b.run;

function laneFinder(lanes: readonly LaneRow[]): (container: string) => string | null {
  const homes = new Map(
    lanes.flatMap(({ run, containers }) => containers.map((id) => [id, String(run)] as const)),
  );
  return (container) => homes.get(container) ?? null;
}

function laneView(lane: LaneRow, served: boolean) {
  const { phases, endedAt } = lane;
  const isLast = (index: number): boolean => index === phases.length - 1;
  return {
    ...{ id: String(lane.run), name: `${lane.pool}-${lane.replica}`, pool: lane.pool },
    ...{ provider: lane.provider, served, containers: [...lane.containers] },
    ...{ requestedAt: lane.requestedAt.toISOString(), readyAt: iso(lane.readyAt) },
    endedAt: iso(endedAt),
    failure: lane.failure && failureView(lane.failure),
    bands: phases.map(({ phase, at }, index) => ({
      phase,
      from: new Date(at).toISOString(),
      until: isLast(index) ? iso(endedAt) : new Date(phases[index + 1]?.at ?? at).toISOString(),
    })),
  };
}

function boxView(one: HeldRow, laneOf: (container: string) => string | null, workspace: string) {
  const { document, name, task, generation, attempt, outcome, lost, container } = one;
  return {
    ...{ id: one.id, lane: laneOf(container) },
    document: one.workspace === workspace ? { id: document, name } : null,
    ...{ task, generation, attempt, outcome, lost, container },
    ...{ from: one.from.toISOString(), until: iso(one.until) },
    // What went wrong may quote the deck.
    failure: one.failure && one.workspace === workspace ? failureView(one.failure) : null,
  };
}

async function plannedOf(
  { clock }: ServiceContext,
  durations: Pick<Durations, "tasksOf">,
  row: DocumentRow,
) {
  const learned = await durations.tasksOf(row);
  const plan = planOf(
    row.tasks.map(({ state, fraction, retryAt, after }, index) => ({
      after,
      finished: learned[index]?.finished ?? false,
      fraction: state === "leased" ? fraction : null,
      notBeforeMs: retryAt === null ? null : Date.parse(retryAt),
      expectedMs: secondsMs(learned[index]?.duration?.p50Seconds),
    })),
    clock.nowMs(),
  );
  return plan.flatMap(({ index, fromMs, untilMs }) => {
    const task = row.tasks[index];
    if (task === undefined) return [];
    const n = learned[index]?.duration?.n ?? 0;
    const { task: name, pool, state } = task;
    return [{ task: name, pool, state, from: instantOf(fromMs), until: instantOf(untilMs), n }];
  });
}

const secondsMs = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : seconds * 1000;

async function decisionMarkers(
  { sql }: ServiceContext,
  lanes: readonly LaneRow[],
  from: Date,
  until: Date | null,
) {
  const rows = await readDecisionsIn(sql, from, until, decisionsMax);
  return rows.map((row) => {
    const lane = laneOfDecision(row, lanes);
    const { id, at, pool, action, replica, sentence, verdict } = row;
    return {
      ...{ id: `d${id}`, at: at.toISOString(), kind: "decision" as const, pool, sentence },
      lane: lane === undefined ? null : String(lane.run),
      decision: { id, action, replica, verdict: verdict && verdictView(verdict) },
    };
  });
}

/** The run a decision started, or the one that stood in its place at that time. */
const laneOfDecision = (
  { id, at, replica }: DecisionRow,
  lanes: readonly LaneRow[],
): LaneRow | undefined =>
  lanes.find(({ decision }) => decision === id) ??
  lanes.find(
    (lane) =>
      `${lane.pool}-${lane.replica}` === replica &&
      lane.requestedAt <= at &&
      (lane.endedAt === null || lane.endedAt >= at),
  );

const retries: Readonly<Record<string, string>> = {
  "pipeline.retried": "Retried by a person",
  "pipeline.rerun": "Done again by a person",
  "pipeline.quarantined": "Put into quarantine",
};

async function retryMarkers({ sql }: ServiceContext, row: DocumentRow) {
  const events = await readDocumentEvents(sql, row.document, most.events);
  return events.flatMap(({ id, at, type, pipeline }) => {
    const sentence = retries[type];
    if (sentence === undefined || pipeline !== row.pipeline) return [];
    return [
      {
        ...{ id: `e${id}`, at: at.toISOString(), kind: "retry" as const },
        ...{ lane: null, pool: null, sentence, decision: null },
      },
    ];
  });
}

/** The first attempt of each generation that began in another pool than what it stands on. */
async function handoffsOf(
  { sql }: ServiceContext,
  row: DocumentRow,
  held: readonly HeldRow[],
  lanes: readonly LaneRow[],
) {
  const laneOf = laneFinder(lanes);
  const firsts = held.filter(
    (one, index) =>
      held.findIndex(({ task, generation }) => isSame(one, task, generation)) === index,
  );
  const handoffs = firsts.map(async (one) => {
    const before = lastBefore(row, one, held);
    if (before === null || before.pool === one.pool || before.until === null) return [];
    const lane = lanes.find(({ run }) => String(run) === laneOf(one.container));
    const freed = await readFreedIn(sql, one.container, before.until, one.from);
    const taken = { neededMs: before.until.getTime(), claimedMs: one.from.getTime() };
    const split = splitHandoff({
      ...taken,
      requestedMs: lane?.requestedAt.getTime() ?? null,
      readyMs: lane?.readyAt?.getTime() ?? null,
      freeMs: freed?.getTime() ?? null,
    });
    return [
      {
        ...{ fromBox: before.id, toBox: one.id },
        seconds: (taken.claimedMs - taken.neededMs) / 1000,
        queueSeconds: split.queueMs / 1000,
        ...{ coldSeconds: split.coldMs / 1000, claimSeconds: split.claimMs / 1000 },
      },
    ];
  });
  return (await Promise.all(handoffs)).flat();
}

const isSame = (one: HeldRow, task: string, generation: number): boolean =>
  one.task === task && one.generation === generation;

/** Of all that a task stands on, what was done last. */
function lastBefore(row: DocumentRow, one: HeldRow, held: readonly HeldRow[]): HeldRow | null {
  const own = row.tasks.find(({ task }) => task === one.task);
  const names = (own?.after ?? []).map((index) => row.tasks[index]?.task);
  const done = held.filter(
    ({ task, outcome, until }) =>
      names.includes(task) && outcome === "done" && until !== null && until <= one.from,
  );
  return done.toSorted((a, b) => Number(b.until) - Number(a.until))[0] ?? null;
}

const stagesOf = (row: DocumentRow) =>
  row.tasks.map(({ task, pool, after, state, seconds }) => ({
    ...{ task, pool, state, seconds },
    after: after.flatMap((index) => row.tasks[index]?.task ?? []),
  }));
