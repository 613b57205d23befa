import {
  type Place,
  type Repair,
  type RepairKind,
  repairQueue,
  type WalkedTable,
  walkedTables,
  walkQueue,
} from "../db/sweep.ts";
import { loop, type Service } from "../lib/service.ts";
import { announce, type ServiceContext } from "./context.ts";

export interface SweeperOptions {
  readonly everyMs: number;
  /** Rows looked at in one statement. */
  readonly stepRows?: number;
  /** Rows of a table looked at in one tick; the next one goes on there. */
  readonly tickRows?: number;
  readonly onRepair?: (kind: RepairKind, count: number) => void;
}

export interface Sweeper extends Service {
  wake(): void;
  /** One round, as far as it may go; answers what was repaired. */
  tick(): Promise<Repair[]>;
}

/** So many are repaired in one transaction: their pipelines are locked meanwhile. */
const repairsMax = 100;

/**
 * Looks through the queue for what no rule explains (a crash of ours, a hand in the tables) and puts it
 * right, in bounded steps. What is well is only read. Several may run at once.
 */
export function createSweeper(context: ServiceContext, options: SweeperOptions): Sweeper {
  const { stepRows = 2000, tickRows = 50_000 } = options;
  const places = new Map<WalkedTable, Place | null>();

  const walk = async (table: WalkedTable): Promise<Repair[]> => {
    const repairs: Repair[] = [];
    for (let seen = 0; seen < tickRows; seen += stepRows) {
      const step = await walkQueue(context.sql, table, places.get(table) ?? null, stepRows);
      repairs.push(...(await repairAll(context, table, step.odd)));
      const isEnd = step.seen < stepRows;
      places.set(table, isEnd ? null : step.last);
      if (isEnd) break;
    }
    return repairs;
  };
  const tick = async (): Promise<Repair[]> => {
    const repairs: Repair[] = [];
    for (const table of walkedTables) repairs.push(...(await walk(table)));
    if (repairs.length === 0) return repairs;
    for (const { kind, rows } of repairs) options.onRepair?.(kind, rows);
    context.log.warn({ repairs: repairs.slice(0, 20), count: repairs.length }, "queue repaired");
    announce(context);
    return repairs;
  };
  const service = loop({
    name: "sweeper",
    everyMs: options.everyMs,
    tick,
    onError: (error) => context.log.error({ err: error }, "the sweeper's tick failed"),
  });
  return { ...service, tick };
}

async function repairAll(
  context: ServiceContext,
  table: WalkedTable,
  odd: readonly Place[],
): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for (let at = 0; at < odd.length; at += repairsMax) {
    repairs.push(...(await repairSome(context, table, odd.slice(at, at + repairsMax))));
  }
  return repairs;
}

/** One that cannot be repaired must not stand before the others. */
async function repairSome(
  context: ServiceContext,
  table: WalkedTable,
  odd: readonly Place[],
): Promise<Repair[]> {
  try {
    return await repairQueue(context.sql, table, odd);
  } catch (error) {
    if (odd.length > 1) {
      const repairs: Repair[] = [];
      for (const one of odd) repairs.push(...(await repairSome(context, table, [one])));
      return repairs;
    }
    context.log.error({ err: error, table, odd }, "could not be repaired");
    return [];
  }
}
