import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { checkServer, connect, type Sql } from "../db/connect.ts";
import { installationId } from "../db/embedded/installation.ts";
import { takeLock } from "../db/embedded/lock.ts";
import { runningPostgres } from "../db/embedded/running.ts";
import { startEmbeddedPostgres } from "../db/embedded/start.ts";
import { ensureInstallation } from "../db/installation.ts";
import { coldStartFact } from "../db/learned.ts";
import { migrate, pendingMigrations } from "../db/migrate.ts";
import { type ProviderFact, readFacts, saveFact } from "../db/provider-facts.ts";
import { AppError } from "../errors/app-error.ts";
import type { VerifyReport } from "../providers/verda/verify/verify.ts";

/** What the installation's database says before the check. */
export interface Known {
  readonly installation: string;
  readonly facts: readonly ProviderFact[];
}

/** Throws DATABASE_UNAVAILABLE and what a database that cannot be used throws: before anything is paid. */
export async function readKnown(config: Config, provider: string): Promise<Known> {
  return await withDatabase(config, async (sql) => {
    const drawn = (await installationId(config.stateDir)).slice(0, 8);
    const { installation } = await ensureInstallation(sql, config.installation ?? drawn);
    return { installation, facts: await readFacts(sql, provider) };
  });
}

/**
 * Keeps what was settled. The start counts as a first sample of its machine, until runs of the fleet
 * have given others.
 */
export async function storeReport(
  config: Config,
  provider: string,
  report: VerifyReport,
  withPriors: boolean,
): Promise<void> {
  const settled = report.findings.filter(({ verdict }) => verdict !== "unknown");
  const { machine, coldStartMs } = report;
  await withDatabase(config, async (sql) => {
    await sql.begin(async (tx) => {
      for (const { fact, value } of settled) await saveFact(tx, { provider, fact, value });
      if (!withPriors || machine === null || coldStartMs === null) return;
      await saveFact(tx, { provider, fact: coldStartFact + machine.gpu, value: coldStartMs });
    });
  });
}

/**
 * Runs with the database of this installation: the one of `DATABASE_URL`, the embedded one that a
 * stack runs, or the embedded one started for as long as this takes.
 */
async function withDatabase<T>(config: Config, work: (sql: Sql) => Promise<T>): Promise<T> {
  const { databaseUrl, stateDir } = config;
  if (databaseUrl !== null) return await connected(databaseUrl, false, work);
  const running = await runningPostgres(stateDir);
  if (running !== null) return await connected(running, false, work);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const lock = await takeLock(join(stateDir, "stack.lock"));
  if ("heldBy" in lock) {
    const detail = `Process ${lock.heldBy} is just starting or stopping it; try again.`;
    throw new AppError("DATABASE_UNAVAILABLE", detail);
  }
  try {
    const server = await startEmbeddedPostgres({ stateDir });
    try {
      return await connected(server.url, true, work);
    } finally {
      await server.stop();
    }
  } finally {
    await lock.release();
  }
}

/** A database that others may use is brought up to date by a start, not by the way. */
async function connected<T>(
  url: string,
  isOurs: boolean,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const sql = connect(url, { name: "pilotlight verify", max: 1 });
  try {
    await checkServer(sql);
    if (isOurs) await migrate(sql);
    else if ((await pendingMigrations(sql)).length > 0) {
      throw new AppError("DATABASE_UNAVAILABLE", "It is not up to date: start Pilotlight once.");
    }
    return await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
