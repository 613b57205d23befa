import { type PaidRun, type PaidTime, paidTime, type RunTimes } from "../core/cost/paid-time.ts";
import type { Db } from "./connect.ts";
import { millis } from "./millis.ts";

/** Whole ones: charges are made of them. */
const wholeMs = (db: Db, expression: string) => db`round(${millis(db, expression)})`;

/** A run as far as its charge goes. Instants in milliseconds; what lasts is counted up to now. */
export interface ChargedRunRow extends PaidRun {
  readonly run: number;
  readonly requestedMs: number;
  /** null: it goes on. */
  readonly endedMs: number | null;
}

/** A run as it is paid for. */
export interface LedgerRunRow extends ChargedRunRow {
  readonly pool: string;
  readonly replica: number;
  readonly provider: string;
  readonly readyMs: number | null;
  readonly isOpen: boolean;
  /** Those that came while it was open in their place, or took it over. */
  readonly containers: readonly string[];
  /** Its own time and that of its containers: nothing in them began or ended outside of it. */
  readonly heldFromMs: number;
  readonly heldUntilMs: number;
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
  /** It is done again for what went wrong in it; what is given back keeps its slides. */
  readonly failed: boolean;
}

export interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Which runs: those that have worked for some documents, or these. */
export type LedgerQuery =
  | { readonly documentIds: readonly number[] }
  | { readonly runs: readonly number[] };

/** Times of `r` as `paidTime` takes them; looked up by a run that its provider has not charged for alone. */
const timeColumns = (db: Db) => {
  const ms = (expression: string) => wholeMs(db, expression);
  return db`${ms("r.requested_at")} as "requestedMs", ${ms("r.billed_from")} as "billedFromMs", ${ms("r.billed_until")} as "billedUntilMs",
    ${ms("r.ended_at")} as "endedMs", ${containerColumn(db)}`;
};

/** As `paidTime` wants it. */
export const containerColumn = (db: Db) =>
  db`case when r.billed_from is null then round(extract(epoch from ${firstContainerAt(db)})::float8 * 1000) end as "containerMs"`;

/** When the first container of `r` came; null: none ever did. */
export const firstContainerAt = (db: Db) =>
  db`(select min(s.created_at) from processing_servers s where ${isHome(db)})`;

const chargeColumns = (
  db: Db,
) => db`r.id as run, ${timeColumns(db)}, ${wholeMs(db, "pl_now()")} as "nowMs", r.quantum_ms as "quantumMs",
    case when r.unpriced then to_json('unpriced'::text) else to_json(r.micro_usd_per_hour) end as "microUsdPerHour"`;

interface TimesRow extends RunTimes {
  readonly nowMs: number;
}
type Unpaid<R extends PaidRun> = Omit<R, keyof PaidTime> & TimesRow;

/** What a limit has left out. */
export interface Cut {
  /** So many runs are counted, the newest ones. */
  readonly runs: number;
  /** The first of them was asked for then; what was asked for before is missing. */
  readonly sinceMs: number;
}

export interface Charges {
  /** Oldest first. */
  readonly runs: readonly ChargedRunRow[];
  /** null: all are there. */
  readonly cut: Cut | null;
}

/** Runs of a period without what worked in them, the newest so many. */
export async function readCharges(db: Db, period: Period, runsMax: number): Promise<Charges> {
  const rows = await db<Unpaid<ChargedRunRow>[]>`
    select ${chargeColumns(db)} from replicas r where ${isIn(db, period)} order by r.id desc limit ${runsMax + 1}`;
  // The rows themselves, not copies: there are as many as runs in months.
  const runs = rows.slice(0, runsMax).map((row) => Object.assign(row, paidTime(row, row.nowMs)));
  const oldest = runs.at(-1);
  const isCut = rows.length > runsMax && oldest !== undefined;
  const cut = isCut ? { runs: runs.length, sinceMs: oldest.requestedMs } : null;
  return { runs: runs.toReversed(), cut };
}

