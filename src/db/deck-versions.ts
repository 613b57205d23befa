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

/** All versions of a document's deck by the order of submission; only itself, or nothing, when it has no other. */
export async function readVersions(
  db: Db,
  document: number,
): Promise<{ readonly document: string; readonly name: string; readonly createdAt: Date }[]> {
  return db<{ document: string; name: string; createdAt: Date }[]>`
    select d.public_id as document, d.name, d.created_at as "createdAt"
    from portfolio f join portfolio o on o.workspace = f.workspace and o.deck_key = f.deck_key join documents d on d.id = o.document_id
    where f.document_id = ${document} order by o.document_id`;
}
