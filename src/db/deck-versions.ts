import type { PipelineState } from "../core/pipeline/life-cycle.ts";
import type { Db } from "./connect.ts";
import type { FileRunRow } from "./slide-search.ts";

/**
 * Joins a document to the deck of another one or, without one, makes it a deck of its own. By public ids. False: the
 * workspace has no such document, or the other one is not in its portfolio yet.
 */
export async function chooseDeck(
  db: Db,
  choice: {
    readonly workspace: string;
    readonly document: string;
    readonly of: string | null;
    readonly by: string;
  },
): Promise<boolean> {
  const { workspace, document, of, by } = choice;
  const [row] = await db<{ chosen: boolean }[]>`
    select choose_deck(${workspace}, ${document}, ${of}, ${by}) is not null as chosen`;
  return row?.chosen ?? false;
}

export interface VersionRow {
  readonly document: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly state: PipelineState;
  /** Files count by their first submissions. */
  readonly number: number;
  readonly fileRun: FileRunRow | null;
}

/** All documents of a document's deck by version and run; only itself, or nothing, when it has no other. */
export async function readVersions(db: Db, document: number): Promise<VersionRow[]> {
  return db<VersionRow[]>`
    select x.public_id as document, x.name, x.created_at as "createdAt", p.state, (dense_rank() over (order by x.first))::int as number,
      file_run(x.workspace, x.sha256, x.id) as "fileRun"
    from (select d.*, o.pipeline_id, min(d.id) over (partition by coalesce(d.sha256, d.public_id)) as first
      from portfolio f join portfolio o on o.workspace = f.workspace and o.deck_key = f.deck_key join documents d on d.id = o.document_id
      where f.document_id = ${document}) x join pipelines p on p.id = x.pipeline_id
    order by x.first, x.id`;
}
