import type { GuardedCache } from "../cache/guarded.ts";
import {
  type LastReader,
  readActiveClasses,
  readLastReader,
  readPipelineId,
  readWaiting,
  type WaitingTask,
} from "../db/cached-work.ts";
import type { Db } from "../db/connect.ts";
import { applyMoves, type CachedMove } from "../db/moves.ts";
import { announce, type ServiceContext } from "./context.ts";
import type { PackService } from "./packs.ts";
import { createRecipes } from "./recipe.ts";

/** A document about to be submitted. */
export interface Coming {
  readonly workspace: string;
  readonly sha256: string;
  readonly pages: number;
  readonly pack: string;
}

/** Results that are there already, for a pipeline that is not there yet. */
export type Known = readonly Omit<CachedMove, "pipeline">[];

/** Work that is done without a container, because every slide of it is in the cache. */
export interface CachedWork {
  /** What is known of a document by the version of its pack that is active now. Never throws. */
  look(document: Coming): Promise<Known>;
  /** Ends the tasks it is known of, in the transaction of the submission: no container ever sees them. */
  end(tx: Db, pipeline: string, known: Known): Promise<void>;
  /** Looks through the first that wait; answers how many tasks it ended. */
  sweep(): Promise<number>;
}

export interface CachedWorkParts {
  readonly packs: PackService;
  readonly cache: GuardedCache | null;
  /** Who would read if a container were started now: the model by pool, and the code of this installation. */
  readonly engine: {
    readonly name: string;
    readonly models: Readonly<Record<string, string | null | undefined>>;
  };
  readonly codeDigest: string;
}

/** Tasks of a class that are looked through, and how many are ended in one transaction. */
const waitingMax = 200;
const movesAtOnce = 20;

interface Sought extends Pick<WaitingTask, "packId" | "idx" | "classId"> {
  readonly workspace: string;
  readonly sha256: string;
  readonly pages: number;
}

export function createCachedWork(context: ServiceContext, parts: CachedWorkParts): CachedWork {
  const { sql, log } = context;
  const { packs, cache } = parts;
  const recipes = createRecipes(packs);

  /** The task's result, when every slide of it is kept. */
  const find = async (
    sought: Sought,
    lastOf: (classId: number) => Promise<LastReader | undefined>,
  ): Promise<Omit<CachedMove, "pipeline"> | null> => {
    const { packId, idx, classId, workspace, sha256, pages } = sought;
    const task = (await packs.pack(packId)).tasks[idx];
    if (cache === null || task?.each !== "slide") return null;
    const by = await lastOf(classId);
    if (by === undefined || !isCurrent(by, task.pool, parts)) return null;
    const recipe = await recipes.of(packId, task.name, by);
    const slides = await cache.read({ workspace, sha256, recipe });
    const [rest, ...own] = slides;
    // Only what was a whole result has a rest.
    const isWhole = rest?.slide === 0 && own.length === pages;
    if (!isWhole || !own.every(({ slide }, at) => slide === at + 1)) return null;
    const result = { ...(rest.result as object), slides: own.map((slide) => slide.result) };
    return { kind: "cached", pack: packId, idx, result, engine: by.engine };
  };

  return {
    async look({ pack, ...document }) {
      try {
        const active = cache === null ? undefined : await readActiveClasses(sql, pack);
        if (active === undefined) return [];
        const { packId } = active;
        const lastOf = (id: number) => readLastReader(sql, id);
        const found: Omit<CachedMove, "pipeline">[] = [];
        for (const [idx, classId] of active.classIds.entries()) {
          const one = await find({ packId, idx, classId, ...document }, lastOf);
          if (one !== null) found.push(one);
        }
        return found;
      } catch (error) {
        log.warn({ err: error }, "what is known of a document could not be read");
        return [];
      }
    },
    async end(tx, pipeline, known) {
      const id = await readPipelineId(tx, pipeline);
      if (id === undefined) return;
      await applyMoves(
        tx,
        known.map((move) => ({ ...move, pipeline: id })),
      );
    },
    async sweep() {
      if (cache === null) return 0;
      const waiting = await readWaiting(sql, waitingMax);
      const readers = new Map<number, Promise<LastReader | undefined>>();
      const lastOf = (id: number) => {
        const asked = readers.get(id) ?? readLastReader(sql, id);
        readers.set(id, asked);
        return asked;
      };
      let ended = 0;
      let moves: CachedMove[] = [];
      const flush = async (): Promise<void> => {
        const accepted = await applyMoves(sql, moves);
        ended += accepted.filter(Boolean).length;
        moves = [];
      };
      for (const task of waiting) {
        const found = await find(task, lastOf);
        if (found !== null) moves.push({ ...found, pipeline: task.pipelineId });
        if (moves.length >= movesAtOnce) await flush();
      }
      await flush();
      if (ended > 0) announce(context);
      return ended;
    },
  };
}

/**
 * Whether a container that was started now would read as that one did: the engine and model that are set,
 * and our own code. Where that is not sure, a container is started, and finds in its lease what is kept.
 */
function isCurrent(
  { engine, reader }: LastReader,
  pool: string,
  { engine: set, codeDigest }: CachedWorkParts,
): boolean {
  const model = set.models[pool] ?? null;
  return engine.name === set.name && engine.model === model && reader.startsWith(`${codeDigest}/`);
}
