import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { checkServer, connect, type Sql } from "../../db/connect.ts";
import { takeLock } from "../../db/embedded/lock.ts";
import { runningPostgres } from "../../db/embedded/running.ts";
import { startEmbeddedPostgres } from "../../db/embedded/start.ts";
import { appliedMigrations, migrate, pendingMigrations } from "../../db/migrate.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, configOf } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { plural } from "../text.ts";

/** Server and schema. Ends with 3 while migrations are to be applied. */
export async function dbStatus(context: Context): Promise<number> {
  const { output } = context;
  const config = await configOf(context);
  const status = await withDatabase(config, async (sql, place) => ({
    server: await checkServer(sql),
    place,
    applied: await appliedMigrations(sql),
    pending: await pendingMigrations(sql),
  }));
  const { server, place, applied, pending } = status;
  if (output.json) output.object("db-status", status);
  else {
    output.data(`PostgreSQL ${server}, ${place}`);
    output.data(
      `${plural(applied.length, "migration")} applied, newest ${applied.at(-1) ?? "none"}`,
    );
    for (const name of pending) output.data(`to apply: ${name}`);
    if (pending.length > 0) output.say("Apply them: pilotlight db migrate");
  }
  return pending.length === 0 ? exitCodes.ok : exitCodes.failed;
}

/** Brings the schema up to date, as every start does. Safe to repeat, and beside a running server of this version. */
export async function dbMigrate(context: Context): Promise<number> {
  const { output } = context;
  const config = await configOf(context);
  const applied = await withDatabase(config, async (sql) => {
    await checkServer(sql);
    return migrate(sql);
  });
  if (output.json) output.object("db-migrate", { applied });
  else if (applied.length === 0) output.data("The schema is up to date.");
  else for (const name of applied) output.data(`applied: ${name}`);
  return exitCodes.ok;
}

/** The database that is named, the embedded one of a running stack, or that one started for as long as it takes. */
async function withDatabase<T>(
  config: Config,
  work: (sql: Sql, place: string) => Promise<T>,
): Promise<T> {
  if (config.databaseUrl !== null) return on(config.databaseUrl, "at DATABASE_URL", work);
  const running = await runningPostgres(config.stateDir);
  if (running !== null) return on(running, "embedded, running", work);
  // A fresh clone has none yet.
  await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
  const lock = await takeLock(join(config.stateDir, "stack.lock"));
  if ("heldBy" in lock) {
    const detail = `Process ${lock.heldBy} is starting or stopping it.`;
    throw new AppError("DATABASE_UNAVAILABLE", detail);
  }
  try {
    const server = await startEmbeddedPostgres({ stateDir: config.stateDir });
    try {
      return await on(server.url, "embedded", work);
    } finally {
      await server.stop();
    }
  } finally {
    await lock.release();
  }
}

async function on<T>(
  url: string,
  place: string,
  work: (sql: Sql, place: string) => Promise<T>,
): Promise<T> {
  const sql = connect(url, { name: "pilotlight db", max: 1 });
  try {
    return await work(sql, place);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
