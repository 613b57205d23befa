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
  /** Ends what needs no container, before one is started for it; answers how many tasks that were. */
  readonly endKnown?: () => Promise<number>;
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

/** Looks at known work before one start. */
const roundsMax = 20;

const isStart = (decisions: readonly { readonly action: string }[]): boolean =>
  decisions.some(({ action }) => action === "start");

/** A cache that fails must not keep a container from its start. */
async function endKnown({ log }: ServiceContext, options: ScalerOptions): Promise<number> {
  try {
    return (await options.endKnown?.()) ?? 0;
  } catch (error) {
    log.warn({ err: error }, "work that is known could not be ended");
    return 0;
  }
}

/** What is to be written now; null: nothing is new. */
async function think(
  context: ServiceContext,
  options: ScalerOptions,
  known: Memory,
): Promise<Next | null> {
  const { policy, placer, mayAct, term } = options;
  const { facts, told, isAll } = await readNews(context, known);
  const look = async () => decide(known.state, await observe(context, options, facts), policy);
  let chosen = await look();
  // What a start would be for is looked at once more: what waited for it may be known already. The last look
  // found nothing known among what had been decided on.
  for (let round = 0; round < roundsMax && isStart(chosen.decisions); round += 1) {
    if (!mayAct() || (await endKnown(context, options)) === 0) break;
    chosen = await look();
  }
  const { state, decisions } = chosen;
  if (!mayAct()) return null;
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
