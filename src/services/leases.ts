import { documentKey, pageKey } from "../blobs/blobs.ts";
import type { GuardedCache } from "../cache/guarded.ts";
import type { CachedSlide, CacheKey } from "../cache/visual-cache.ts";
import type { KnownContainer } from "../db/containers.ts";
import {
  type ClaimedTask,
  findHeldWorkspace,
  readLease,
  reportProgress,
  saveSlide,
  saveSlideFailure,
  stageResult,
} from "../db/leases.ts";
import type { LeaseKey } from "../db/moves.ts";
import { storable } from "../db/storable.ts";
import {
  readFinishedSlides,
  readGeneration,
  readLatestSlides,
  readResults,
  writeSlides,
} from "../db/visual-results.ts";
import { AppError, type Failure } from "../errors/app-error.ts";
import type { TaskPack } from "../packs/pack.ts";
import type { ServiceContext } from "./context.ts";
import type { PackService } from "./packs.ts";
import { createRecipes, type Recipes } from "./recipe.ts";
import type { Settlement, WorkerOutcome } from "./turnstile/outcomes.ts";
import type { Turnstile } from "./turnstile/turnstile.ts";
import { upstreamOf } from "./upstream.ts";

/** A lease with everything its task needs, so that the worker asks for nothing else. */
export interface Grant {
  readonly claimed: ClaimedTask;
  readonly pack: TaskPack;
  readonly finished: Record<string, unknown>;
  readonly handoff: { slides: unknown[] } | null;
  readonly upstream: Record<string, unknown>;
}

export interface LeaseRequest {
  readonly capacity: number;
  readonly waitMs: number;
  readonly settle: readonly Settlement[];
}

export interface Leases {
  /** Settles, then leases at once or as soon as there is work, within `waitMs`. */
  lease(
    container: KnownContainer,
    request: LeaseRequest,
    signal: AbortSignal,
  ): Promise<{ accepted: boolean[]; grants: Grant[] }>;
  settle(container: KnownContainer, key: LeaseKey, outcome: WorkerOutcome): Promise<void>;
  progress(
    container: KnownContainer,
    key: LeaseKey,
    report: { fraction: number; done: number | null; total: number | null },
  ): Promise<void>;
  slide(container: KnownContainer, key: LeaseKey, slide: FinishedSlide): Promise<void>;
  page(container: KnownContainer, key: LeaseKey, page: number, jpeg: Buffer): Promise<void>;
  stage(container: KnownContainer, key: LeaseKey, result: unknown): Promise<void>;
  document(
    container: KnownContainer,
    key: LeaseKey,
  ): Promise<{ stream: NodeJS.ReadableStream; bytes: number }>;
  /** Visual results of the lease's own pipeline. Throws LEASE_LOST and HANDOFF_MISSING. */
  handoff(container: KnownContainer, key: LeaseKey): Promise<unknown[]>;
  cachedSlides(container: KnownContainer, sha256: string): Promise<unknown[]>;
  cacheSlides(
    container: KnownContainer,
    sha256: string,
    slides: { slide: number }[],
  ): Promise<void>;
}

export type FinishedSlide =
  | { readonly slide: number; readonly result: unknown; readonly seconds: number }
  | { readonly slide: number; readonly failure: Failure };

/** The picture's width as workers send it; smaller ones are made when somebody looks. */
export const pageWidth = 1280;

export interface LeaseParts {
  readonly packs: PackService;
  readonly turnstile: Turnstile;
  /** null: nothing is kept for other documents. */
  readonly cache: GuardedCache | null;
}

export function createLeases(context: ServiceContext, given: LeaseParts): Leases {
  const { turnstile } = given;
  const parts = { ...given, recipes: createRecipes(given.packs) };
  return {
    async lease(container, request, signal) {
      const { capacity, waitMs, settle } = request;
      const waiting = { waitMs, signal };
      const keep = await wholeResults(context, parts, container, settle);
      const passed = await turnstile.pass(container, settle, capacity, waiting);
      const { accepted, leases: claimed } = passed;
      await keep(accepted);
      const giveBack = () => turnstile.pass(container, claimed.map(released), 0);
      const grants: Grant[] = [];
      try {
        for (const task of claimed) grants.push(await grantOf(context, parts, container, task));
      } catch (error) {
        // A lease that was never heard of would stand until it stalls.
        await giveBack();
        throw error;
      }
      if (!signal.aborted) return { accepted: [...accepted], grants };
      // Nobody is there to hear of them: they go back at once.
      await giveBack();
      return { accepted: [...accepted], grants: [] };
    },
    async settle(container, key, outcome) {
      const keep = await wholeResults(context, parts, container, [{ key, outcome }]);
      const { accepted } = await turnstile.pass(container, [{ key, outcome }], 0);
      if (!accepted[0]) throw new AppError("LEASE_LOST");
      await keep(accepted);
    },
    ...leaseWrites(context, parts),
  };
}

