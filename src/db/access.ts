import type { Db } from "./connect.ts";

/** The keys of the configuration, known by their hash; safe to repeat. */
export async function ensureApiKeys(
  db: Db,
  workspace: string,
  hashes: readonly Buffer[],
): Promise<void> {
  for (const hash of hashes) {
    await db`insert into api_keys (workspace, label, hash) values (${workspace}, 'configuration', ${hash}) on conflict do nothing`;
  }
}

/** A key that is not revoked, as it is stored. */
export interface ApiKey {
  readonly id: string;
  readonly workspace: string;
  readonly hash: Buffer;
  /** It was written by `ensureApiKeys`, whether or not it is configured still. */
  readonly isConfigured: boolean;
}

const columns = (db: Db) =>
  db`id::text, workspace, hash, label = 'configuration' as "isConfigured"`;

/** undefined when the key is unknown or revoked. */
export async function findKey(db: Db, hash: Buffer): Promise<ApiKey | undefined> {
  const [row] = await db<ApiKey[]>`
    select ${columns(db)} from api_keys where hash = ${hash} and revoked_at is null`;
  return row;
}

/** undefined when there is no such key, or it is revoked. */
export async function findKeyById(db: Db, id: string): Promise<ApiKey | undefined> {
  const [row] = await db<ApiKey[]>`
    select ${columns(db)} from api_keys where id = ${id} and revoked_at is null`;
  return row;
}

export async function hasOtherWorkspaces(db: Db, workspace: string): Promise<boolean> {
  const rows = await db`select 1 from workspaces where id <> ${workspace} limit 1`;
  return rows.length > 0;
}

export async function workspaceExists(db: Db, workspace: string): Promise<boolean> {
  const rows = await db`select 1 from workspaces where id = ${workspace}`;
  return rows.length > 0;
}
