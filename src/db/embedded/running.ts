import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { database, superuser } from "./cluster.ts";
import { livePostmaster, readPostmaster } from "./postmaster.ts";

/** The address of the embedded server that another process runs for this state folder, or null. */
export async function runningPostgres(stateDir: string): Promise<string | null> {
  const dataDir = await realpath(join(stateDir, "postgres", "data")).catch(() => null);
  if (dataDir === null || (await livePostmaster(dataDir)) === null) return null;
  const port = (await readPostmaster(dataDir))?.port ?? null;
  const password = await readFile(join(stateDir, "postgres-password"), "utf8").catch(() => "");
  if (port === null || password.trim() === "") return null;
  return `postgres://${superuser}:${password.trim()}@127.0.0.1:${port}/${database}`;
}
