import type { Plan, PoolFacts } from "../core/pipeline/plan.ts";
import { planOf } from "../core/pipeline/plan.ts";
import {
  countOpen,
  findSameFile,
  type PackTask,
  type PoolHistory,
  readPackTasks,
  readPoolHistory,
  type SameFileRow,
} from "../db/document-plan.ts";
import { readSupply, type Supply } from "../db/documents.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";
import type { Durations } from "./durations.ts";

export interface PlanRequest {
  readonly workspace: string;
  readonly pack: string;
  readonly pages?: number | undefined;
  readonly sha256?: string | undefined;
  /** A document that is planned itself: not the same file as itself, nor ahead of itself. */
  readonly document?: string | undefined;
}

export interface PlanOptions {
  /** Pools that the policy runs; a task of another one is done by the one that does all. */
  readonly pools: readonly string[];
  readonly policy: string;
}

/** Policies that start a container for work that is not ready yet. */
const earlyPolicies = ["just-in-time", "reference"];
const serveAll = ["shared", "dedicated"];

/** What a document will take, before it is worked on. Throws PACK_NOT_FOUND. */
export function createDocumentPlans(
  context: ServiceContext,
  durations: Durations,
  options: PlanOptions,
) {
  const { sql } = context;
  const poolOf = (pool: string): string =>
    options.pools.includes(pool)
      ? pool
      : (options.pools.find((one) => serveAll.includes(one)) ?? pool);
  const placedTasks = async (tasks: readonly PackTask[], pages: number) => {
    const learned = await durations.ofTasks(tasks, pages);
    return tasks.map((task, index) => ({
      pool: poolOf(task.pool),
      after: task.after,
      duration: learned[index] ?? null,
    }));
  };
  return {
    async plan(asked: PlanRequest) {
      const { workspace, sha256, document } = asked;
      const [tasks, same, open, supply] = await Promise.all([
        readPackTasks(sql, asked.pack),
        sha256 === undefined ? undefined : findSameFile(sql, workspace, sha256, document ?? null),
        countOpen(sql),
        readSupply(sql),
      ]);
      if (tasks === undefined) throw new AppError("PACK_NOT_FOUND", asked.pack);
      const pages = asked.pages ?? same?.pages ?? null;
      const placed = await placedTasks(tasks, pages ?? 1);
      const pools = [...new Set(placed.map(({ pool }) => pool))];
      const history = await readPoolHistory(sql, pools);
      const ahead = Math.max(0, open - (document === undefined ? 0 : 1));
      const plan = planOf({
        ...{ pages, ahead, tasks: placed },
        pools: pools.map((pool) => poolFacts(pool, supply, history)),
        prewarms: earlyPolicies.includes(options.policy),
      });
      return {
        ...{ pages, ahead, same: same === undefined ? null : sameView(same) },
        time: plan.time,
        work: plan.work,
        cost: plan.cost,
        pools: [...plan.pools],
        sentence: plan.sentence,
      };
    },
    /** The cost that a plan tells, for many at once; null: no estimate. */
    async expectedCosts(
      asked: readonly { readonly pack: string; readonly pages: number | null }[],
    ): Promise<(Plan["cost"] | null)[]> {
      const packs = new Map<string, PackTask[]>();
      for (const pack of new Set(asked.map((one) => one.pack))) {
        packs.set(pack, (await readPackTasks(sql, pack)) ?? []);
      }
      const pools = [...packs.values()].flat().map(({ pool }) => poolOf(pool));
      const history = pools.length === 0 ? [] : await readPoolHistory(sql, [...new Set(pools)]);
      return Promise.all(
        asked.map(async ({ pack, pages }) => {
          if (pages === null) return null;
          const tasks = await placedTasks(packs.get(pack) ?? [], pages);
          const own = [...new Set(tasks.map(({ pool }) => pool))];
          const facts = own.map((pool) => poolFacts(pool, nobody, history));
          return planOf({ pages, tasks, pools: facts, prewarms: false, ahead: 0 }).cost;
        }),
      );
    },
  };
}
export type DocumentPlans = ReturnType<typeof createDocumentPlans>;

/** What work costs does not depend on who is there. */
const nobody: Supply = { replicas: [], paused: [] };

const over = ["failed", "draining"];

/** What is known of a pool's containers now, and of its last ones. */
export function poolFacts(
  pool: string,
  supply: Supply,
  history: readonly PoolHistory[],
): PoolFacts {
  const live = supply.replicas.filter((one) => one.pool === pool && !over.includes(one.phase));
  const known = history.find((one) => one.pool === pool);
  const isPaused = supply.paused.some((one) => one.pool === pool);
  const state = (): PoolFacts["state"] => {
    if (live.some(({ phase }) => phase === "ready")) return "warm";
    if (live.length > 0) return "starting";
    return isPaused ? "paused" : "cold";
  };
  return {
    pool,
    state: state(),
    start: known?.start ?? null,
    // Of the phase it is in, so at least this long.
    sinceSeconds: Math.max(0, ...live.map(({ sinceSeconds }) => sinceSeconds)),
    price: known?.price,
  };
}

const sameView = ({ pages: _, createdAt, finishedAt, ...row }: SameFileRow) => ({
  ...row,
  createdAt: createdAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
});