/**
 * Runs with all the work they held, oldest first, whoever's it was: shares can only be told from the whole. What a
 * caller may see of other workspaces is its sum.
 */
export async function readLedger(
  db: Db,
  query: LedgerQuery,
): Promise<{ readonly runs: LedgerRunRow[]; readonly works: LedgerWorkRow[] }> {
  const ms = (expression: string) => wholeMs(db, expression);
  const rows = await db<Unpaid<LedgerRunRow>[]>`
    select ${chargeColumns(db)}, r.pool, r.replica, r.provider, ${ms("r.ready_at")} as "readyMs", r.ended_at is null as "isOpen",
      coalesce(c.ids, '{}') as containers, ${ms("least(r.billed_from, r.requested_at, c.created_at)")} as "heldFromMs",
      ${ms("greatest(coalesce(r.billed_until, r.ended_at, pl_now()), coalesce(r.ended_at, pl_now()), c.ended_at)")} as "heldUntilMs"
    from replicas r cross join lateral (
      select array_agg(s.id) as ids, min(s.created_at) as created_at, max(coalesce(s.ended_at, pl_now())) as ended_at from processing_servers s where ${isHome(db)}) c
    where r.id in (${chosenRuns(db, query)}) order by r.id`;
  const runs = rows.map((row) => ({ ...row, ...paidTime(row, row.nowMs) }));
  return { runs, works: await readWorks(db, runs) };
}

const chosenRuns = (db: Db, query: LedgerQuery) =>
  "runs" in query
    ? db`select unnest(${[...query.runs]}::bigint[])`
    : runsOfDocuments(db, query.documentIds);

/** Paid beyond its end it is for less than a quantum: one that ended that long before may still have a part in it. */
const isIn = (db: Db, { fromMs, untilMs }: Period) => db`
  r.requested_at < to_timestamp(${untilMs}::float8 / 1000)
  and coalesce(r.billed_until, r.ended_at, 'infinity') + r.quantum_ms * interval '1 millisecond' >= to_timestamp(${fromMs}::float8 / 1000)`;

/** A container belongs to the run that was open in its place when it came, or that took it over. */
export const isHome = (db: Db) => db`
  s.server_type = r.pool and s.replica = r.replica and (s.id = r.container_id or (s.created_at >= r.requested_at and s.created_at <= coalesce(r.ended_at, 'infinity')))`;

/** Of one place the newest run that was asked for before: only one can be open in it. */
const runsOfDocuments = (db: Db, ids: readonly number[]) => db`
  select h.run from (
    select h.container_id from pipelines p join attempt_history h on h.pipeline_id = p.id where p.document_id = any (${[...ids]}::bigint[])
    union select l.container_id from pipelines p join leases l on l.pipeline_id = p.id where p.document_id = any (${[...ids]}::bigint[])) c
  join processing_servers s on s.id = c.container_id
  cross join lateral (
    select r.id as run from replicas r where r.container_id = s.id and r.pool = s.server_type and r.replica = s.replica
    union select r.id from (select * from replicas o where o.pool = s.server_type and o.replica = s.replica and o.requested_at <= s.created_at
      order by o.requested_at desc limit 2) r where coalesce(r.ended_at, 'infinity') >= s.created_at) h`;

type HeldRow = Omit<LedgerWorkRow, "run">;

/** Whatever the containers of these runs held; a container that was taken over is of both of its runs. */
async function readWorks(db: Db, runs: readonly LedgerRunRow[]): Promise<LedgerWorkRow[]> {
  const runsOf = new Map<string, number[]>();
  for (const { run, containers } of runs) {
    for (const container of containers) {
      const known = runsOf.get(container);
      if (known === undefined) runsOf.set(container, [run]);
      else known.push(run);
    }
  }
  if (runsOf.size === 0) return [];
  const held = await readHeld(db, [...runsOf.keys()], windowsOf(runs));
  return held.flatMap((row) => {
    const [run, ...others] = runsOf.get(row.container) ?? [];
    if (run === undefined) return [];
    // The row itself, not a copy: there are as many as tasks in months.
    const own: LedgerWorkRow = Object.assign(row, { run });
    return others.length === 0 ? own : [own, ...others.map((other) => ({ ...own, run: other }))];
  });
}

