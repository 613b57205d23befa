import type { Inputs, Policy, PoolQuestion, Want } from "../decision.ts";
import { isNeeded, type VisualProgress } from "../observation.ts";
import type { PoolScaling, ScalingSettings } from "../settings.ts";
import { sharedScaling, type Topology } from "../topology.ts";
import { count, seconds } from "../words.ts";

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
  const pools: Readonly<Record<string, PoolScaling>> =
    topology === "shared"
      ? { shared: sharedScaling(settings) }
      : { vision: settings.vision, text: settings.text };
  return {
    name: "reference",
    pools,
    want(question) {
      const scaling = pools[question.pool];
      if (scaling === undefined) return keep(question, "unknown-pool", "no rule names it", {});
      return isNeeded(question.demand)
        ? wantNeeded(question, scaling)
        : wantUnneeded(question, scaling);
    },
  };
}

/** As many as there are: the reason says why neither more nor fewer. */
function keep(question: PoolQuestion, rule: string, because: string, inputs: Inputs): Want {
  const { replicas } = question;
  const quiet = rule === "enough" || rule === "no-work";
  const alternative = "start or stop a replica now: the policy gives no reason to";
  return { replicas, rule, verb: "started", because, inputs, alternative, quiet };
}

function wantUnneeded(question: PoolQuestion, scaling: PoolScaling): Want {
  const { pool, nowMs, replicas, fixed, unneededSinceMs } = question;
  const unneededMs = nowMs - (unneededSinceMs ?? nowMs);
  const inputs: Inputs = { unneededMs, scaleDownDelayMs: scaling.scaleDownDelayMs };
  if (replicas <= Math.max(fixed, scaling.minReplicas)) {
    return keep(question, "no-work", "nothing needs it", inputs);
  }
  if (unneededMs < scaling.scaleDownDelayMs) {
    const because = `no pipeline needs ${pool} any more; it stops after ${seconds(scaling.scaleDownDelayMs)} without need`;
    return keep(question, "scale-down-delay", because, inputs);
  }
  return {
    ...keep(question, "idle", `no pipeline has needed ${pool} for ${seconds(unneededMs)}`, inputs),
    replicas: 0,
    alternative: `keep it: its idle time goes on being paid, the next document saves a cold start`,
  };
}

function wantNeeded(question: PoolQuestion, scaling: PoolScaling): Want {
  const { pool, nowMs, replicas, fixed, demand } = question;
  const arriving = demand.upstream.filter((progress) => isNear(progress, scaling, nowMs));
  const waiting = demand.ready + arriving.length;
  const desired =
    waiting + demand.leased === 0 ? 0 : Math.max(1, Math.ceil(waiting / waitingPerReplicaMax));
  const inputs = inputsOf(question, arriving.length, desired);
  if (desired <= replicas) return reasonToKeep(question, scaling, desired, inputs);

  const waitedMs = nowMs - (demand.oldestReadyMs ?? 0);
  if (arriving.length === 0 && demand.ready > 0 && waitedMs < scaling.scaleUpDelayMs) {
    const because = `the oldest task has waited ${seconds(waitedMs)} of ${seconds(scaling.scaleUpDelayMs)}`;
    return keep(question, "scale-up-delay", because, inputs);
  }
  if (replicas - fixed >= scaling.maxReplicas) {
    const because = `${count(waiting, "task")} wait, but ${scaling.maxReplicas} is the most`;
    return keep(question, "at-maximum", because, inputs);
  }
  const base = { ...keep(question, "", "", inputs), replicas: desired };
  if (replicas > 0) {
    return {
      ...base,
      rule: "backlog",
      because: `${count(waiting, "task")} wait for ${count(replicas, "replica")}, and one takes on ${waitingPerReplicaMax}`,
      alternative: `hold: ${count(waiting - replicas * waitingPerReplicaMax, "task")} would wait for another's end`,
    };
  }
  const first = arriving[0];
  if (demand.ready + demand.leased > 0 || first === undefined) {
    return {
      ...base,
      rule: "work-ready",
      because: `${waitingDocuments(demand.pipelines, demand.ready)} and no ${pool} container runs`,
      alternative: "hold: the work would wait for ever",
    };
  }
  return { ...base, ...early(arriving, first, scaling, nowMs) };
}

/** Near enough to its end that the text container should be on its way. */
function isNear(progress: VisualProgress, scaling: PoolScaling, nowMs: number): boolean {
  if (progress.fraction >= scaling.startAtFraction) return true;
  if (scaling.preWarmDelayMs === null || progress.expectedEndMs === null) return false;
  return progress.expectedEndMs - nowMs <= scaling.preWarmDelayMs;
}

function reasonToKeep(
  question: PoolQuestion,
  scaling: PoolScaling,
  desired: number,
  inputs: Inputs,
): Want {
  const { demand, replicas } = question;
  const lead = furthest(demand.upstream);
  if (replicas > 0 || desired > 0 || lead === undefined) {
    return keep(question, "enough", "what runs is enough", inputs);
  }
  const because = `visual analysis is ${percent(lead.fraction)} done; it starts at ${percent(scaling.startAtFraction)} or ${seconds(scaling.preWarmDelayMs ?? 0)} before the end`;
  return {
    ...keep(question, "pre-warm-wait", because, inputs),
    alternative: "start now: it would stand idle until visual analysis ends",
  };
}

function early(
  arriving: readonly VisualProgress[],
  first: VisualProgress,
  scaling: PoolScaling,
  nowMs: number,
): Pick<Want, "rule" | "verb" | "because" | "alternative"> {
  const lead = furthest(arriving) ?? first;
  const byProgress = lead.fraction >= scaling.startAtFraction;
  const ends = arriving.flatMap((progress) => progress.expectedEndMs ?? []);
  const done =
    arriving.length === 1
      ? `visual analysis of 1 document is ${percent(lead.fraction)} done`
      : `visual analysis of ${arriving.length} documents is near its end, the first ${percent(lead.fraction)} done`;
  const need = ends.length === 0 ? "" : `; needed in about ${seconds(Math.min(...ends) - nowMs)}`;
  return {
    rule: byProgress ? "pre-warm-progress" : "pre-warm-remaining",
    verb: "started early",
    because: `${done}${need}`,
    alternative: "wait until text work is ready: it would then wait for the whole cold start",
  };
}

const furthest = (all: readonly VisualProgress[]): VisualProgress | undefined =>
  all.toSorted((a, b) => b.fraction - a.fraction)[0];

/** Rounded down, so that no sentence says 80 % before it is true. */
const percent = (fraction: number): string => `${Math.floor(fraction * 100 + 1e-9)} %`;

function waitingDocuments(pipelines: number, ready: number): string {
  if (ready === 0) return "leased work lost its container";
  return pipelines === 0
    ? `${count(ready, "task")} ${ready === 1 ? "waits" : "wait"}`
    : `${count(pipelines, "document")} ${pipelines === 1 ? "waits" : "wait"}`;
}

function inputsOf(question: PoolQuestion, arriving: number, desired: number): Inputs {
  const { demand, nowMs } = question;
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
