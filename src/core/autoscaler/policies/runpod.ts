import type { Answer, Json, Policy, PoolQuestion, Want } from "../decision.ts";
import type { Demand } from "../observation.ts";
import type { PoolScaling } from "../settings.ts";
import { count, seconds } from "../words.ts";
import { type PolicyBase, poolsOf } from "./base.ts";

/** RunPod's serverless endpoints, with their defaults. */
export interface RunpodSettings {
  /** A worker that has nothing to do for this long is stopped. */
  readonly idleMs: number;
  /** Either of the two kinds of scaling. */
  readonly scaling:
    | { readonly kind: "queue-delay"; readonly delayMs: number }
    | { readonly kind: "request-count"; readonly perWorker: number };
}

export const runpodDefaults = { idleMs: 5_000, delayMs: 4_000, perWorker: 1 };

interface PoolMemory {
  /** When a worker was last added. */
  readonly addedMs: number | null;
  /**
   * Since when those were idle that stayed as others were stopped, the longest first. `decide` may have
   * stopped another one than the one whose time was up: what is left counts from here at the earliest.
   */
  readonly stayedMs: readonly number[];
}

/**
 * RunPod's two ways to scale an endpoint:
 *
 *     queue-delay:    a request that has waited for more than 4 s adds a worker
 *     request-count:  ceil((waiting + running) / scaler value) workers, 1 being the most eager
 *     both:           a worker that was idle for 5 s is stopped
 *
 * Source: runpod/docs serverless/endpoints/endpoint-configurations.mdx.
 *
 * What the documentation does not say is assumed: a request for which a worker is on its way adds no other
 * one, so that workers are added only while more wait than all workers, starting ones included, have room
 * for; the next is added after another delay; nothing is stopped while anything waits. Unlike the product: it
 * has at most the pool's maximum (there 3); FlashBoot, which keeps stopped workers half warm, and the
 * limits on execution and age are left out; idle workers are counted, and which of them is stopped is
 * chosen as everywhere here: those with high numbers first.
 */
export function runpodPolicy(base: PolicyBase, settings: RunpodSettings): Policy {
  const pools = poolsOf(base);
  return {
    name: settings.scaling.kind === "queue-delay" ? "runpod" : "runpod-request-count",
    pools,
    attention: { documents: false, facts: false, slides: false, milestones: [] },
    initial: null,
    want({ nowMs, pools: asked }, state): Answer {
      const before = (state ?? {}) as unknown as Readonly<Record<string, PoolMemory>>;
      const after: Record<string, PoolMemory> = { ...before };
      const wants: Record<string, Want> = {};
      for (const [pool, scaling] of Object.entries(pools)) {
        const question = asked[pool];
        if (question === undefined) continue;
        const memory = before[pool] ?? { addedMs: null, stayedMs: [] };
        const next = step(question, scaling, settings, memory, nowMs);
        wants[pool] = next.want;
        after[pool] = next.memory;
      }
      return { wants, state: after as unknown as Json };
    },
  };
}

const never = Number.POSITIVE_INFINITY;

/** What is due now, what is due next if nothing happens, and what is to be remembered. */
function step(
  question: PoolQuestion,
  scaling: PoolScaling,
  settings: RunpodSettings,
  memory: PoolMemory,
  nowMs: number,
): { readonly want: Want; readonly memory: PoolMemory } {
  const { replicas, fixed, demand } = question;
  const most = fixed + scaling.maxReplicas;
  const least = Math.max(fixed + scaling.minReplicas, Math.min(most, countOf(demand, settings)));
  const addAtMs = (workers: number, addedMs: number | null): number => {
    const room = workers * scaling.slots - demand.leased;
    if (settings.scaling.kind !== "queue-delay" || workers >= most) return never;
    if (demand.ready === 0 || demand.ready <= room) return never;
    return Math.max(demand.oldestReadyMs ?? 0, addedMs ?? 0) + settings.scaling.delayMs;
  };
  const isAdded = addAtMs(replicas, memory.addedMs) <= nowMs;
  const addedMs = isAdded ? nowMs : memory.addedMs;
  const idleSinceMs = idleOf(question, memory);
  const mayGo = demand.ready > 0 ? 0 : Math.max(0, replicas - least);
  const stopAtMs = idleSinceMs.slice(0, mayGo).map((sinceMs) => sinceMs + settings.idleMs);
  const stopped = stopAtMs.filter((atMs) => atMs <= nowMs).length;
  const wanted = Math.max(least, replicas + (isAdded ? 1 : 0) - stopped);
  const nextMs = Math.min(addAtMs(wanted, addedMs), stopAtMs[stopped] ?? never);
  return {
    want: wantOf(question, wanted, nextMs === never ? null : nextMs, nowMs),
    memory: { addedMs, stayedMs: stopped > 0 ? idleSinceMs.slice(stopped) : memory.stayedMs },
  };
}

/** As many as the request count asks for, whatever is idle. */
const countOf = ({ ready, leased }: Demand, { scaling }: RunpodSettings): number =>
  scaling.kind === "request-count" ? Math.ceil((ready + leased) / scaling.perWorker) : 0;

/** Since when workers have been idle, the longest first. */
const idleOf = ({ staying }: PoolQuestion, { stayedMs }: PoolMemory): readonly number[] =>
  staying
    .flatMap(({ phase, leases, idleSinceMs, sinceMs }) =>
      phase === "ready" && leases === 0 ? (idleSinceMs ?? sinceMs) : [],
    )
    .toSorted((a, b) => a - b)
    .map((sinceMs, at) => Math.max(sinceMs, stayedMs[at] ?? sinceMs));

function wantOf(
  { replicas, demand }: PoolQuestion,
  wanted: number,
  againAtMs: number | null,
  nowMs: number,
): Want {
  const { ready, leased, oldestReadyMs } = demand;
  const up = replicas === 0 ? "work-ready" : "backlog";
  const rule = wanted > replicas ? up : wanted < replicas ? "idle" : "enough";
  const waitedMs = oldestReadyMs === null ? null : nowMs - oldestReadyMs;
  return {
    replicas: wanted,
    rule,
    quiet: rule === "enough",
    againAtMs,
    explain: () => ({
      verb: "started",
      because:
        rule === "idle"
          ? `${count(replicas - wanted, "worker")} had nothing to do for long enough`
          : `${count(ready, "task")} wait, the oldest for ${seconds(waitedMs ?? 0)}, and ${leased} run`,
      inputs: { ready, leased, waitedMs, wanted },
      alternative: "want another number: the product that this models would not",
    }),
  };
}
