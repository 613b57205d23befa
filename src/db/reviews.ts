import type { ReviewVerdict } from "../core/review/overlay.ts";
import type { Db } from "./connect.ts";

export interface ReviewRow {
  readonly path: string;
  readonly task: string;
  readonly verdict: ReviewVerdict;
  readonly seen: unknown;
  /** Of `corrected` alone; null there: the document does not state it. */
  readonly corrected: unknown;
  readonly note: string | null;
  readonly by: string;
  readonly at: Date;
  readonly generation: number;
}

export interface NewReview extends Omit<ReviewRow, "at"> {
  /** Internal ids. */
  readonly document: number;
  readonly pipeline: number;
}

/** Adds one, with its event; false: its document is deleted. */
export async function addReview(db: Db, review: NewReview): Promise<boolean> {
  const { corrected, ...rest } = review;
  const told = review.verdict === "corrected" ? { ...rest, corrected } : rest;
  const [row] = await db<{ added: boolean }[]>`
    select add_review(${JSON.stringify(told)}::text::jsonb) is not null as added`;
  return row?.added ?? false;
}

/** All that was said of a document, newest first. */
export async function readReviews(db: Db, document: number, limit: number): Promise<ReviewRow[]> {
  return db<ReviewRow[]>`
    select path, task, verdict, seen, corrected, note, made_by as by, at, generation
    from reviews where document_id = ${document} order by id desc limit ${limit}`;
}

/** Of each path what was said last, newest first; what was taken back too. */
export async function readNewestReviews(db: Db, document: number): Promise<ReviewRow[]> {
  return db<ReviewRow[]>`
    select path, task, verdict, seen, corrected, note, by, at, generation from (
      select distinct on (path) id, path, task, verdict, seen, corrected, note, made_by as by, at, generation
      from reviews where document_id = ${document} order by path, id desc) newest
    order by id desc`;
}

/** What the value at a path was corrected to, if that is what was said of it last; null: it is not stated. */
export async function readNewestCorrection(
  db: Db,
  pipelineId: number,
  path: string,
): Promise<unknown> {
  const [row] = await db<{ verdict: ReviewVerdict; corrected: unknown }[]>`
    select r.verdict, r.corrected from pipelines p join reviews r on r.document_id = p.document_id and r.path = ${path}
    where p.id = ${pipelineId} order by r.id desc limit 1`;
  return row?.verdict === "corrected" ? row.corrected : undefined;
}
