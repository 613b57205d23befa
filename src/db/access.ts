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

/** The workspace a key belongs to; undefined when the key is unknown or revoked. */
export async function findKeyWorkspace(db: Db, hash: Buffer): Promise<string | undefined> {
  const [row] = await db<{ workspace: string }[]>`
    select workspace from api_keys where hash = ${hash} and revoked_at is null`;
  return row?.workspace;
}

export async function workspaceExists(db: Db, workspace: string): Promise<boolean> {
  const rows = await db`select 1 from workspaces where id = ${workspace}`;
  return rows.length > 0;
}
