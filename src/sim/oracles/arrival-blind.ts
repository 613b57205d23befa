import type { Policy, PoolQuestion, Question, Want } from "../../core/autoscaler/decision.ts";
import { type PolicyBase, poolsOf } from "../../core/autoscaler/policies/base.ts";
import type { Stage, World } from "../model.ts";
import { type Foresight, foresightOf, insert } from "./foresight.ts";

/** What is chosen for it in hindsight. */
export interface BlindThresholds {
  /** How long the last replica of each pool is kept after the last need. */
  readonly visionIdleMs: number;
  readonly textIdleMs: number;
  /** How long any further replica is kept idle. */
  readonly extraIdleMs: number;
  /** A further replica is started when it saves this share of what it costs, in waiting. */
  readonly scaleOutShare: number;
}

export interface BlindSettings extends BlindThresholds {
  /** What a second of a waiting document is worth, as a multiple of a second of a text replica. */
  readonly waitPrice: number;
}

const hourMs = 3_600_000;
/** Starts are weighed this far ahead, in pieces of ten seconds, within which they take equally long. */
const aheadMaxMs = 900_000;
const pieceMs = 10_000;

/**
 * The arrival-blind oracle: it knows how long everything takes that is in the system, and every cold
 * start, and of uploads to come only what fixed keep-alive times tell, which are to be chosen in
 * hindsight, for the very traffic it is judged on. So the distance of a policy to it is the price of not
 * knowing durations and of having to learn; its distance to the zero-wait oracle that of not knowing
 * the future, which nobody can recover. A first replica starts at the moment at which early idle time and
 * waiting together cost least; another one when it saves more waiting than its cold start and its
 * keep-alive cost. Tasks are taken to be served in order of upload, and of tasks beside visual
 * analysis the ends of those that run are estimated. Not a bound: a policy may happen to be better.
 */
export function arrivalBlindPolicy(
  world: World,
  stage: Stage,
  base: PolicyBase,
  settings: BlindSettings,
): Policy {
  const pools = poolsOf(base);
  const eyes = foresightOf(world, stage);
  const textPrice = base.microUsdPerHour.text ?? base.microUsdPerHour.shared ?? 0;
  const prices = (pool: string): Prices => ({
    replica: (base.microUsdPerHour[pool] ?? 0) / hourMs,
    waiting: (settings.waitPrice * textPrice) / hourMs,
  });
  return {
    name: "arrival-blind",
    pools,
    attention: { documents: true, facts: false, slides: false, milestones: [] },
    initial: null,
    want(question) {
      const wants: Record<string, Want> = {};
      for (const asked of Object.values(question.pools)) {
        const max = pools[asked.pool]?.maxReplicas ?? 0;
        const room = asked.replicas - asked.fixed + asked.leaving < max;
        const scene = { eyes, question, asked, prices: prices(asked.pool), settings };
        wants[asked.pool] =
          (room ? startOf(scene) : null) ??
          (asked.unneededSinceMs === null ? releaseOf(scene) : stopOf(scene));
      }
      return { wants, state: null };
    },
  };
}

/** Per millisecond. */
interface Prices {
  readonly replica: number;
  readonly waiting: number;
}

interface Scene {
  readonly eyes: Foresight;
  readonly question: Question;
  readonly asked: PoolQuestion;
  readonly prices: Prices;
  readonly settings: BlindSettings;
}

const wanted = (replicas: number, rule: string, againAtMs: number | null): Want => ({
  ...{ replicas, rule, quiet: true, againAtMs },
  explain: () => ({
    ...{ verb: "started", because: "the truth is known", inputs: {} },
    alternative: "do otherwise: it would cost more",
  }),
});

/** Jobs to come in this pool: when each is ready, and how long it takes. In order of time. */
function jobsOf({ eyes, question, asked }: Scene): readonly (readonly [number, number])[] {
  const { nowMs, documents } = question;
  if (asked.pool !== "text") {
    const waiting = eyes.waiting(question);
    return waiting.map(({ pipeline }) => [nowMs, eyes.workMs(asked.pool, pipeline)]);
  }
  const lengths = documents.map(({ pipeline }) => eyes.workMs(asked.pool, pipeline));
  const usualMs = lengths.reduce((sum, ms) => sum + ms, 0) / Math.max(1, lengths.length);
  const ready = Array.from({ length: asked.demand.ready }, () => [nowMs, usualMs / 3] as const);
  return [...ready, ...eyes.textNeeds(question).map((atMs) => [atMs, usualMs] as const)];
}

