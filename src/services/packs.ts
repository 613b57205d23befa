import { compileGraph } from "../core/pipeline/graph.ts";
import { readActiveClasses } from "../db/cached-work.ts";
import type { Sql } from "../db/connect.ts";
import { keepFolderPack, type PackRow, readPackById } from "../db/packs.ts";
import { dependenciesOf, type Pack, type TaskPack, taskPackOf } from "../packs/pack.ts";
import type { PackFiles } from "../packs/pack-files.ts";
import { featuresOfStep, stepOf } from "../packs/steps.ts";
import { filesOfPack, withVersion } from "../packs/write-pack.ts";

/** Ceilings of the installation over what a pack asks for, in milliseconds. */
export interface PackCeilings {
  readonly taskMsMax: number;
  readonly stallMsMax: number;
}

export interface PackService {
  /**
   * Takes over what a folder of this checkout holds, at a start: as the active version, or as a draft where
   * people have made or chosen another. Answers the row's id.
   * @param files as read; made from the content where they are left out
   */
  activate(pack: Pack, files?: PackFiles): Promise<number>;
  /** The parts of a stored pack version that one task needs; versions never change, so they are kept. */
  taskPack(packId: number, task: string): Promise<TaskPack>;
  pack(packId: number): Promise<Pack>;
  /** The version that new documents are run with; undefined: the pack has none. */
  active(name: string): Promise<Pack | undefined>;
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
    async active(name) {
      const found = await readActiveClasses(sql, name);
      return found && (await load(found.packId));
    },
    async taskPack(packId, task) {
      const key = `${packId}/${task}`;
      const before = parts.get(key);
      if (before) return before;
      const part = taskPackOf(await load(packId), task);
      parts.set(key, part);
      return part;
    },
    activate: async (pack, files) =>
      (await keepFolderPack(sql, packRow(pack, files ?? filesOfPack(pack), ceilings))).id,
  };
}

/** A pack as it is stored, its limits under those of the installation. */
export function packRow(pack: Pack, files: PackFiles, ceilings: PackCeilings): PackRow {
  return {
    name: pack.name,
    version: pack.version,
    contentHash: pack.contentHash,
    content: pack,
    filesOf: (version) => withVersion(files, version),
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
  };
}
