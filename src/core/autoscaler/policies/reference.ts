import { tellingFraction } from "../../pipeline/progress.ts";
import type { Explanation, Inputs, Policy, PoolQuestion, Want } from "../decision.ts";
import { type Demand, isNeeded, type VisualProgress } from "../observation.ts";
import type { PoolScaling, ScalingSettings } from "../settings.ts";
import type { Topology } from "../topology.ts";
import { count, earlyVerb, seconds } from "../words.ts";
import { poolsOf } from "./base.ts";

/**
 * One replica more as soon as more tasks than this wait for each running one. The request names
 * no number; four is about what two slots take on before a cold start would have paid off.
 */
const waitingPerReplicaMax = 4;

/**
 * The request's own policy: vision starts when a document is uploaded; text starts when any
 * visual analysis is 80 % done or about to end, whichever comes first, or when text work is
 * ready; a pool stops as a whole once no pipeline in the system has needed it for its delay. In the
 * shared topology the one pool `shared` starts at upload and stops when neither kind of work needs it.
 */
export function referencePolicy(settings: ScalingSettings, topology: Topology = "split"): Policy {
  const pools = poolsOf({ scaling: settings, topology });
  // Asked when a share is reached that starts a pool, and when the end can first be expected.
  const milestones = Object.values(pools).flatMap(({ startAtFraction, preWarmDelayMs }) => [
    ...(startAtFraction > 0 ? [startAtFraction] : []),
    ...(preWarmDelayMs === null ? [] : [tellingFraction]),
  ]);
  return {
    name: "reference",
    pools,
    attention: { documents: false, facts: false, slides: false, milestones },
    initial: null,
    want({ nowMs, pools: asked }) {
      const wants: Record<string, Want> = {};
      for (const pool in asked) {
        const question = asked[pool];
        const scaling = pools[pool];
        if (question === undefined || scaling === undefined) continue;
        wants[pool] = isNeeded(question.demand)
          ? wantNeeded(question, scaling, nowMs)
          : wantUnneeded(question, scaling, nowMs);
      }
      return { wants, state: null };
    },
  };
}

/** As many as there are: the reason says why neither more nor fewer. */
const keep = (
  { replicas }: PoolQuestion,
  rule: string,
  againAtMs: number | null,
  explain: () => Explanation,
): Want => ({
  replicas,
  rule,
  quiet: rule === "enough" || rule === "no-work",
  againAtMs,
  explain,
});

const kept = (
  because: string,
  inputs: Inputs,
  alternative = "start or stop a replica now: the policy gives no reason to",
): Explanation => ({ verb: "started", because, inputs, alternative });

function wantUnneeded(question: PoolQuestion, scaling: PoolScaling, nowMs: number): Want {
  const { pool, replicas, fixed, unneededSinceMs } = question;
  const { scaleDownDelayMs } = scaling;
  const sinceMs = unneededSinceMs ?? nowMs;
  const unneededMs = nowMs - sinceMs;
  if (replicas <= Math.max(fixed, scaling.minReplicas)) {
    return keep(question, "no-work", null, () =>
      kept("nothing needs it", { unneededMs, scaleDownDelayMs }),
    );
  }
  if (unneededMs < scaleDownDelayMs) {
    return keep(question, "scale-down-delay", sinceMs + scaleDownDelayMs, () =>
      kept(
        `no pipeline needs ${pool} any more; it stops after ${seconds(scaleDownDelayMs)} without need`,
        { unneededMs, scaleDownDelayMs },
      ),
    );
  }
  return {
    replicas: 0,
    rule: "idle",
    quiet: false,
    againAtMs: null,
    explain: () =>
      kept(
        `no pipeline has needed ${pool} for ${seconds(unneededMs)}`,
        { unneededMs, scaleDownDelayMs },
        "keep it: its idle time goes on being paid, the next document saves a cold start",
      ),
  };
}

function wantNeeded(question: PoolQuestion, scaling: PoolScaling, nowMs: number): Want {
  const { replicas, fixed, demand } = question;
  const arriving = arrivingOf(demand, scaling, nowMs);
  const waiting = demand.ready + arriving.length;
  const desired =
    waiting + demand.leased === 0 ? 0 : Math.max(1, Math.ceil(waiting / waitingPerReplicaMax));
  if (desired <= replicas) return reasonToKeep(question, scaling, nowMs, desired, arriving.length);
  return wantMore(question, scaling, nowMs, desired, arriving, replicas - fixed);
}

function wantMore(
  question: PoolQuestion,
  scaling: PoolScaling,
  nowMs: number,
  desired: number,
  arriving: readonly VisualProgress[],
  own: number,
): Want {
  const { demand } = question;
  const inputs = () => inputsOf(question, nowMs, arriving.length, desired);
  const oldestMs = demand.oldestReadyMs ?? 0;
  if (arriving.length === 0 && demand.ready > 0 && nowMs - oldestMs < scaling.scaleUpDelayMs) {
    return keep(question, "scale-up-delay", oldestMs + scaling.scaleUpDelayMs, () =>
      kept(
        `the oldest task has waited ${seconds(nowMs - oldestMs)} of ${seconds(scaling.scaleUpDelayMs)}`,
        inputs(),
      ),
    );
  }
  if (own >= scaling.maxReplicas) {
    const waiting = demand.ready + arriving.length;
    return keep(question, "at-maximum", null, () =>
      kept(`${count(waiting, "task")} wait, but ${scaling.maxReplicas} is the most`, inputs()),
    );
  }
  const { rule, explain } = reasonToStart(question, scaling, nowMs, arriving);
  return {
    replicas: desired,
    rule,
    quiet: false,
    againAtMs: null,
    explain: () => ({ ...explain(), inputs: inputs() }),
  };
}