/** null: not now, and no reason to look at it before something happens. */
function startOf(scene: Scene): Want | null {
  const { asked, question } = scene;
  const jobs = jobsOf(scene);
  const [first] = jobs;
  if (first === undefined) return null;
  if (asked.replicas > 0)
    return another(scene, jobs) ? wanted(asked.replicas + 1, "more", null) : null;
  const bestMs = bestStartMs(
    scene,
    jobs.map(([atMs]) => atMs),
  );
  return bestMs <= question.nowMs
    ? wanted(1, "in-time", null)
    : wanted(asked.replicas, "wait", Math.ceil(bestMs));
}

/** The start of a first replica that costs least, when these needs come at these moments. */
function bestStartMs({ eyes, question, asked, prices }: Scene, needs: readonly number[]): number {
  const { nowMs } = question;
  const firstMs = Math.max(nowMs, needs[0] ?? nowMs);
  let bestMs = nowMs;
  let least = Number.POSITIVE_INFINITY;
  const untilMs = Math.min(firstMs, nowMs + aheadMaxMs);
  for (let piece = Math.floor(nowMs / pieceMs); piece * pieceMs <= untilMs; piece += 1) {
    const beginMs = Math.max(nowMs, piece * pieceMs);
    const coldMs = eyes.coldMs(asked.pool, beginMs);
    // Within a piece, the moment from which it is ready just in time, if that lies in it.
    const startMs = Math.min(Math.max(beginMs, firstMs - coldMs), (piece + 1) * pieceMs - 1);
    const readyMs = startMs + coldMs;
    const waitMs = needs.reduce(
      (sum, atMs) => sum + Math.max(0, readyMs - Math.max(nowMs, atMs)),
      0,
    );
    const cost = prices.replica * (Math.max(readyMs, firstMs) - startMs) + prices.waiting * waitMs;
    if (cost >= least) continue;
    least = cost;
    bestMs = startMs;
  }
  return bestMs;
}

/** Whether one more replica saves more waiting than it costs: its cold start, and its idle time at the end. */
function another(scene: Scene, jobs: readonly (readonly [number, number])[]): boolean {
  const { eyes, question, asked, prices, settings } = scene;
  const coldMs = eyes.coldMs(asked.pool, question.nowMs);
  const free = eyes.freeAtMs(question, asked);
  const slots = Math.max(1, Math.round(free.length / Math.max(1, asked.replicas)));
  const fresh = Array.from({ length: slots }, () => question.nowMs + coldMs);
  const near = jobs.filter(([atMs]) => atMs <= question.nowMs + coldMs);
  const saved =
    waitsMs(free, near) -
    waitsMs(
      [...free, ...fresh].sort((a, b) => a - b),
      near,
    );
  const costs = prices.replica * (coldMs + settings.extraIdleMs);
  return prices.waiting * saved > costs * settings.scaleOutShare;
}

/** The sum of the waits of jobs that are served in their order by these places. */
function waitsMs(places: readonly number[], jobs: readonly (readonly [number, number])[]): number {
  const free = [...places];
  let waitMs = 0;
  for (const [atMs, workMs] of jobs) {
    const beginMs = Math.max(atMs, free.shift() ?? atMs);
    waitMs += beginMs - atMs;
    insert(free, beginMs + workMs);
  }
  return waitMs;
}

/** The pool is needed: further replicas go when they have been idle for long enough. */
function releaseOf({ asked, question, settings }: Scene): Want {
  const idle = asked.staying.flatMap(({ phase, leases, idleSinceMs, sinceMs }) =>
    phase === "ready" && leases === 0 ? [(idleSinceMs ?? sinceMs) + settings.extraIdleMs] : [],
  );
  const due = idle.filter((dueMs) => dueMs <= question.nowMs).length;
  const later = idle.filter((dueMs) => dueMs > question.nowMs);
  const replicas = Math.max(Math.min(1, asked.replicas), asked.replicas - due);
  const againAtMs = replicas > 1 && later.length > 0 ? Math.min(...later) : null;
  return wanted(replicas, "release", againAtMs);
}

/** Nothing needs the pool. */
function stopOf(scene: Scene): Want {
  const { asked, question, settings } = scene;
  const idleMs = asked.pool === "text" ? settings.textIdleMs : settings.visionIdleMs;
  const dueMs = (asked.unneededSinceMs ?? question.nowMs) + idleMs;
  if (dueMs <= question.nowMs) return wanted(0, "idle", null);
  const released = releaseOf(scene);
  return { ...released, againAtMs: Math.min(dueMs, released.againAtMs ?? dueMs) };
}
