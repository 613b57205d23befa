import { execFile } from "node:child_process";
import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readPostmaster } from "../../../src/db/embedded/postmaster.ts";
import { signal } from "../../../src/db/embedded/processes.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../../src/db/embedded/start.ts";

const run = promisify(execFile);

/** How PostgreSQL is made to end: in order, by crash recovery later, or by the kernel. */
export type Stop = "SIGINT" | "SIGQUIT" | "SIGKILL";

/** The product's embedded PostgreSQL in a folder of its own; safe settings as they are. */
export interface Server {
  /** Of now: another one after a backup or restore. */
  url(): string;
  port(): number;
  /** Ends the server; its guardian brings it back. Resolves when it answers again. */
  restart(how: Stop): Promise<void>;
  /** Stops, copies the data folder, starts again. */
  backup(): Promise<void>;
  /** Stops, puts the copy in place of the data, starts again. */
  restore(): Promise<void>;
  /** Ends the server and removes everything. */
  remove(): Promise<void>;
}

export async function createServer(): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-chaos-"));
  // Run as root, the server is another user, who must be able to pass.
  await chmod(dir, 0o755);
  const stateDir = join(dir, "state");
  const copy = join(dir, "backup");
  const waiting: (() => void)[] = [];
  const log = (line: string): void => {
    if (line.includes("up again")) for (const tell of waiting.splice(0)) tell();
  };
  // Connections that went half-open stay on the server's side for as long as they like.
  const settings = { max_connections: "200" };
  const start = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ stateDir, sharedRoot: dir, settings, log });
  let server = await start();
  const dataDir = await realpath(join(stateDir, "postgres", "data"));
  const whileStopped = async (work: () => Promise<unknown>): Promise<void> => {
    await server.stop();
    await work();
    server = await start();
  };
  // Owners and times are kept: the server refuses a folder of somebody else.
  const copyTo = (from: string, to: string) => run("cp", ["-pPR", from, to]);
  return {
    url: () => server.url,
    port: () => Number(new URL(server.url).port),
    async restart(how) {
      const up = new Promise<void>((resolve) => waiting.push(resolve));
      // One that is down already from the fault before comes up as well.
      const record = await readPostmaster(dataDir);
      if (record !== null) signal(record.pid, how);
      await up;
    },
    backup: () => whileStopped(() => copyTo(dataDir, copy)),
    restore: () =>
      whileStopped(async () => {
        await rm(dataDir, { recursive: true });
        await copyTo(copy, dataDir);
      }),
    async remove() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
