import { createHash } from "node:crypto";
import { type ControlPlane, createControlPlane } from "./control-plane.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { submit } from "./queue.ts";

export const ownKey = "the key of the default workspace";
export const otherKey = "the key of another workspace";
export const hashOfKey = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Two control planes of one database: one asks for a key, the other for none. */
export interface LockedPlane {
  readonly db: TestDatabase;
  readonly open: ControlPlane;
  readonly locked: ControlPlane;
  /** Of the default workspace. The workspace `other` is there too, with a key and nothing else. */
  readonly document: string;
  /** Stores a key that no configuration names. */
  addKey(workspace: string, key: string): Promise<void>;
  close(): Promise<void>;
}

export async function createLockedPlane(): Promise<LockedPlane> {
  const db = await createTestDatabase();
  const open = await createControlPlane(db);
  const locked = await createControlPlane(db, { apiKeys: [ownKey] });
  const addKey = async (workspace: string, key: string): Promise<void> => {
    await db.sql`insert into api_keys (workspace, label, hash) values (${workspace}, 'test', ${hashOfKey(key)})`;
  };
  await db.sql`insert into workspaces (id, name) values ('other', 'Other')`;
  await addKey("other", otherKey);
  const { document } = await submit(db.sql, "pitch-deck");
  return {
    ...{ db, open, locked, document, addKey },
    async close() {
      await locked.close();
      await open.close();
      await db.drop();
    },
  };
}
