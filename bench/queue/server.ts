import { chmod, mkdtemp, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { connect, type Sql, sessionLimits } from "../../src/db/connect.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded/start.ts";

/** The same for every contestant; whatever a system sets on its own tables is part of the system. */
export const settings = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_compression: "off",
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "30min",
  max_connections: "100",
} as const;

export interface BenchServer {
  readonly version: string;
  /** On the disk the data is on. */
  readonly dir: string;
  /** Runs `use` with a new, empty database, and drops it. */
  withDatabase<T>(use: (database: BenchDatabase) => Promise<T>): Promise<T>;
  /** May be called twice: by a signal and at the end. */
  stop(): Promise<void>;
}

export interface BenchDatabase {
  readonly url: string;
  counters(): Promise<Counters>;
  /** Settles when no client is connected to it, and so every commit is counted. */
  clientsGone(): Promise<void>;
}

export interface Counters {
  /** Transactions the database ended, also those that only read. */
  readonly commits: number;
  /** Transactions that wrote, of the whole server. */
  readonly writes: number;
  readonly walBytes: number;
  readonly connections: number;
}

/** Linux's tmpfs. */
const memoryFileSystem = 0x01021994;

/** @param parent a folder on a real disk: a memory file system would make commits free */
export async function startBenchServer(parent: string): Promise<BenchServer> {
  if ((await statfs(parent)).type === memoryFileSystem) {
    throw new Error(
      `${parent} is in memory, where no commit waits. Name a folder on a disk: --dir`,
    );
  }
  const dir = await mkdtemp(join(parent, "pilotlight-bench-"));
  // Run as root, the server is another user, who must be able to pass.
  await chmod(dir, 0o755);
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const stateDir = join(dir, "state");
    const limits = { ...sessionLimits, statementMsMax: 120_000 };
    const server = await startEmbeddedPostgres({ stateDir, sharedRoot: dir, settings });
    const admin = connect(server.url, { max: 1, name: "bench", limits });
    let made = 0;
    let stopped: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      await admin.end();
      await server.stop();
      await remove();
    };
    return {
      version:
        (await admin<{ server_version: string }[]>`show server_version`)[0]?.server_version ?? "",
      dir,
      withDatabase: (use) => {
        made += 1;
        return withDatabase(admin, server.url, `bench_${made}`, use);
      },
      stop() {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function withDatabase<T>(
  admin: Sql,
  serverUrl: string,
  name: string,
  use: (database: BenchDatabase) => Promise<T>,
): Promise<T> {
  // A checkpoint of one run must not fall into another.
  await admin`checkpoint`;
  await admin`create database ${admin(name)}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  try {
    return await use({
      url: url.href,
      counters: () => readCounters(admin, name),
      clientsGone: () => waitForNoClients(admin, name),
    });
  } finally {
    await admin`drop database ${admin(name)} with (force)`;
  }
}

async function readCounters(sql: Sql, name: string): Promise<Counters> {
  const [row] = await sql<Counters[]>`
    select xact_commit::int8 as commits,
      pg_snapshot_xmax(pg_current_snapshot())::text::int8 as writes,
      (pg_current_wal_insert_lsn() - '0/0')::int8 as "walBytes",
      numbackends::int8 as connections
    from pg_stat_database where datname = ${name}`;
  if (row === undefined) throw new Error(`There is no database ${name}.`);
  return row;
}

async function waitForNoClients(sql: Sql, name: string): Promise<void> {
  for (;;) {
    const rows = await sql`
      select from pg_stat_activity where datname = ${name} and backend_type = 'client backend'`;
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
