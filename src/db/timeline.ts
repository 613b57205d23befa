import type { ReplicaPhase } from "../core/pipeline/life-cycle.ts";
import type { Db } from "./connect.ts";
import type { DecisionRow } from "./fleet.ts";
import { isHome } from "./ledger.ts";

/** A failure as it was stored, by whichever program. */
interface Stored {
  readonly code: string;
  readonly detail: string | null;
}

/** A run of a replica, as a row of a chart. */
export interface LaneRow {
  readonly run: number;
  readonly pool: string;
  readonly replica: number;
  readonly provider: string;
  readonly phases: readonly { readonly phase: ReplicaPhase; readonly at: string }[];
  readonly requestedAt: Date;
  readonly readyAt: Date | null;
  readonly endedAt: Date | null;
  readonly failure: Stored | null;
  readonly decision: number | null;
  /** Ids of the containers that ran in it. */
  readonly containers: readonly string[];
}

const lanes = (db: Db) => db`
  select r.id as run, r.pool, r.replica, r.provider, r.phases, r.requested_at as "requestedAt", r.ready_at as "readyAt", r.ended_at as "endedAt",
    r.failure, r.decision_id as decision, coalesce((select array_agg(s.id order by s.created_at) from processing_servers s where ${isHome(db)}), '{}') as containers
  from replicas r`;

/** Runs that were there at some moment since then, newest first. */
export async function readLanesSince(db: Db, since: Date, limit: number): Promise<LaneRow[]> {
  return db<LaneRow[]>`
    ${lanes(db)} where coalesce(r.ended_at, 'infinity') >= ${since} order by r.id desc limit ${limit}`;
}

/**
 * Runs whose containers these are, and those asked for in the meantime in pools the pipeline needs.
 * @param limit of those that only came meanwhile, the first ones
 */
export async function readLanesOf(
  db: Db,
  of: {
    readonly containers: readonly string[];
    readonly pools: readonly string[];
    readonly from: Date;
    readonly until: Date | null;
  },
  limit: number,
): Promise<LaneRow[]> {
  const served = await db<LaneRow[]>`
    ${lanes(db)} where exists (select 1 from processing_servers s where s.id = any(${[...of.containers]}) and ${isHome(db)}) order by r.id`;
  const meanwhile = await db<LaneRow[]>`
    ${lanes(db)} where r.requested_at >= ${of.from} and r.requested_at <= coalesce(${of.until}, pl_now()) and r.pool = any(${[...of.pools]})
      and r.id <> all(${served.map(({ run }) => run)}) order by r.id limit ${limit}`;
  return [...served, ...meanwhile];
}

/** An attempt of a task, over or not. */
export interface HeldRow {
  readonly workspace: string;
  readonly document: string;
  readonly name: string;
  readonly task: string;
  readonly pool: string;
  readonly generation: number;
  readonly attempt: number;
  readonly container: string;
  /** A name of its own: epoch and number of its lease, where they were noted. */
  readonly id: string;
  readonly from: Date;
  readonly until: Date | null;
  readonly outcome: "running" | "done" | "delayed" | "dead" | "released" | "cancelled";
  readonly lost: boolean;
  readonly failure: Stored | null;
}

const held = (db: Db) => db`
  select pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, ended_at, outcome, lost, failure from attempt_history
  union all select pipeline_id, idx, generation, attempt, container_id, epoch, id, leased_at, null, 'running', false, null from leases`;
const heldColumns = (db: Db) => db`
  p.workspace, p.document, d.name, k.task_names[h.idx + 1] as task, k.pools[h.idx + 1] as pool, h.generation, h.attempt, h.container_id as container,
  coalesce('a' || h.epoch || '-' || h.lease_id, 'p' || h.pipeline_id || '-' || h.idx || '-' || h.generation || '-' || h.attempt) as id, h.started_at as "from", h.ended_at as "until", h.outcome, h.lost, h.failure`;

/** All attempts of one pipeline, oldest first. */
export async function readAttempts(db: Db, pipelineId: number): Promise<HeldRow[]> {
  return db<HeldRow[]>`
    select ${heldColumns(db)} from (${held(db)}) h join pipelines p on p.id = h.pipeline_id join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
    where h.pipeline_id = ${pipelineId} and h.started_at is not null order by h.started_at, h.idx`;
}

/** Attempts of any pipeline that these containers held at some moment since then, the newest `limit`, oldest first. */
export async function readHeldSince(
  db: Db,
  containers: readonly string[],
  since: Date,
  limit: number,
): Promise<HeldRow[]> {
  const rows = await db<HeldRow[]>`
    with near as materialized (select id from pipelines where coalesce(finished_at, 'infinity') >= ${since})
    select ${heldColumns(db)} from near n join (${held(db)}) h on h.pipeline_id = n.id join pipelines p on p.id = n.id
    join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
    where h.container_id = any(${[...containers]}) and h.started_at is not null and coalesce(h.ended_at, 'infinity') >= ${since}
    order by h.started_at desc limit ${limit}`;
  return rows.toReversed();
}

/** When single slides were read for a pipeline; those whose reader told no time are not there. */
export async function readSlideTimes(
  db: Db,
  pipelineId: number,
): Promise<
  {
    readonly slide: number;
    readonly task: string;
    readonly container: string | null;
    readonly seconds: number;
    readonly at: Date;
  }[]
> {
  return db`
    select v.slide, split_part(v.recipe, '/', 2) as task, v.container, v.seconds, v.created_at as at from visual_results v join pipelines p on p.id = v.pipeline_id
    join documents d on d.id = p.document_id
    where v.pipeline_id = ${pipelineId} and v.workspace = p.workspace and v.sha256 = d.sha256 and v.seconds is not null order by v.created_at, v.slide`;
}

/** Decisions of a time, those that changed or refused something, oldest first. */
export async function readDecisionsIn(
  db: Db,
  from: Date,
  until: Date | null,
  limit: number,
): Promise<DecisionRow[]> {
  const rows = await db<DecisionRow[]>`
    select id, at, policy, version, tick, pool, action, replica, rule, sentence, inputs, alternative, verdict from decisions
    where at >= ${from} and at <= coalesce(${until}, pl_now()) and action in ('start', 'stop', 'refuse') order by id desc limit ${limit}`;
  return rows.toReversed();
}

/** When a container last ended work of anybody between two moments; null: never. */
export async function readFreedIn(
  db: Db,
  container: string,
  from: Date,
  until: Date,
): Promise<Date | null> {
  const [row] = await db<{ at: Date | null }[]>`
    select max(h.ended_at) as at from pipelines p join attempt_history h on h.pipeline_id = p.id
    where p.created_at <= ${until} and coalesce(p.finished_at, 'infinity') >= ${from} and h.container_id = ${container} and h.ended_at between ${from} and ${until}`;
  return row?.at ?? null;
}
