import { isStale, type ReviewVerdict, reviewedValue } from "../core/review/overlay.ts";
import { presentPath } from "../core/review/paths.ts";
import { type Reviewable, reviewables } from "../core/review/reviewable.ts";
import type { DocumentRow } from "../db/documents.ts";
import { findPackVersion } from "../db/pack-versions.ts";
import { addReview, type ReviewRow, readNewestReviews, readReviews } from "../db/reviews.ts";
import { readResults } from "../db/visual-results.ts";
import { AppError } from "../errors/app-error.ts";
import type { Pack } from "../packs/pack.ts";
import type { ServiceContext } from "./context.ts";
import type { Documents } from "./documents.ts";

export interface ReviewRequest {
  readonly path: string;
  readonly verdict: ReviewVerdict;
  /** Of `corrected`. */
  readonly value?: unknown;
  readonly note: string | null;
  readonly by: string;
  /** That was looked at. */
  readonly generation?: number | undefined;
}

/** What is wrong with a value of a type, in words; null: nothing is. */
export type ValueProblem = (
  type: string,
  value: unknown,
  choices: readonly string[] | null,
) => string | null;

const historyMax = 500;

/** What people say of results, beside them. All throw DOCUMENT_NOT_FOUND. */
export function createReviews(
  context: ServiceContext,
  documents: Pick<Documents, "find">,
  valueProblem: ValueProblem,
) {
  const { sql } = context;
  const look = async (workspace: string, id: string) => {
    const row = await documents.find(workspace, id);
    const results = await readResults(sql, row.pipelineId);
    const items = reviewables(Object.fromEntries(results.map((one) => [one.task, one.result])));
    return { row, results, items };
  };
  const list = async (workspace: string, id: string) => {
    const { row, items } = await look(workspace, id);
    const history = (await readReviews(sql, row.id, historyMax)).map(atPresentPath);
    const standing = new Map((await standingReviews(sql, row.id)).map((one) => [one.path, one]));
    return {
      document: row.document,
      pipeline: row.pipeline,
      generation: row.generation,
      complete: row.finishedAt !== null,
      items: items.map(({ value, ...item }) => {
        const review = standing.get(item.path);
        return { ...item, read: value, review: review ? reviewView(review, value) : null };
      }),
      history: history.map((one) => reviewView(one, readAt(items, one))),
    };
  };
  return {
    list,
    /**
     * Adds one and answers it. Throws REVIEW_TOO_EARLY, REVIEW_OUTDATED, REVIEW_PATH_UNKNOWN, REVIEW_VALUE_INVALID and
     * REVIEW_NONE.
     */
    async add(workspace: string, id: string, request: ReviewRequest) {
      const { row, results, items } = await look(workspace, id);
      const item = judgedItem(row, items, request);
      if (request.verdict === "corrected") {
        await checkValue(context, row, item, request, valueProblem);
      } else if (request.value !== undefined) {
        throw new AppError("REVIEW_VALUE_INVALID", "Only a correction carries a value.");
      }
      if (request.verdict === "withdrawn") {
        const standing = await standingReviews(sql, row.id);
        if (!standing.some(({ path }) => path === item.path)) {
          throw new AppError("REVIEW_NONE", item.path);
        }
      }
      const { path, task, value: seen } = item;
      const { verdict, note, by } = request;
      const generation = results.find((one) => one.task === task)?.generation ?? row.generation;
      const isAdded = await addReview(sql, {
        ...{ document: row.id, pipeline: row.pipelineId, generation, path, task },
        ...{ verdict, seen, corrected: request.value ?? null, note, by },
      });
      if (!isAdded) throw new AppError("DOCUMENT_NOT_FOUND", id);
      context.change.wakeAll();
      return list(workspace, id);
    },
  };
}
export type Reviews = ReturnType<typeof createReviews>;

const atPresentPath = (row: ReviewRow): ReviewRow => ({
  ...row,
  path: presentPath(row.path, row.seen),
});

/** Of each value what was said last, unless it was taken back. */
export async function standingReviews(sql: ServiceContext["sql"], document: number) {
  // Newest first, so that one under an older path gives way.
  const newest = new Map<string, ReviewRow>();
  for (const row of (await readNewestReviews(sql, document)).map(atPresentPath)) {
    if (!newest.has(row.path)) newest.set(row.path, row);
  }
  return [...newest.values()]
    .filter(({ verdict }) => verdict !== "withdrawn")
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** As the results say it now. undefined: its task is being done again. */
function readAt(items: readonly Reviewable[], { path, task }: ReviewRow): unknown {
  if (!items.some((item) => item.task === task)) return undefined;
  return items.find((item) => item.path === path)?.value ?? null;
}

/** The overlay of results: of each path what was said last, beside what the results say. */
export async function overlayOf(
  { sql }: Pick<ServiceContext, "sql">,
  document: number,
  results: Readonly<Record<string, unknown>>,
) {
  const standing = await standingReviews(sql, document);
  if (standing.length === 0) return [];
  const items = reviewables(results);
  return standing.map((one) => reviewView(one, readAt(items, one)));
}

function reviewView(row: ReviewRow, read: unknown) {
  const { path, task, verdict, seen, note, by, generation } = row;
  const stale = read !== undefined && isStale(row, read);
  const reviewed = reviewedValue(row) ?? null;
  return {
    ...{ path, task, verdict, read: read ?? null, seen, reviewed, stale, note, by, generation },
    at: row.at.toISOString(),
  };
}

function judgedItem(
  row: DocumentRow,
  items: readonly Reviewable[],
  { path, generation }: ReviewRequest,
): Reviewable {
  if (row.finishedAt === null) throw new AppError("REVIEW_TOO_EARLY", row.document);
  if (generation !== undefined && generation !== row.generation) {
    throw new AppError("REVIEW_OUTDATED", `The newest generation is ${row.generation}.`);
  }
  const item = items.find((one) => one.path === path);
  if (!item) throw new AppError("REVIEW_PATH_UNKNOWN", path);
  return item;
}

async function checkValue(
  context: ServiceContext,
  row: DocumentRow,
  { path, task, type }: Reviewable,
  { value }: ReviewRequest,
  valueProblem: ValueProblem,
): Promise<void> {
  const refuse = (why: string) => new AppError("REVIEW_VALUE_INVALID", `${path}: ${why}`);
  if (type === null) throw refuse("it can be verified or flagged, not corrected.");
  if (value === undefined) throw refuse("a correction needs a value, or null.");
  const choices = type === "choice" ? await choicesOf(context, row, task, path) : null;
  const problem = valueProblem(type, value, choices);
  if (problem !== null) throw refuse(`${problem} (type ${type})`);
}

/** The values of a choice, as the pack that read the document declares them; null: it is not stored. */
async function choicesOf(
  { sql }: ServiceContext,
  row: DocumentRow,
  task: string,
  path: string,
): Promise<string[] | null> {
  const stored = await findPackVersion(sql, row.packName, row.packVersion);
  const pack = stored?.content as Pack | undefined;
  const set = pack?.tasks.find((one) => one.name === task)?.fields;
  const fields = set ? pack?.fields?.[set]?.fields : undefined;
  const field = fields?.find(({ name }) => `${task}.${name}` === path);
  return field?.choices.map(({ value }) => value) ?? null;
}
