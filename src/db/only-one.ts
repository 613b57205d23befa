import { type Sql, sessionLike } from "./connect.ts";

/** "upkeep" as a number: one lock for all that keep house in this database. */
const lockKey = 7_021_792;

export interface Alone {
  /** A session that is used for nothing else, without a limit on the time of a statement. */
  readonly own: Sql;
  /** Ends the statement it is at, which then throws. */
  cancel(): Promise<void>;
}

/** Runs `work` unless another process is at it: then false. Waiting for locks stays limited. */
export async function runAlone(sql: Sql, work: (alone: Alone) => Promise<void>): Promise<boolean> {
  const own = sessionLike(sql);
  try {
    const [row] = await own<{ got: boolean; pid: number }[]>`
      select pg_try_advisory_lock(${lockKey}) as got, pg_backend_pid() as pid`;
    if (!row?.got) return false;
    const cancel = async () => {
      await sql`select pg_cancel_backend(${row.pid})`;
    };
    try {
      await own`set statement_timeout = 0`;
      await work({ own, cancel });
    } finally {
      await own`reset statement_timeout`;
      await own`select pg_advisory_unlock(${lockKey})`;
    }
    return true;
  } finally {
    await own.end({ timeout: 5 });
  }
}
