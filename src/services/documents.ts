import sharp from "sharp";
import { documentKey, pageKey } from "../blobs/blobs.ts";
import { slideState } from "../core/pipeline/slide-state.ts";
import {
  type BatchDocumentFilter,
  type DocumentRow,
  findDocument,
  listBatchDocuments,
  readSupply,
} from "../db/documents.ts";
import { readDocumentEvents } from "../db/events.ts";
import { applyMoves } from "../db/moves.ts";
import { countUnread } from "../db/unread.ts";
import {
  readGenerations,
  readLatestSlides,
  readResults,
  readResultsUpTo,
  readSlideFailures,
} from "../db/visual-results.ts";
import { AppError } from "../errors/app-error.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import { announce, type ServiceContext } from "./context.ts";
import { type ListRequest, readListPage } from "./document-list.ts";
import { type DocumentLogsRequest, documentLogs } from "./document-logs.ts";
import { createDurations } from "./durations.ts";
import { pageWidth } from "./leases.ts";
import type { PageDrawer } from "./page-drawer.ts";
import { type ReopenRequest, reopen } from "./reopen.ts";
import { overlayOf } from "./reviews.ts";
import type { Stranded } from "./stranded.ts";
import { documentView, failureView } from "./views.ts";

const imageWidths = [160, 640, 1280] as const;

/** Reads and commands of documents, for one installation. All throw DOCUMENT_NOT_FOUND. */
export function createDocuments(
  context: ServiceContext,
  max: Record<string, number>,
  stranded?: Stranded,
  /** Absent: only pictures that containers handed over are shown. */
  drawer?: PageDrawer,
) {
  const reasons = async () => (await stranded?.reasons()) ?? new Map<number, string>();
  const durations = createDurations(context);
  const resizes = createSemaphore(2);
  const find = async (workspace: string, id: string): Promise<DocumentRow> => {
    const row = await findDocument(context.sql, workspace, id);
    if (!row) throw new AppError("DOCUMENT_NOT_FOUND", id);
    return row;
  };
  const drawn = async (row: DocumentRow, slide: number): Promise<boolean> =>
    slide <= row.pages && (await drawer?.draw(row, slide)) !== undefined;
  const viewsOf = async (rows: readonly DocumentRow[]) => {
    const [supply, lost] = await Promise.all([readSupply(context.sql), reasons()]);
    const nowMs = context.clock.nowMs();
    return Promise.all(
      rows.map(async (row) =>
        documentView(row, await durations.paceOf(row), supply, max, nowMs, lost),
      ),
    );
  };
  return {
    find,
    durations,
    async list(asked: ListRequest) {
      const { rows, nextCursor } = await readListPage(context, asked);
      const documents = await viewsOf(rows);
      if (rows.length > 0 || !asked.q || asked.cursor !== undefined) {
        return { documents, nextCursor };
      }
      return { documents, nextCursor, notes: await unsearchedNotes(context, asked.workspace) };
    },
    async listOfBatch(filter: BatchDocumentFilter) {
      const rows = await listBatchDocuments(context.sql, { ...filter, limit: filter.limit + 1 });
      const page = rows.slice(0, filter.limit);
      const nextCursor = rows.length > page.length ? String(page.at(-1)?.id ?? "") : null;
      return { documents: await viewsOf(page), nextCursor };
    },
    async get(workspace: string, id: string) {
      const row = await find(workspace, id);
      const [pace, supply] = [await durations.paceOf(row), await readSupply(context.sql)];
      return documentView(row, pace, supply, max, context.clock.nowMs(), await reasons());
    },
    results: async (workspace: string, id: string, generation?: number) =>
      resultsOf(context, await find(workspace, id), generation),
    slides: async (workspace: string, id: string) => slidesOf(context, await find(workspace, id)),
    async image(workspace: string, id: string, slide: number, width: (typeof imageWidths)[number]) {
      const row = await find(workspace, id);
      const stored = () => resizes.run(() => pageImage(context, row, slide, width));
      // Drawn outside of the places for making pictures smaller, which others go on using.
      const jpeg = (await stored()) ?? ((await drawn(row, slide)) ? await stored() : undefined);
      if (!jpeg) throw new AppError("SLIDE_NOT_FOUND", `Slide ${slide}.`);
      return jpeg;
    },
    async file(workspace: string, id: string) {
      const row = await find(workspace, id);
      const blob = await context.blobs.open(documentKey(row.workspace, row.sha256));
      if (!blob) throw new AppError("DOCUMENT_UNAVAILABLE", "The stored file is missing.");
      return { ...blob, name: row.name };
    },
    async events(workspace: string, id: string, limit: number, before?: number) {
      const row = await find(workspace, id);
      const events = await readDocumentEvents(context.sql, row.document, limit, before);
      return { events, nextBefore: events.length < limit ? null : (events.at(-1)?.id ?? null) };
    },
    logs: async (workspace: string, id: string, request: DocumentLogsRequest) =>
      documentLogs(context, await find(workspace, id), request),
    async cancel(workspace: string, id: string, by: string) {
      const row = await find(workspace, id);
      const [ok] = await applyMoves(context.sql, [
        { kind: "cancel", pipeline: row.pipelineId, by },
      ]);
      if (!ok) throw new AppError("PIPELINE_FINISHED");
      announce(context);
    },
    reopen: async (workspace: string, id: string, request: ReopenRequest) =>
      reopen(context, await find(workspace, id), request, { durations, max }),
  };
}
export type Documents = ReturnType<typeof createDocuments>;

