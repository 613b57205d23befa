import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Config } from "./config.ts";
import { checkServer, connect, type Sql } from "./db/connect.ts";
import { installationId } from "./db/embedded/installation.ts";
import { startEmbeddedPostgres } from "./db/embedded/start.ts";
import { ensurePartitions } from "./db/history.ts";
import { ensureInstallation, type Installation } from "./db/installation.ts";
import { migrate } from "./db/migrate.ts";
import { AppError } from "./errors/app-error.ts";
import { createLog, type Log } from "./telemetry/log.ts";
import { isLoopback } from "./worker/settings.ts";

/** Undoes in reverse what was done, also when the start itself fails half-way. */
export class Undo {
  #steps: (() => Promise<unknown>)[] = [];
  #done: Promise<void> | null = null;

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#unwind();
    return this.#done;
  }

  async #unwind(): Promise<void> {
    let first: unknown;
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        first ??= error;
      }
    }
    if (first !== undefined) throw first;
  }
}

/** Its lines go to a file of the state folder. */
export function openLog(config: Config, undo: Undo): Log {
  const folder = join(config.stateDir, "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openSync(join(folder, "control.log"), "a", 0o600);
  undo.add(async () => closeSync(file));
  return createLog({ name: "control", level: config.logLevel, destination: file });
}

interface OpenedDatabase extends Installation {
  readonly sql: Sql;
  /** Past any pooler. */
  readonly directUrl: string;
}

/** The one that is named, else an embedded one; migrated. Throws INSTALLATION_MISMATCH. */
export async function openDatabase(
  config: Config,
  undo: Undo,
  notice: (sentence: string) => void,
): Promise<OpenedDatabase> {
  let url = config.databaseUrl;
  if (url === null) {
    const server = await startEmbeddedPostgres({ stateDir: config.stateDir });
    undo.add(() => server.stop());
    if (server.notice !== null) notice(server.notice);
    url = server.url;
  }
  const sql = connect(url, { name: "pilotlight control", limits: config.database });
  undo.add(() => sql.end({ timeout: 5 }));
  await checkServer(sql);
  await migrate(sql);
  await ensurePartitions(sql);
  const drawn = (await installationId(config.stateDir)).replaceAll("-", "").slice(0, 8);
  const known = await ensureInstallation(sql, config.installation ?? drawn);
  if (config.installation !== null && known.installation !== config.installation) {
    throw new AppError("INSTALLATION_MISMATCH", `It belongs to ${known.installation}.`);
  }
  return { sql, directUrl: config.databaseDirectUrl ?? url, ...known };
}

/** The wanted port, or any free one when it is taken. */
export async function listen(
  app: FastifyInstance,
  config: Config,
  notice: (sentence: string) => void,
): Promise<string> {
  const { host, port } = config;
  const at = await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" || port === 0) throw error;
    return app.listen({ host, port: 0 }).then((free) => {
      notice(`Port ${port} is taken; listening on ${new URL(free).port} instead.`);
      return free;
    });
  });
  return isLoopback(host) ? at : at.replace("0.0.0.0", "127.0.0.1");
}
