import type { PipelineState } from "../core/pipeline/life-cycle.ts";
import type { Db } from "./connect.ts";

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

export interface DeckVersionRow {
  readonly number: number;
  readonly of: number;
  readonly deckId: string;
}

/** Which of how many documents of the same bytes. */
export interface FileRunRow {
  readonly number: number;
  readonly of: number;
}

/**
 * Which version of which deck each of these documents is, by internal ids; those whose deck has one version alone are
 * left out. Each deck is gone through once, for however many of these belong to it.
 */
export async function readDeckVersions(
  db: Db,
  documents: readonly number[],
): Promise<Map<number, DeckVersionRow>> {
  if (documents.length === 0) return new Map();
  const rows = await db<(DeckVersionRow & { document: number })[]>`
    with asked as materialized (
      select f.document_id, f.workspace, f.deck_key from portfolio f where f.document_id = any (${[...documents]}::bigint[])
    ), files as (
      select a.workspace, a.deck_key, o.document_id, min(d.id) over (partition by a.workspace, a.deck_key, coalesce(d.sha256, d.public_id)) as first
      from (select distinct workspace, deck_key from asked) a join portfolio o on o.workspace = a.workspace and o.deck_key = a.deck_key
        join documents d on d.id = o.document_id
    ), numbered as (
      select f.document_id, f.workspace, f.deck_key, dense_rank() over (partition by f.workspace, f.deck_key order by f.first) as number from files f
    ), counted as (
      select n.document_id, n.deck_key, n.number, max(n.number) over (partition by n.workspace, n.deck_key) as versions from numbered n
    )
    select c.document_id as document, c.number::int, c.versions::int as of, 'k_' || left(c.deck_key, 16) as "deckId"
    from counted c join asked a on a.document_id = c.document_id where c.versions > 1`;
  return new Map(rows.map(({ document, ...version }) => [document, version]));
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
