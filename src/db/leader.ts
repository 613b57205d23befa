import { connect, type Db, type SessionLimits, type Sql } from "./connect.ts";

/** "leading" as a number: one lock for all control planes of this database. */
const lockKey = 7_021_793;

/** Short: a session that stands still between its lock and its row would keep everybody waiting. */
const limits: SessionLimits = {
  statementMsMax: 2_000,
  lockMsMax: 2_000,
  idleInTransactionMsMax: 2_000,
};

/**
 * The one connection that holds the lock, past any pooler, so that the lock ends with the process. Each
 * new one begins with `watchClient`.
 */
export function connectLeader(url: string): Sql {
  return connect(url, { max: 1, name: "pilotlight leader", limits, isKept: true });
}

/**
 * The server asks a silent client each second whether it is there, and gives it up after three. A server
 * that cannot is no failure: the row says the same, a little later.
 */
export async function watchClient(db: Db): Promise<void> {
  await db`
    select set_config('tcp_keepalives_idle', '1', false), set_config('tcp_keepalives_interval', '1', false),
      set_config('tcp_keepalives_count', '2', false), set_config('tcp_user_timeout', '3000', false)`.catch(
    (error: unknown) => {
      if (!(error instanceof Error) || error.name !== "PostgresError") throw error;
    },
  );
}

export interface LeaderRow {
  readonly holder: string;
  readonly pid: number;
  readonly term: number;
  readonly since: Date;
  /** Since the last renewal, by the database's clock. Very long once the leader has resigned. */
  readonly ageMs: number;
  /** Another one after each renewal. */
  readonly mark: string;
}

/** Who led last; undefined: nobody ever did. */
export async function readLeader(db: Db): Promise<LeaderRow | undefined> {
  const [row] = await db<LeaderRow[]>`
    select holder, pid, term, since, renewed_at::text as mark,
      extract(epoch from pl_now() - renewed_at)::double precision * 1000 as "ageMs"
    from leader`;
  return row;
}

export interface Claim {
  readonly holder: string;
  /** A row older than this binds nobody any more. */
  readonly quietMs: number;
  /** The mark of a row that stood still as long by the claimer's own clock; null: of none. */
  readonly unmoved: string | null;
}

/**
 * Takes the lock and the next term; null when another session has the lock, or when the row is so fresh
 * that its writer may still believe in it. Both are done in one transaction, because the server ends a
 * session that stands still in one. An error leaves the lock in doubt: close the connection then.
 */
export function claimLeadership(sql: Sql, claim: Claim): Promise<number | null> {
  return sql.begin(async (tx) => {
    const [lock] = await tx<{ got: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as got`;
    if (!lock?.got) return null;
    const [claimed] = await tx<{ term: number }[]>`
      insert into leader as l (holder, pid, term, since, renewed_at)
      values (${claim.holder}, pg_backend_pid(), 1, pl_now(), pl_now())
      on conflict (only_row) do update
      set holder = excluded.holder, pid = excluded.pid, term = l.term + 1, since = excluded.since, renewed_at = excluded.renewed_at
      where l.renewed_at <= pl_now() - make_interval(secs => ${claim.quietMs / 1000}::double precision)
        or l.renewed_at::text = ${claim.unmoved} or l.holder = excluded.holder
      returning term`;
    if (!claimed) await tx`select pg_advisory_unlock(${lockKey})`;
    return claimed?.term ?? null;
  });
}

/** False: the term is over, or this is not the session that holds it, as after a silent reconnection. */
export async function renewLeadership(db: Db, term: number): Promise<boolean> {
  const rows = await db`
    update leader set renewed_at = pl_now() where term = ${term} and pid = pg_backend_pid()`;
  return rows.count > 0;
}

/** The next one need not wait. The lock itself goes with the connection. */
export async function resignLeadership(db: Db, term: number): Promise<void> {
  await db`update leader set renewed_at = 'epoch' where term = ${term} and pid = pg_backend_pid()`;
}

/**
 * Ends the session of a leader that stands still, if it still has the lock and its row still says `mark`.
 * False: there was none, or it has not ended within a second.
 */
export async function endLeader(db: Db, mark: string): Promise<boolean> {
  const rows = await db<{ ended: boolean }[]>`
    select pg_terminate_backend(l.pid, 1000) as ended
    from leader l join pg_locks k on k.pid = l.pid
    where l.renewed_at::text = ${mark} and k.granted and k.locktype = 'advisory' and k.objid = ${lockKey} and k.objsubid = 1
      and k.classid = 0 and k.database = (select oid from pg_database where datname = current_database())`;
  return rows[0]?.ended ?? false;
}

/** Tells everybody who leads from now on. */
export async function addLeaderEvent(db: Db, holder: string, term: number): Promise<void> {
  await db`select add_event(null, 'leader.changed', null, null, null, ${db.json({ holder, term })})`;
}
