import type { ReplicaLife } from "../model.ts";
import type {
  Curve,
  Hours,
  Lane,
  LaneLife,
  ReportData,
  ReportRow,
  Timelines,
} from "../report/data.ts";
import type { Span, StudyRun } from "./job.ts";
import type { PolicySummary } from "./summary.ts";
import type { Sweep } from "./sweep.ts";

export interface ReportParts {
  readonly title: string;
  readonly facts: ReportData["facts"];
  readonly summaries: readonly PolicySummary[];
  readonly sweeps: readonly {
    readonly sweep: Sweep;
    readonly summaries: readonly PolicySummary[];
  }[];
  /** The runs with the first seed, in which lives were kept. */
  readonly first: readonly StudyRun[];
  readonly window: Span;
  readonly why: string;
  readonly arrivalsMs: readonly number[];
}

/** Everything the page shows, from what was simulated. */
export function reportData(parts: ReportParts): ReportData {
  return {
    title: parts.title,
    facts: parts.facts,
    rows: parts.summaries.map(rowOf),
    curves: parts.sweeps.map(({ sweep, summaries }) => curveOf(sweep, summaries)),
    timelines: timelinesOf(parts),
    waits: parts.summaries.map(({ policy, waits }) => ({ policy, ...waits })),
  };
}

/** Without a document a figure is 0: the caller has refused a trace without any. */
function rowOf({ policy, seeds, figures }: PolicySummary): ReportRow {
  return {
    policy,
    usdPerDocument: figures.usdPerDocument ?? 0,
    p50Ms: figures.completionP50Ms ?? 0,
    p95Ms: figures.completionP95Ms ?? 0,
    textWaitMs: figures.meanTextWaitMs ?? 0,
    onTime: figures.onTime,
    within30s: figures.within30s,
    feasible: figures.onTimeFeasible,
    hours: hoursOf({ figures, seeds }),
  };
}

/** Replica hours of all pools, of one seed. */
export function hoursOf({ figures, seeds }: Pick<PolicySummary, "figures" | "seeds">): Hours {
  const pools = Object.values(figures.hours);
  const sum = (choose: (hours: Hours) => number): number =>
    pools.reduce((all, one) => all + choose(one), 0) / seeds;
  return { busy: sum((h) => h.busy), cold: sum((h) => h.cold), idle: sum((h) => h.idle) };
}

function curveOf(sweep: Sweep, summaries: readonly PolicySummary[]): Curve {
  const points = sweep.points.flatMap(({ label, policy }) => {
    const figures = summaries.find((one) => one.policy === policy)?.figures;
    const { usdPerDocument = null, meanDelayMs = null } = figures ?? {};
    return usdPerDocument === null || meanDelayMs === null
      ? []
      : [{ label, usdPerDocument, delayMs: meanDelayMs }];
  });
  return { name: sweep.name, setting: sweep.setting, isOurs: sweep.isOurs, points };
}

function timelinesOf({ first, window, why, arrivalsMs }: ReportParts): Timelines {
  return {
    ...window,
    why,
    arrivalsMs: arrivalsMs.filter((ms) => ms >= window.fromMs && ms < window.untilMs),
    policies: first.map(({ policy, lives }) => ({ policy, lanes: lanesOf(lives) })),
  };
}

function lanesOf(lives: readonly ReplicaLife[]): Lane[] {
  const names = [...new Set(lives.map(({ name }) => name))].toSorted(byPoolAndNumber);
  return names.map((replica) => ({
    replica,
    lives: lives.filter(({ name }) => name === replica).map(laneLife),
  }));
}

function laneLife({ requestedMs, readyMs, endMs, busyMs }: ReplicaLife): LaneLife {
  const onMs = readyMs === null ? 0 : endMs - readyMs;
  const busy = onMs <= 0 ? 0 : Math.min(1, busyMs / onMs);
  return { fromMs: requestedMs, readyMs, untilMs: endMs, busy };
}

/** Vision before text, as the work goes. */
const poolOrder = ["vision", "text"];

function byPoolAndNumber(a: string, b: string): number {
  const [poolA = "", numberA = ""] = a.split("-");
  const [poolB = "", numberB = ""] = b.split("-");
  const order = poolOrder.indexOf(poolA) - poolOrder.indexOf(poolB);
  return order === 0 ? Number(numberA) - Number(numberB) : order;
}