interface Reason {
  readonly rule: string;
  readonly explain: () => Pick<Explanation, "verb" | "because" | "alternative">;
}

function reasonToStart(
  question: PoolQuestion,
  scaling: PoolScaling,
  nowMs: number,
  arriving: readonly VisualProgress[],
): Reason {
  const { pool, replicas, demand } = question;
  const waiting = demand.ready + arriving.length;
  if (replicas > 0) {
    return {
      rule: "backlog",
      explain: () => ({
        verb: "started",
        because: `${count(waiting, "task")} wait for ${count(replicas, "replica")}, and one takes on ${waitingPerReplicaMax}`,
        alternative: `hold: ${count(waiting - replicas * waitingPerReplicaMax, "task")} would wait for another's end`,
      }),
    };
  }
  const first = arriving[0];
  if (demand.ready + demand.leased > 0 || first === undefined) {
    return {
      rule: "work-ready",
      explain: () => ({
        verb: "started",
        because: `${waitingDocuments(demand.pipelines, demand.ready)} and no ${pool} container runs`,
        alternative: "hold: the work would wait for ever",
      }),
    };
  }
  return early(arriving, first, scaling, nowMs);
}

const nobody: readonly VisualProgress[] = [];

const arrivingOf = (
  { upstream }: Demand,
  scaling: PoolScaling,
  nowMs: number,
): readonly VisualProgress[] =>
  upstream.length === 0 ? nobody : upstream.filter((progress) => isNear(progress, scaling, nowMs));

/** Near enough to its end that the text container should be on its way. */
function isNear(progress: VisualProgress, scaling: PoolScaling, nowMs: number): boolean {
  if (progress.fraction >= scaling.startAtFraction) return true;
  if (scaling.preWarmDelayMs === null || progress.expectedEndMs === null) return false;
  return progress.expectedEndMs - nowMs <= scaling.preWarmDelayMs;
}

/** When the first of them will be near its end by the clock alone; null: nobody knows. */
function nextNearMs(demand: Demand, scaling: PoolScaling, nowMs: number): number | null {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const { expectedEndMs } of demand.upstream) {
    const nearMs = (expectedEndMs ?? Number.NaN) - (scaling.preWarmDelayMs ?? Number.NaN);
    if (nearMs > nowMs) nextMs = Math.min(nextMs, nearMs);
  }
  return nextMs === Number.POSITIVE_INFINITY ? null : nextMs;
}

function reasonToKeep(
  question: PoolQuestion,
  scaling: PoolScaling,
  nowMs: number,
  desired: number,
  arriving: number,
): Want {
  const { demand, replicas } = question;
  const againAtMs = nextNearMs(demand, scaling, nowMs);
  if (replicas > 0 || desired > 0 || demand.upstream.length === 0) {
    return keep(question, "enough", againAtMs, () =>
      kept("what runs is enough", inputsOf(question, nowMs, arriving, desired)),
    );
  }
  return keep(question, "pre-warm-wait", againAtMs, () =>
    kept(
      `visual analysis is ${percent(furthest(demand.upstream)?.fraction ?? 0)} done; it starts at ${percent(scaling.startAtFraction)} or ${seconds(scaling.preWarmDelayMs ?? 0)} before the end`,
      inputsOf(question, nowMs, arriving, desired),
      "start now: it would stand idle until visual analysis ends",
    ),
  );
}

function early(
  arriving: readonly VisualProgress[],
  first: VisualProgress,
  scaling: PoolScaling,
  nowMs: number,
): Reason {
  const lead = furthest(arriving) ?? first;
  const byProgress = lead.fraction >= scaling.startAtFraction;
  return {
    rule: byProgress ? "pre-warm-progress" : "pre-warm-remaining",
    explain: () => {
      const ends = arriving.flatMap((progress) => progress.expectedEndMs ?? []);
      const done =
        arriving.length === 1
          ? `visual analysis of 1 document is ${percent(lead.fraction)} done`
          : `visual analysis of ${arriving.length} documents is near its end, the first ${percent(lead.fraction)} done`;
      const need =
        ends.length === 0 ? "" : `; needed in about ${seconds(Math.min(...ends) - nowMs)}`;
      return {
        verb: earlyVerb,
        because: `${done}${need}`,
        alternative: "wait until text work is ready: it would then wait for the whole cold start",
      };
    },
  };
}

function furthest(all: readonly VisualProgress[]): VisualProgress | undefined {
  let lead: VisualProgress | undefined;
  for (const one of all) if (lead === undefined || one.fraction > lead.fraction) lead = one;
  return lead;
}

/** Rounded down, so that no sentence says 80 % before it is true. */
const percent = (fraction: number): string => `${Math.floor(fraction * 100 + 1e-9)} %`;

function waitingDocuments(pipelines: number, ready: number): string {
  if (ready === 0) return "leased work lost its container";
  return pipelines === 0
    ? `${count(ready, "task")} ${ready === 1 ? "waits" : "wait"}`
    : `${count(pipelines, "document")} ${pipelines === 1 ? "waits" : "wait"}`;
}

function inputsOf(
  { demand }: PoolQuestion,
  nowMs: number,
  arriving: number,
  desired: number,
): Inputs {
  const lead = furthest(demand.upstream);
  return {
    ready: demand.ready,
    leased: demand.leased,
    delayed: demand.delayed,
    blocked: demand.blocked,
    pipelines: demand.pipelines,
    oldestReadyAgeMs: demand.oldestReadyMs === null ? null : nowMs - demand.oldestReadyMs,
    arriving,
    desired,
    visualFraction: lead?.fraction ?? null,
    visualExpectedMs:
      lead === undefined || lead.expectedEndMs === null ? null : lead.expectedEndMs - nowMs,
  };
}