interface Window {
  readonly fromMs: number;
  untilMs: number;
}

/** More are looked up as one. */
const windowsMax = 50;
/** Times are those of transactions, which may begin long before they end. */
const slackMs = 60_000;

/** Times in which these runs held anything: results are found by their time, without an index of containers. */
function windowsOf(runs: readonly LedgerRunRow[]): readonly Window[] {
  const windows: Window[] = [];
  const used = runs.filter(({ containers }) => containers.length > 0);
  for (const { heldFromMs, heldUntilMs } of used.toSorted((a, b) => a.heldFromMs - b.heldFromMs)) {
    const last = windows.at(-1);
    const [fromMs, untilMs] = [heldFromMs - slackMs, heldUntilMs + slackMs];
    if (last === undefined || fromMs > last.untilMs) windows.push({ fromMs, untilMs });
    else last.untilMs = Math.max(last.untilMs, untilMs);
  }
  const [first, last] = [windows[0], windows.at(-1)];
  if (windows.length <= windowsMax || first === undefined || last === undefined) return windows;
  return [{ fromMs: first.fromMs, untilMs: last.untilMs }];
}

function readHeld(
  db: Db,
  containers: readonly string[],
  windows: readonly Window[],
): Promise<HeldRow[]> {
  const ms = (expression: string) => wholeMs(db, expression);
  const instant = (atMs: number) => db`to_timestamp(${atMs}::float8 / 1000)`;
  const [only] = windows;
  // With plain bounds the planner knows how much it is.
  const within = (at: string) =>
    windows.length === 1 && only !== undefined
      ? db`where ${db.unsafe(at)} between ${instant(only.fromMs)} and ${instant(only.untilMs)}`
      : db`join unnest(${windows.map(({ fromMs }) => fromMs)}::float8[], ${windows.map(({ untilMs }) => untilMs)}::float8[]) as t (from_ms, until_ms)
          on ${db.unsafe(at)} between to_timestamp(t.from_ms / 1000) and to_timestamp(t.until_ms / 1000)`;
  return db<HeldRow[]>`
    select p.workspace, p.document, k.task_names[w.idx + 1] as task, w.generation, w.attempt, w.container_id as container,
      ${ms("w.started_at")} as "fromMs", ${ms("w.ended_at")} as "untilMs", w.outcome, w.outcome in ('delayed', 'dead') as failed
    from (
      select a.pipeline_id, a.idx, a.generation, a.attempt, a.container_id, a.started_at, a.ended_at, a.outcome from attempts a ${within("a.ended_at")}
      union all select r.pipeline_id, r.idx, r.generation, r.attempt, r.container, r.started_at, r.created_at, 'done' from results r ${within("r.created_at")}
      union all select pipeline_id, idx, generation, attempt, container_id, leased_at, pl_now(), 'running' from leases) w
    join pipelines p on p.id = w.pipeline_id join packs k on k.id = p.pack_id
    where w.container_id = any (${[...containers]}::text[]) and w.started_at is not null order by w.started_at, p.id, w.idx`;
}

export interface SimilarRow {
  /** Internal. */
  readonly id: number;
  readonly document: string;
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
    select d.id, d.public_id as document from documents d
    where d.workspace = ${workspace} and d.public_id <> ${document} and d.deleted_at is null and d.pages between ${pagesMin} and ${pagesMax}
      and exists (select 1 from pipelines p where p.document_id = d.id and p.state in ('done', 'done_with_gaps'))
    order by d.id desc limit ${limit}`;
}
