import { compileGraph } from "../core/pipeline/graph.ts";
import type { Sql } from "../db/connect.ts";
import { activatePack, readPackById } from "../db/packs.ts";
import { dependenciesOf, type Pack, type TaskPack, taskPackOf } from "../packs/pack.ts";
import { featuresOfStep, stepOf } from "../packs/steps.ts";

/** Ceilings of the installation over what a pack asks for, in milliseconds. */
export interface PackCeilings {
  readonly taskMsMax: number;
  readonly stallMsMax: number;
}

export interface PackService {
  activate(pack: Pack): Promise<number>;
  /** The parts of a stored pack version that one task needs; versions never change, so they are kept. */
  taskPack(packId: number, task: string): Promise<TaskPack>;
  pack(packId: number): Promise<Pack>;
}

export function createPackService(sql: Sql, ceilings: PackCeilings): PackService {
  const known = new Map<number, Pack>();
  /** By pack and task: every lease carries one of these few. */
  const parts = new Map<string, TaskPack>();
  const load = async (packId: number): Promise<Pack> => {
    const before = known.get(packId);
    if (before) return before;
    const row = await readPackById(sql, packId);
    if (!row) throw new Error(`pack ${packId} is not stored`);
    const pack = row.content as Pack;
    known.set(packId, pack);
    return pack;
  };
  return {
    pack: load,
    async taskPack(packId, task) {
      const key = `${packId}/${task}`;
      const before = parts.get(key);
      if (before) return before;
      const part = taskPackOf(await load(packId), task);
      parts.set(key, part);
      return part;
    },
    async activate(pack) {
      return activatePack(sql, {
        name: pack.name,
        version: pack.version,
        contentHash: pack.contentHash,
        content: pack,
        dependencies: dependenciesOf(pack),
        graph: compileGraph(pack.tasks),
        tasks: pack.tasks.map((task) => ({
          pool: task.pool,
          features: [...task.features, ...featuresOfStep(stepOf(task))],
          timeoutMs: Math.min(task.timeoutSeconds * 1000, ceilings.taskMsMax),
          stallMs: Math.min(task.stallSeconds * 1000, ceilings.stallMsMax),
          attemptsMax: task.attempts,
          lostMax: task.attemptsLost,
          backoffMs: task.backoffSeconds * 1000,
        })),
      });
    },
  };
}