const released = ({ epoch, id }: LeaseKey): Settlement => ({
  key: { epoch, id },
  outcome: { kind: "released" },
});

type Parts = LeaseParts & { readonly recipes: Recipes };

async function grantOf(
  context: ServiceContext,
  parts: Parts,
  container: KnownContainer,
  claimed: ClaimedTask,
): Promise<Grant> {
  const { packs } = parts;
  const pack = await packs.pack(claimed.packId);
  const task = pack.tasks.find((entry) => entry.name === claimed.task);
  const taskPack = await packs.taskPack(claimed.packId, claimed.task);
  const finished =
    task?.each === "slide" ? await finishedSlides(context, parts, container, claimed) : {};
  const handoff = task?.needsHandoff ? await handoffOf(context, parts, claimed) : null;
  return {
    claimed,
    pack: taskPack,
    finished,
    handoff: handoff && isSmall(handoff) ? handoff : null,
    upstream: await upstreamOf(context, claimed.pipelineId, task?.upstream ?? []),
  };
}

/**
 * By slide: what this pipeline has, and where it lacks one, what another document of the same bytes has
 * left in the cache. A task that is to be done anew takes nothing from elsewhere.
 */
async function finishedSlides(
  context: ServiceContext,
  { recipes, cache }: Parts,
  container: KnownContainer,
  claimed: ClaimedTask,
): Promise<Record<string, unknown>> {
  const recipe = await recipes.of(claimed.packId, claimed.task, container);
  const { isAnew, slides } = await readFinishedSlides(context.sql, { ...claimed, recipe });
  const { workspace, sha256 } = claimed;
  const others =
    isAnew || container.reader === null || slides.length >= claimed.pages
      ? []
      : ((await cache?.read({ workspace, sha256, recipe })) ?? []);
  return Object.fromEntries(
    [...others.filter(({ slide }) => slide > 0), ...slides].map(({ slide, result }) => [
      String(slide),
      result,
    ]),
  );
}

/**
 * Looks which of these outcomes are whole results by slide, while their leases still say of what; answers
 * how those are kept that were accepted. Kept whole, slides and rest agree, whoever else has written.
 */
async function wholeResults(
  { sql, log }: ServiceContext,
  { recipes, cache }: Parts,
  container: KnownContainer,
  settle: readonly Settlement[],
): Promise<(accepted: readonly boolean[]) => Promise<void>> {
  const found: { at: number; key: CacheKey; slides: CachedSlide[] }[] = [];
  const isOn = cache !== null && container.reader !== null;
  for (const [at, { key, outcome }] of isOn ? settle.entries() : []) {
    if (outcome.kind !== "done" || outcome.gaps.length > 0) continue;
    try {
      const slides = piecesOf(outcome.result);
      const lease = slides === null ? undefined : await readLease(sql, container.id, key);
      if (slides === null || lease === undefined) continue;
      const { workspace, sha256 } = lease;
      const recipe = await recipes.of(lease.packId, lease.task, container);
      found.push({ at, key: { workspace, sha256, recipe }, slides });
    } catch (error) {
      log.warn({ err: error }, "a result could not be looked at for the visual cache");
    }
  }
  return async (accepted) => {
    for (const { at, key, slides } of found) {
      if (accepted[at]) await cache?.write(key, slides);
    }
  };
}

/** A result by slide in the pieces it is kept in; null: it is none. */
function piecesOf(result: unknown): CachedSlide[] | null {
  const { slides, ...rest } = (storable(result) ?? {}) as { slides?: unknown };
  if (!Array.isArray(slides) || slides.length === 0) return null;
  const own = slides.map((one): CachedSlide => ({ slide: numberOf(one), result: one }));
  if (!own.every(({ slide }) => slide > 0)) return null;
  return [{ slide: 0, result: rest }, ...own];
}

const numberOf = (slide: unknown): number => {
  const number = (slide as { slide?: unknown } | null)?.slide;
  return Number.isInteger(number) ? Number(number) : 0;
};

/** A larger handoff would make the answer heavy for all leases in it: its container asks for it (`handoff`). */
const inlineCharsMax = 1024 * 1024;

const isSmall = (handoff: object): boolean => JSON.stringify(handoff).length <= inlineCharsMax;

interface Handoff {
  readonly slides: unknown[];
}

/**
 * The visual results of a pipeline as its visual task left them. On a Redis they are kept from the first
 * time they are asked for, under the pipeline and its generation: the tasks behind it read them there.
 */