/** A company is known once the facts are. */
async function unsearchedNotes({ sql }: ServiceContext, workspace: string): Promise<string[]> {
  const unread = await countUnread(sql, workspace, "company");
  if (unread === 0) return [];
  const words = unread === 1 ? "1 deck is" : `${unread} decks are`;
  return [`${words} still being read: so far only the names of their files are searched.`];
}

/** What exists so far, or what stood in an older generation. */
async function resultsOf(context: ServiceContext, row: DocumentRow, asked = row.generation) {
  if (asked > row.generation) {
    throw new AppError("BAD_REQUEST", `The newest generation is ${row.generation}.`);
  }
  const isNewest = asked === row.generation;
  const rows = isNewest
    ? await readResults(context.sql, row.pipelineId)
    : await readResultsUpTo(context.sql, row.pipelineId, asked);
  const results = Object.fromEntries(rows.map((entry) => [entry.task, entry.result]));
  const usage = Object.fromEntries(
    rows.flatMap(({ task, usage }) => (usage === null ? [] : [[task, usage] as const])),
  );
  return {
    document: row.document,
    pipeline: row.pipeline,
    complete: row.finishedAt !== null || !isNewest,
    generation: asked,
    generations: await readGenerations(context.sql, row.pipelineId),
    engine: isNewest ? row.engine : (rows[0]?.engine ?? null),
    usage,
    pack: { name: row.packName, version: row.packVersion, hash: row.packHash },
    results: isNewest ? await withPartialSlides(context, row, results) : results,
    reviews: await overlayOf(context, row.id, results),
  };
}

/** Vision results that are still coming are shown as far as they are. */
async function withPartialSlides(
  context: ServiceContext,
  row: DocumentRow,
  results: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const partial = { ...results };
  for (const task of row.tasks.filter(
    (entry) => entry.pool === "vision" && !(entry.task in results),
  )) {
    const slides = await readLatestSlides(context.sql, row.workspace, row.sha256, task.task);
    if (slides.length > 0) partial[task.task] = { slides: slides.map((entry) => entry.result) };
  }
  return partial;
}

async function slidesOf(context: ServiceContext, row: DocumentRow) {
  const [analyses, findings, failures] = await Promise.all([
    readLatestSlides(context.sql, row.workspace, row.sha256, "visual_analysis"),
    readLatestSlides(context.sql, row.workspace, row.sha256, "slide_feedback"),
    readSlideFailures(context.sql, row.pipelineId),
  ]);
  const task = row.tasks.find((one) => one.task === "visual_analysis")?.state ?? null;
  const hasEnded = row.finishedAt !== null;
  const slides = [];
  for (let slide = 1; slide <= row.pages; slide += 1) {
    const failed = failures.find((entry) => entry.slide === slide);
    const analysis = analyses.find((entry) => entry.slide === slide)?.result ?? null;
    const [hasReading, hasFailure] = [analysis !== null, failed !== undefined];
    slides.push({
      slide,
      state: slideState({ hasReading, hasFailure, task, hasEnded }),
      image: await hasPicture(context, row, slide, failed?.failure.code),
      analysis,
      feedback: findings.find((entry) => entry.slide === slide)?.result ?? null,
      failure: failed ? failureView(failed.failure) : null,
    });
  }
  return { document: row.document, complete: hasEnded, slides };
}

/** There is one, or it can be drawn: once nobody reads the document any more, who would hand it over. */
async function hasPicture(
  { blobs }: ServiceContext,
  row: DocumentRow,
  slide: number,
  failed: string | undefined,
): Promise<boolean> {
  if (row.finishedAt !== null && failed !== "RENDER_FAILED") return true;
  return blobs.has(pageKey(row.workspace, row.sha256, slide, pageWidth));
}

/** The stored picture, or a smaller one made from it once and then kept. */
async function pageImage(
  context: ServiceContext,
  row: DocumentRow,
  slide: number,
  width: number,
): Promise<Buffer | undefined> {
  const key = pageKey(row.workspace, row.sha256, slide, width);
  const stored = await context.blobs.get(key);
  if (stored || width === pageWidth) return stored;
  const large = await context.blobs.get(pageKey(row.workspace, row.sha256, slide, pageWidth));
  if (!large) return undefined;
  const small = await sharp(large)
    .resize({ width, withoutEnlargement: true })
    .jpeg({ quality: 82 })
    .toBuffer();
  await context.blobs.put(key, small);
  return small;
}
