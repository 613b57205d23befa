import type { Db } from "./connect.ts";
import { millis } from "./millis.ts";

/** Whole ones: charges are made of them. */
const wholeMs = (db: Db, expression: string) => db`round(${millis(db, expression)})`;

/** A run as it is paid for. Instants in milliseconds; what lasts is counted up to now. */
export interface LedgerRunRow {
  readonly run: number;
  readonly pool: string;
  readonly replica: number;
  readonly provider: string;
  /** Paid for since then, else asked for. */
  readonly fromMs: number;
  readonly readyMs: number | null;
  readonly untilMs: number;
  readonly isOpen: boolean;
  /** false: nobody has charged for it (yet). */
  readonly isBilled: boolean;
  readonly microUsdPerHour: number | "unpriced" | null;
  readonly quantumMs: number;
}

/** An attempt of a task in a container of one of these runs. */
export interface LedgerWorkRow {
  readonly run: number;
  readonly workspace: string;
  /** Public id. */
  readonly document: string;
  readonly task: string;
  readonly generation: number;
  readonly attempt: number;
  readonly container: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** `running`: it still does. */
  readonly outcome: "done" | "delayed" | "dead" | "released" | "cancelled" | "running";
}

/** Runs looked at in one read, the newest ones. */
const runsMax = 20_000;

/** Which runs: those that were there in a period, those that have worked for some documents, or one. */
export type LedgerQuery =
  | { readonly fromMs: number; readonly untilMs: number }
  | { readonly documentIds: readonly number[] }
  | { readonly run: number };

/**
 * Runs with all the work they held, whoever's it was: shares can only be told from the whole. What a
 * caller may see of other workspaces is its sum.
 */
export async function readLedger(
  db: Db,
  query: LedgerQuery,
): Promise<{ readonly runs: LedgerRunRow[]; readonly works: LedgerWorkRow[] }> {
  const ms = (expression: string) => wholeMs(db, expression);
  const chosen = chosenRuns(db, query);
  const runs = await db<LedgerRunRow[]>`
    select r.id as run, r.pool, r.replica, r.provider, ${ms("coalesce(r.billed_from, r.requested_at)")} as "fromMs", ${ms("r.ready_at")} as "readyMs",
      greatest(${ms("coalesce(r.billed_from, r.requested_at)")}, ${ms("coalesce(r.billed_until, r.ended_at, pl_now())")}) as "untilMs",
      r.ended_at is null as "isOpen", r.billed_from is not null as "isBilled", r.quantum_ms as "quantumMs",
      case when r.unpriced then to_json('unpriced'::text) else to_json(r.micro_usd_per_hour) end as "microUsdPerHour"
    from replicas r where r.id in (${chosen}) order by r.id desc limit ${runsMax}`;
  const works = runs.length === 0 ? [] : await readWorks(db, runs);
  return { runs: runs.toReversed(), works };
}

function chosenRuns(db: Db, query: LedgerQuery) {
  if ("run" in query) return db`select ${query.run}::bigint`;
  return "documentIds" in query ? runsOfDocuments(db, query.documentIds) : runsIn(db, query);
}

const runsIn = (db: Db, { fromMs, untilMs }: { fromMs: number; untilMs: number }) => db`
  select id from replicas where requested_at < to_timestamp(${untilMs}::float8 / 1000)
    and coalesce(billed_until, ended_at, 'infinity') >= to_timestamp(${fromMs}::float8 / 1000)`;

/** A container belongs to the run that was open in its place when it came, or that took it over. */
export const isHome = (db: Db) => db`
  s.server_type = r.pool and s.replica = r.replica and (s.id = r.container_id or (s.created_at >= r.requested_at and s.created_at <= coalesce(r.ended_at, 'infinity')))`;

const runsOfDocuments = (db: Db, ids: readonly number[]) => db`
  select r.id from (
    select h.container_id from pipelines p join attempt_history h on h.pipeline_id = p.id where p.document_id = any (${[...ids]}::bigint[])
    union select l.container_id from pipelines p join leases l on l.pipeline_id = p.id where p.document_id = any (${[...ids]}::bigint[])) c
  join processing_servers s on s.id = c.container_id join replicas r on ${isHome(db)}`;

/** Only pipelines that were open while the runs were can have worked in them. */
async function readWorks(db: Db, runs: readonly LedgerRunRow[]): Promise<LedgerWorkRow[]> {
  const ids = runs.map(({ run }) => run);
  const fromMs = Math.min(...runs.map((run) => run.fromMs));
  const untilMs = Math.max(...runs.map((run) => run.untilMs));
  const ms = (expression: string) => wholeMs(db, expression);
  return db<LedgerWorkRow[]>`
    with homes as materialized (
      select r.id as run, s.id as container from replicas r join processing_servers s on ${isHome(db)} where r.id = any(${ids}::bigint[])
    ), near as materialized (
      select p.id, p.workspace, p.document, p.pack_id from pipelines p where p.created_at <= to_timestamp(${untilMs}::float8 / 1000)
        and coalesce(p.finished_at, 'infinity') >= to_timestamp(${fromMs}::float8 / 1000)
    ), held as (
      select pipeline_id, idx, generation, attempt, container_id, started_at, ended_at, outcome from attempt_history
      union all select pipeline_id, idx, generation, attempt, container_id, leased_at, pl_now(), 'running' from leases
    )
    select h.run, p.workspace, p.document, k.task_names[w.idx + 1] as task, w.generation, w.attempt, w.container_id as container,
      ${ms("w.started_at")} as "fromMs", ${ms("w.ended_at")} as "untilMs", w.outcome
    from near p join held w on w.pipeline_id = p.id join homes h on h.container = w.container_id join packs k on k.id = p.pack_id
    where w.started_at is not null order by w.started_at, p.id, w.idx`;
}

export interface SimilarRow {
  readonly document: string;
  readonly createdMs: number;
}

/** Documents of a workspace that are done, with about as many pages, the newest ones; not this one. */
export async function readSimilar(
  db: Db,
  query: {
    readonly workspace: string;
    readonly document: string;
    readonly pagesMin: number;
    readonly pagesMax: number;
    readonly limit: number;
  },
): Promise<SimilarRow[]> {
  const { workspace, document, pagesMin, pagesMax, limit } = query;
  return db<SimilarRow[]>`
    select d.public_id as document, ${millis(db, "d.created_at")} as "createdMs" from documents d
    where d.workspace = ${workspace} and d.public_id <> ${document} and d.deleted_at is null and d.pages between ${pagesMin} and ${pagesMax}
      and exists (select 1 from pipelines p where p.document_id = d.id and p.state in ('done', 'done_with_gaps'))
    order by d.id desc limit ${limit}`;
}
