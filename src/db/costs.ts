import type { Db } from "./connect.ts";
import { millis } from "./millis.ts";

/** What a run stood on and what worked in it. Instants in milliseconds. */
export interface RunFacts {
  readonly run: number;
  readonly requestedMs: number;
  /** It ended in a failure. */
  readonly failed: boolean;
  readonly gpu: string | null;
  readonly region: string | null;
  readonly spot: boolean;
  /** `ollama llava:13b`; null: its container never registered. */
  readonly model: string | null;
}

export async function readRunFacts(db: Db, runs: readonly number[]): Promise<RunFacts[]> {
  return db<RunFacts[]>`
    select r.id as run, ${millis(db, "r.requested_at")} as "requestedMs", r.phase = 'failed' as failed, r.gpu, r.region, r.spot, (
      select concat_ws(' ', s.engine ->> 'name', s.engine ->> 'model') from processing_servers s
      where s.server_type = r.pool and s.replica = r.replica
        and (s.id = r.container_id or (s.created_at >= r.requested_at and s.created_at <= coalesce(r.ended_at, 'infinity')))
      order by s.created_at desc limit 1) as model
    from replicas r where r.id = any (${[...runs]}::bigint[])`;
}

/** A document whose last pipeline ended well in a period. */
export interface DeckRow {
  readonly document: string;
  readonly pages: number | null;
}

export async function readDecks(
  db: Db,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Promise<DeckRow[]> {
  return db<DeckRow[]>`
    select distinct p.document, d.pages from pipelines p join documents d on d.id = p.document_id
    where p.state in ('done', 'done_with_gaps') and p.finished_at >= to_timestamp(${fromMs}::float8 / 1000)
      and p.finished_at < to_timestamp(${untilMs}::float8 / 1000)`;
}

export interface DocumentName {
  readonly document: string;
  readonly workspace: string;
  readonly name: string;
  readonly pages: number | null;
}

/** By public ids; whoever asks shows names of his own workspace only. */
export async function readDocumentNames(
  db: Db,
  documents: readonly string[],
): Promise<DocumentName[]> {
  return db<DocumentName[]>`
    select public_id as document, workspace, name, pages from documents where public_id = any (${[...documents]})`;
}

/** Whether a period holds any run at all, and since when there are runs. */
export async function readFirstRunMs(db: Db): Promise<number | null> {
  const [row] = await db<{ ms: number | null }[]>`
    select ${millis(db, "min(requested_at)")} as ms from replicas`;
  return row?.ms ?? null;
}
