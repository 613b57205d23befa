import { documentKey, pageKey } from "../blobs/blobs.ts";
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
  readLatestSlides,
  readResults,
  writeSlides,
} from "../db/visual-results.ts";
import { AppError, type Failure } from "../errors/app-error.ts";
import type { TaskPack } from "../packs/pack.ts";
import type { ServiceContext } from "./context.ts";
import type { PackService } from "./packs.ts";
import type { Settlement, WorkerOutcome } from "./turnstile/outcomes.ts";
import type { Turnstile } from "./turnstile/turnstile.ts";

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

/** Which visual results fit which reading: pack version by content, task, and who read. */
function recipeOf(
  pack: { name: string; version: number; contentHash: string },
  task: string,
  engine: KnownContainer["engine"],
): string {
  const by = engine.model === null ? engine.name : `${engine.name}:${engine.model}`;
  return `${pack.name}@${pack.version}-${pack.contentHash.slice(0, 8)}/${task}/${by}`;
}

export function createLeases(
  context: ServiceContext,
  packs: PackService,
  turnstile: Turnstile,
): Leases {
  return {
    async lease(container, request, signal) {
      const { capacity, waitMs, settle } = request;
      const waiting = { waitMs, signal };
      const passed = await turnstile.pass(container, settle, capacity, waiting);
      const { accepted, leases: claimed } = passed;
      const giveBack = () => turnstile.pass(container, claimed.map(released), 0);
      const grants: Grant[] = [];
      try {
        for (const task of claimed) grants.push(await grantOf(context, packs, container, task));
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
      const { accepted } = await turnstile.pass(container, [{ key, outcome }], 0);
      if (!accepted[0]) throw new AppError("LEASE_LOST");
    },
    ...leaseWrites(context, packs),
  };
}

const released = ({ epoch, id }: LeaseKey): Settlement => ({
  key: { epoch, id },
  outcome: { kind: "released" },
});

async function grantOf(
  context: ServiceContext,
  packs: PackService,
  container: KnownContainer,
  claimed: ClaimedTask,
): Promise<Grant> {
  const pack = await packs.pack(claimed.packId);
  const task = pack.tasks.find((entry) => entry.name === claimed.task);
  const taskPack = await packs.taskPack(claimed.packId, claimed.task);
  const recipe = recipeOf(pack, claimed.task, container.engine);
  const own =
    task?.each === "slide" ? await readFinishedSlides(context.sql, { ...claimed, recipe }) : [];
  const results = task?.needsHandoff ? await readResults(context.sql, claimed.pipelineId) : [];
  const handoff = handoffIn(results);
  const upstream = results.filter((row) => task?.upstream.includes(row.task));
  return {
    claimed,
    pack: taskPack,
    finished: Object.fromEntries(own.map((row) => [String(row.slide), row.result])),
    handoff: handoff && isSmall(handoff) ? handoff : null,
    upstream: Object.fromEntries(upstream.map((row) => [row.task, row.result])),
  };
}

/** A larger handoff would make the answer heavy for all leases in it: its container asks for it (`handoff`). */
const inlineCharsMax = 1024 * 1024;

const isSmall = (handoff: object): boolean => JSON.stringify(handoff).length <= inlineCharsMax;

function handoffIn(
  results: readonly { task: string; result: unknown }[],
): { slides: unknown[] } | null {
  const visual = results.find((row) => row.task === "visual_analysis")?.result;
  const { slides } = (visual ?? {}) as { slides?: unknown[] };
  return slides ? { slides } : null;
}

function leaseWrites(context: ServiceContext, packs: PackService) {
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
      const recipe = recipeOf(await packs.pack(lease.packId), lease.task, container.engine);
      const row = {
        recipe,
        slide: slide.slide,
        result: storable(slide.result),
        seconds: slide.seconds,
      };
      fenced(await saveSlide(context.sql, container.id, key, row));
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
      const found = handoffIn(await readResults(context.sql, lease.pipelineId));
      if (!found) throw new AppError("HANDOFF_MISSING");
      return found.slides;
    },
    async cachedSlides(container: KnownContainer, sha256: string) {
      const workspace = await workspaceOf(context, container, sha256);
      const rows = await readLatestSlides(context.sql, workspace, sha256, "visual_analysis");
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
