import {
  addOrder,
  endOrders,
  type NewOrder,
  type OrderKind,
  readOrders,
} from "../db/fleet-orders.ts";
import { type ReplicaRow, readReplicas } from "../db/replicas.ts";
import { AppError } from "../errors/app-error.ts";
import { announce, type ServiceContext } from "./context.ts";
import { slotOf } from "./fleet.ts";

/** A machine somebody owns takes a number that no pool starts by itself. */
export const fixedReplicaMin = 100;

export interface OrderFacts {
  readonly pools: Readonly<Record<string, { readonly maxReplicas: number }>>;
  /** Providers whose replicas are somebody else's to start and stop. */
  readonly fixedProviders: readonly string[];
  /** What a container of somebody's own machine is started with. */
  readonly joinEnv: (pool: string, replica: number) => Record<string, string>;
}

export interface OrderTaken {
  /** false: it was so already. */
  readonly changed: boolean;
  readonly sentence: string;
}

/**
 * What operators ask of the fleet. An order is written down, and the next decisions follow it; nothing
 * is started or stopped from here, and a machine of one's own is let in. Throws POOL_NOT_FOUND, REPLICA_NOT_FOUND, REPLICA_FIXED, POOL_FULL.
 */
export function createFleetOrders(context: ServiceContext, facts: OrderFacts) {
  const poolOf = (pool: string): string => {
    if (facts.pools[pool] === undefined) {
      const known = Object.keys(facts.pools).join(", ");
      throw new AppError("POOL_NOT_FOUND", `${pool}; there are ${known}`);
    }
    return pool;
  };
  const give = async (
    kind: OrderKind,
    about: Pick<NewOrder, "pool" | "replica" | "reason"> & Partial<NewOrder>,
    [done, before]: readonly [string, string],
  ): Promise<OrderTaken> => {
    const changed = await addOrder(context.sql, { forMs: null, keep: null, ...about, kind });
    if (changed) announce(context);
    return { changed, sentence: changed ? done : before };
  };
  const openRun = async (name: string): Promise<ReplicaRow> => {
    const { pool, replica } = slotOf(name);
    const rows = await readReplicas(context.sql);
    const row = rows.find((one) => one.pool === pool && one.replica === replica);
    if (row === undefined) throw new AppError("REPLICA_NOT_FOUND", name);
    return row;
  };
  /** Replicas that stay, or that an earlier order keeps. */
  const keptNow = async (pool: string): Promise<number> => {
    const [rows, orders] = [await readReplicas(context.sql), await readOrders(context.sql)];
    const isFixed = (row: ReplicaRow) => facts.fixedProviders.includes(row.provider);
    const stay = rows.filter(
      (row) => row.pool === pool && row.phase !== "draining" && !isFixed(row),
    );
    const kept = orders.filter((order) => order.pool === pool).map(({ keep }) => keep ?? 0);
    return Math.max(stay.length, ...kept);
  };
  return {
    async start(pool: string, forMs: number | null, reason: string | null): Promise<OrderTaken> {
      const keep = 1 + (await keptNow(poolOf(pool)));
      const max = facts.pools[pool]?.maxReplicas ?? 0;
      if (keep > max) {
        throw new AppError("POOL_FULL", `${pool} may have at most ${max}.`);
      }
      const about = { pool, replica: null, reason, forMs, keep };
      const howLong =
        forMs === null ? "until you resume it" : `for ${Math.round(forMs / 60_000)} min`;
      const done = `At least ${keep} ${pool} ${keep === 1 ? "replica is" : "replicas are"} kept ${howLong}.`;
      return give("start", about, [done, done]);
    },
    async pause(pool: string, reason: string | null): Promise<OrderTaken> {
      return give("pause", { pool: poolOf(pool), replica: null, reason }, [
        `${pool} starts nothing new until you resume it; what runs goes on.`,
        `${pool} was paused already.`,
      ]);
    },
    async resume(pool: string, reason: string | null): Promise<OrderTaken> {
      const ended = await endOrders(context.sql, poolOf(pool), reason);
      if (ended > 0) announce(context);
      const sentence = ended > 0 ? `${pool} follows its policy again.` : `${pool} was not held.`;
      return { changed: ended > 0, sentence };
    },
    async drain(name: string, reason: string | null): Promise<OrderTaken> {
      const { pool, replica } = await openRun(name);
      return give("drain", { pool, replica, reason }, [
        `${name} takes no new pipeline, finishes those it holds, then stops.`,
        `${name} is draining already.`,
      ]);
    },
    /** The next free number for a machine of one's own. Throws STATIC_NOT_CONFIGURED. */
    async join(pool: string): Promise<{ replica: string; env: Record<string, string> }> {
      if (facts.fixedProviders.length === 0) throw new AppError("STATIC_NOT_CONFIGURED");
      const rows = await readReplicas(context.sql);
      const taken = rows.filter((row) => row.pool === poolOf(pool)).map(({ replica }) => replica);
      let replica = fixedReplicaMin;
      while (taken.includes(replica)) replica += 1;
      return { replica: `${pool}-${replica}`, env: facts.joinEnv(pool, replica) };
    },
    async stop(name: string, reason: string | null): Promise<OrderTaken> {
      const { pool, replica, provider } = await openRun(name);
      if (facts.fixedProviders.includes(provider)) throw new AppError("REPLICA_FIXED", name);
      return give("stop", { pool, replica, reason }, [
        `${name} stops now; what it works on goes to another one.`,
        `${name} is stopping already.`,
      ]);
    },
  };
}
export type FleetOrdersService = ReturnType<typeof createFleetOrders>;
