import type { ReservedSql, Sql } from "./connect.ts";

/** "upkeep" as a number: one lock for all that keep house in this database. */
const lockKey = 7_021_792;

/**
 * Runs `work` unless another process is at it: then false. Its connection has no limit on the time of a
 * statement, since building an index takes as long as it takes; waiting for locks stays limited.
 */
export async function runAlone(
  sql: Sql,
  work: (own: ReservedSql) => Promise<void>,
): Promise<boolean> {
  const own = await sql.reserve();
  try {
    const [row] = await own<{ got: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as got`;
    if (!row?.got) return false;
    try {
      await own`set statement_timeout = 0`;
      await work(own);
    } finally {
      await own`reset statement_timeout`;
      await own`select pg_advisory_unlock(${lockKey})`;
    }
    return true;
  } finally {
    own.release();
  }
}