async function handoffOf(
  { sql }: ServiceContext,
  { cache }: Parts,
  { workspace, sha256, pipelineId, pipeline }: ClaimedTask,
): Promise<Handoff | null> {
  const generation = cache?.kind === "redis" ? await readGeneration(sql, pipelineId, visual) : null;
  const recipe = `handoff/${visual}/${pipeline}/${generation}`;
  const key = generation === null ? null : { workspace, sha256, recipe };
  const kept = key === null ? [] : ((await cache?.read(key)) ?? []);
  if (kept.length > 0) return { slides: kept.map(({ result }) => result) };
  const [row] = await readResults(sql, pipelineId, [visual]);
  const { slides } = (row?.result ?? {}) as { slides?: unknown[] };
  if (!slides) return null;
  // Whole or not at all: one command, and its order is theirs.
  const numbered = slides.map((result, at) => ({ slide: at + 1, result }));
  if (key !== null) await cache?.write(key, numbered);
  return { slides };
}

const visual = "visual_analysis";

function leaseWrites(context: ServiceContext, parts: Parts) {
  const { recipes, cache } = parts;
  const live = async (container: KnownContainer, key: LeaseKey): Promise<ClaimedTask> => {
    const lease = await readLease(context.sql, container.id, key);
    if (!lease) throw new AppError("LEASE_LOST");
    return lease;
  };
  const fenced = (written: boolean): void => {
    if (!written) throw new AppError("LEASE_LOST");
    context.change.wakeAll();
  };
  return {
    async progress(
      container: KnownContainer,
      key: LeaseKey,
      report: Parameters<Leases["progress"]>[2],
    ) {
      fenced(await reportProgress(context.sql, container.id, key, report));
    },
    async slide(container: KnownContainer, key: LeaseKey, slide: FinishedSlide) {
      const lease = await live(container, key);
      if ("failure" in slide) {
        const failure = storable(slide.failure) as Failure;
        fenced(await saveSlideFailure(context.sql, container.id, key, slide.slide, failure));
        return;
      }
      const recipe = await recipes.of(lease.packId, lease.task, container);
      const result = storable(slide.result);
      const row = { recipe, slide: slide.slide, result, seconds: slide.seconds };
      fenced(await saveSlide(context.sql, container.id, key, row));
      // The pipeline has it; whether the cache has it too does not matter to it.
      if (container.reader === null) return;
      const { workspace, sha256 } = lease;
      await cache?.write({ workspace, sha256, recipe }, [{ slide: slide.slide, result }]);
    },
    async page(container: KnownContainer, key: LeaseKey, page: number, jpeg: Buffer) {
      const lease = await live(container, key);
      if (page > lease.pages) throw new AppError("SLIDE_NOT_FOUND", `Page ${page}.`);
      const target = pageKey(lease.workspace, lease.sha256, page, pageWidth);
      if (!(await context.blobs.has(target))) await context.blobs.put(target, jpeg);
      context.change.wakeAll();
    },
    async stage(container: KnownContainer, key: LeaseKey, result: unknown) {
      fenced(await stageResult(context.sql, container.id, key, storable(result)));
    },
    async document(container: KnownContainer, key: LeaseKey) {
      const lease = await live(container, key);
      const blob = await context.blobs.open(documentKey(lease.workspace, lease.sha256));
      if (!blob) throw new AppError("DOCUMENT_UNAVAILABLE", "The stored file is missing.");
      return blob;
    },
    async handoff(container: KnownContainer, key: LeaseKey) {
      const lease = await live(container, key);
      const found = await handoffOf(context, parts, lease);
      if (!found) throw new AppError("HANDOFF_MISSING");
      return found.slides;
    },
    async cachedSlides(container: KnownContainer, sha256: string) {
      const workspace = await workspaceOf(context, container, sha256);
      const rows = await readLatestSlides(context.sql, workspace, sha256, visual);
      if (rows.length === 0) throw new AppError("UNKNOWN_DOCUMENT");
      return rows.map((row) => row.result);
    },
    async cacheSlides(container: KnownContainer, sha256: string, slides: { slide: number }[]) {
      const workspace = await workspaceOf(context, container, sha256);
      const by =
        container.engine.model === null
          ? container.engine.name
          : `${container.engine.name}:${container.engine.model}`;
      const recipe = `direct/visual_analysis/${by}`;
      const entry = { workspace, sha256, recipe, container: container.id, pipelineId: 0 };
      await writeSlides(
        context.sql,
        entry,
        slides.map((slide) => ({ slide: slide.slide, result: storable(slide) })),
      );
    },
  };
}

/** A container sees only documents whose work it holds now: the workspace is that lease's. */
async function workspaceOf(
  context: ServiceContext,
  container: KnownContainer,
  sha256: string,
): Promise<string> {
  const workspace = await findHeldWorkspace(context.sql, container.id, sha256);
  if (workspace === undefined) throw new AppError("UNKNOWN_DOCUMENT");
  return workspace;
}
