import { decide } from "../../core/autoscaler/decide.ts";
import type { Policy } from "../../core/autoscaler/decision.ts";
import { loop, type Service } from "../../lib/service.ts";
import type { ServiceContext } from "../context.ts";
import type { Placer } from "../placer.ts";
import { carryOut, Overtaken, type Plan, planOf, TermOver, type Tick } from "./carry-out.ts";
import { type Memory, readNews, recollect } from "./memory.ts";
import { observe } from "./observe.ts";

export interface ScalerOptions {
  readonly policy: Policy;
  /** Of the policy and its settings: the memory of another version is not read. */
  readonly policyVersion: string;
  readonly placer: Placer;
  /** Providers whose machines somebody else starts and stops. */
  readonly fixedProviders: readonly string[];
  /** Whether this control plane still leads: asked right before anything is decided or written. */
  readonly mayAct: () => boolean;
  /** The term it leads in: nothing is written after its end. */
  readonly term: number;
  readonly everyMs: number;
  readonly onWanted: () => void;
}

/** Reads demand and supply, asks `decide`, and writes what it chose with what that sets going. */
export function createScaler(
  context: ServiceContext,
  options: ScalerOptions,
): Service & { wake(): void } {
  /** undefined: what is stored is to be read first. */
  let memory: Memory | undefined;
  let unsubscribe: readonly (() => void)[] = [];
  const inner = loop({
    name: "scaler",
    everyMs: options.everyMs,
    // Woken by every slide: that is when a pre-warm becomes due.
    pauseMs: Math.min(250, options.everyMs),
    tick: async () => {
      memory ??= await recollect(context, options.policy, policyRef(options));
      const next = await think(context, options, memory);
      if (next === null || !options.mayAct()) return;
      // Until it is over, only the database knows whether it was stored.
      memory = undefined;
      await carryOut(context, next.plan, next.tick);
      memory = next.after;
      if (next.hasMoreNews) inner.wake();
      if (!next.hasDecided) return;
      context.change.wakeAll();
      options.onWanted();
    },
    onError: (error) => {
      if (error instanceof Overtaken) {
        context.log.info({ why: error.message }, "the scaler looks again");
        inner.wake();
        return;
      }
      const isOver = error instanceof TermOver;
      context.log[isOver ? "warn" : "error"]({ err: error }, "the scaler's tick failed");
    },
  });
  return {
    ...inner,
    async start() {
      await inner.start();
      unsubscribe = [context.work, context.change].map((wake) => wake.subscribe(inner.wake));
    },
    async stop() {
      for (const leave of unsubscribe) leave();
      await inner.stop();
    },
  };
}

const policyRef = ({ policy, policyVersion }: ScalerOptions) => ({
  name: policy.name,
  version: policyVersion,
});

interface Next {
  readonly plan: Plan;
  readonly tick: Tick;
  /** What is known once it is stored. */
  readonly after: Memory;
  readonly hasDecided: boolean;
  /** More has happened than one tick is told. */
  readonly hasMoreNews: boolean;
}

/** What is to be written now; null: nothing is new. */
async function think(
  context: ServiceContext,
  options: ScalerOptions,
  known: Memory,
): Promise<Next | null> {
  const { policy, placer, mayAct, term } = options;
  const { facts, told, isAll } = await readNews(context, known);
  const observation = await observe(context, options, facts);
  if (!mayAct()) return null;
  const { state, decisions } = decide(known.state, observation, policy);
  const stored = JSON.stringify(state);
  const isSame = stored === known.stored && told?.id === known.told?.id;
  if (isSame && decisions.length === 0) return null;
  const tick = known.tick + 1;
  return {
    plan: await planOf(placer, decisions),
    tick: { policy: policyRef(options), term, tick, state: stored, told },
    after: { tick, state, stored, told },
    hasDecided: decisions.length > 0,
    hasMoreNews: !isAll,
  };
}
