import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AppError } from "../errors/app-error.ts";
import type { Sql } from "./connect.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** From `src/db` and from `dist/db` alike, the folder lies two levels up. */
const folder = fileURLToPath(new URL("../../migrations/", import.meta.url));

export async function readMigrations(from = folder): Promise<Migration[]> {
  const names = (await readdir(from)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(`${from}/${name}`, "utf8");
      const checksum = createHash("sha256").update(text).digest("hex");
      return { number: Number(name.slice(0, 4)), name, text, checksum };
    }),
  );
}

/** "pilotlig" as a number: one lock for all that migrate this database. */
const lockKey = 7_021_791;

/**
 * Brings the database up to date, forward only, one transaction for all, under an advisory lock: two
 * processes that start at once do it once. Throws MIGRATION_FAILED (also when an applied file was
 * changed) and SCHEMA_TOO_NEW. Answers the names it applied.
 */
export async function migrate(sql: Sql, migrations?: readonly Migration[]): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations());
  try {
    return await sql.begin(async (tx) => {
      // Another one may be at it, and a large table takes its time.
      await tx`select set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)`;
      await tx`select pg_advisory_xact_lock(${lockKey})`;
      await tx`create table if not exists schema_migrations (
        number int primary key, name text not null, checksum text not null,
        applied_at timestamptz not null default now())`;
      const applied = await tx<{ number: number; name: string; checksum: string }[]>`
        select number, name, checksum from schema_migrations order by number`;
      refuseForeign(applied, wanted);
      const missing = wanted.slice(applied.length);
      for (const step of missing) {
        await tx.unsafe(step.text);
        await tx`insert into schema_migrations (number, name, checksum)
          values (${step.number}, ${step.name}, ${step.checksum})`;
      }
      return missing.map((step) => step.name);
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new AppError("MIGRATION_FAILED", detail, { cause: error });
  }
}

/** Names that `migrate` would apply, oldest first; nothing is changed. Throws as it does. */
export async function pendingMigrations(sql: Sql): Promise<string[]> {
  const wanted = await readMigrations();
  const [{ known } = { known: false }] = await sql<{ known: boolean }[]>`
    select to_regclass('schema_migrations') is not null as known`;
  if (!known) return wanted.map((step) => step.name);
  const applied = await sql<{ number: number; name: string; checksum: string }[]>`
    select number, name, checksum from schema_migrations order by number`;
  refuseForeign(applied, wanted);
  return wanted.slice(applied.length).map((step) => step.name);
}

function refuseForeign(
  applied: readonly { number: number; name: string; checksum: string }[],
  wanted: readonly Migration[],
): void {
  if (applied.length > wanted.length) {
    throw new AppError(
      "SCHEMA_TOO_NEW",
      `It has ${applied.length} migrations, this has ${wanted.length}.`,
    );
  }
  for (const [index, row] of applied.entries()) {
    const step = wanted[index];
    if (step?.number !== row.number || step.checksum !== row.checksum) {
      throw new AppError("MIGRATION_FAILED", `${row.name} differs from what was applied.`);
    }
  }
}

/** Names of what was applied, oldest first; none in a database that is not ours yet. */
export async function appliedMigrations(sql: Sql): Promise<string[]> {
  const [{ known } = { known: false }] = await sql<{ known: boolean }[]>`
    select to_regclass('schema_migrations') is not null as known`;
  if (!known) return [];
  const rows = await sql<{ name: string }[]>`select name from schema_migrations order by number`;
  return rows.map(({ name }) => name);
}
