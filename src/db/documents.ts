import type { PipelineState, TaskState } from "../core/pipeline/life-cycle.ts";
import { learnedWeights } from "../core/pipeline/weights.ts";
import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";
import { type DeckVersionRow, type FileRunRow, readDeckVersions } from "./deck-versions.ts";
import { eventsPerRow } from "./events.ts";
import { readQueuePlaces } from "./queue-places.ts";

export interface TaskRow {
  readonly task: string;
  readonly layer: number;
  readonly weight: number;
  readonly pool: string;
  /** Indexes of the tasks it waits for. */
  readonly after: readonly number[];
  readonly state: TaskState;
  readonly fraction: number;
  readonly done: number | null;
  readonly total: number | null;
  readonly attempt: number;
  /** Of attempts, from 1. */
  readonly round: number;
  readonly gaps: readonly number[];
  readonly applicable: boolean | null;
  readonly reason: string | null;
  readonly failure: Failure | null;
  readonly container: string | null;
  readonly retryAt: string | null;
  readonly seconds: number | null;
  /** Ready tasks of the same class before this one; null unless it is ready. */
  readonly ahead: number | null;
  /** What it needs, as a class of tasks. */
  readonly classId: number;
}

export interface DocumentRow {
  readonly id: number;
  readonly document: string;
  readonly workspace: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly pages: number;
  readonly createdAt: Date;
  readonly company: string | null;
  readonly version: DeckVersionRow | null;
  readonly fileRun: FileRunRow | null;
  /** Critical, major, minor, note, praise; null until there is a review of the slides. */
  readonly findings: readonly number[] | null;
  readonly batch: { readonly id: string; readonly name: string } | null;
  readonly pipelineId: number;
  readonly pipeline: string;
  readonly state: PipelineState;
  readonly generation: number;
  readonly packName: string;
  readonly packVersion: number;
  /** First eight digits of its content's hash. */
  readonly packHash: string;
  readonly engine: { name: "extractive" | "ollama" | "openai"; model: string | null } | null;
  readonly pipelineCreatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly seconds: number;
  readonly failure: Failure | null;
  /** null: it is not cancelled, or that is so long ago that nobody knows any more. */
  readonly cancelledBy: string | null;
  readonly seq: number;
  readonly tasks: readonly TaskRow[];
}

/**
 * Every task of a pipeline as JSON, in pack order. One statement for list and detail alike. As text, not as jsonb:
 * nobody looks into it here, and taking it apart and together again is most of what a page of the list costs.
 */
const taskRows = (db: Db) => db`
  select json_agg(json_build_object(
    'task', s.task, 'layer', k.layers[s.idx + 1], 'weight', k.weights[s.idx + 1], 'pool', k.pools[s.idx + 1], 'state', s.state,
    'after', coalesce((select json_agg(i) from generate_series(0, cardinality(k.needs) - 1) i
      where k.needs[s.idx + 1] & (1::bigint << i) <> 0), '[]'),
    'fraction', coalesce(g.fraction, 0), 'done', g.done, 'total', g.total,
    'round', 1 + greatest(0, coalesce(t.failures, 0) - (s.state = 'dead')::int) / k.attempts_max[s.idx + 1],
    'attempt', coalesce(l.attempt, r.attempt, y.attempt, o.attempt, greatest(1, coalesce(t.failures + t.lost, 0))),
    'gaps', coalesce(to_json(o.gaps), '[]'), 'applicable', o.applicable, 'reason', o.reason,
    -- What a task failed of before it was done is history.
    'failure', case when s.state <> 'done' then t.failure end,
    'classId', k.class_ids[s.idx + 1], 'container', coalesce(l.container_id, o.container, t.container), 'retryAt', y.run_at,
    -- What does not apply has taken no time that says anything.
    'seconds', case when o.applicable is not false then extract(epoch from o.created_at - o.started_at)::float8 end
  ) order by s.idx)
  from task_states s
  left join tasks t on t.pipeline_id = s.pipeline_id and t.idx = s.idx
  left join leases l on l.pipeline_id = s.pipeline_id and l.idx = s.idx
  left join ready r on r.class_id = k.class_ids[s.idx + 1] and r.rank = p.rank and r.pipeline_id = s.pipeline_id and r.idx = s.idx
  left join lateral (select * from results o where o.pipeline_id = s.pipeline_id and o.idx = s.idx and s.state = 'done'
    order by o.generation desc limit 1) o on true
  left join delayed y on y.pipeline_id = s.pipeline_id and y.idx = s.idx
  -- A task that a rerun passes by goes on in the generation it was leased in; what is opened anew has lost its marks.
  left join lateral (select max(fraction) as fraction, max(done) as done, max(total) as total from task_progress g
    where g.pipeline_id = s.pipeline_id and g.idx = s.idx) g on true
  where s.pipeline_id = p.id`;

/** Public ids are in the C collation and the events' column is not: without the word its index is of no use. */
const documentRows = (db: Db) => db`
  select d.id, d.public_id as document, d.workspace, d.name, coalesce(d.sha256, '') as sha256, coalesce(d.bytes, 0) as bytes,
    coalesce(d.pages, 0) as pages, d.created_at as "createdAt", p.id as "pipelineId", p.public_id as pipeline, p.state,
    p.generation, k.name as "packName", k.version as "packVersion", left(k.content_hash, 8) as "packHash", p.created_at as "pipelineCreatedAt",
    coalesce(p.engine - 'usage', (select s.engine from leases l join processing_servers s on s.id = l.container_id where l.pipeline_id = p.id limit 1)) as engine,
    coalesce(p.started_at, (select min(l.leased_at) from leases l where l.pipeline_id = p.id)) as "startedAt",
    p.finished_at as "finishedAt", extract(epoch from coalesce(p.finished_at, pl_now()) - p.created_at)::float8 as seconds,
    case when p.state = 'cancelled' then (select e.data ->> 'by' from events e
      where e.document = d.public_id collate "default" and e.type = 'pipeline.cancelled' and e.at >= d.created_at order by e.id desc limit 1) end as "cancelledBy",
    coalesce(p.quarantine, p.failure) as failure, coalesce(greatest((select max(e.id) from events e where e.document = d.public_id collate "default" and e.at >= d.created_at), (select max(e.id) from events e where e.pipeline_id = p.id and e.at >= d.created_at)), 0) * ${eventsPerRow} + ${eventsPerRow - 1} as seq,
    file_run(d.workspace, d.sha256, d.id) as "fileRun",
    (select nullif(r.company, '') from results r where r.pipeline_id = p.id and r.company is not null order by r.generation desc limit 1) as company,
    (select r.findings from results r where r.pipeline_id = p.id and r.findings is not null order by r.generation desc limit 1) as findings,
    (select json_build_object('id', b.public_id, 'name', b.name) from batches b where b.id = p.batch_id) as batch,
    (${taskRows(db)}) as tasks,
    (select w.unit_seconds from learned_weights w where w.pack_id = p.pack_id and w.valid_from <= p.created_at order by w.valid_from desc limit 1) as "unitSeconds"
  from documents d
  join lateral (select * from pipelines p where p.document_id = d.id order by p.id desc limit 1) p on true
  join packs k on k.id = p.pack_id`;

/** With what was known of the time of its tasks when it began; null: too little. */
interface StoredRow extends Omit<DocumentRow, "tasks" | "version"> {
  readonly unitSeconds: readonly number[] | null;
  readonly tasks: readonly Omit<TaskRow, "ahead">[];
}

/** With what is not in the rows themselves: versions, places in the queue, and weights. */
async function completed(db: Db, rows: readonly StoredRow[]): Promise<DocumentRow[]> {
  const waiting = rows.filter(({ tasks }) => tasks.some(({ state }) => state === "ready"));
  const ids = waiting.map(({ pipelineId }) => pipelineId);
  const [places, versions] = await Promise.all([
    waiting.length === 0 ? [] : readQueuePlaces(db, ids),
    readDeckVersions(
      db,
      rows.map(({ id }) => id),
    ),
  ]);
  const aheadOf = new Map(places.map((one) => [`${one.pipelineId}/${one.idx}`, one.ahead]));
  return rows.map(({ unitSeconds, ...row }) => {
    const weights = weightsOf(row, unitSeconds);
    const tasks = row.tasks.map((task, at) => ({
      ...task,
      weight: weights?.[at] ?? task.weight,
      ahead: aheadOf.get(`${row.pipelineId}/${at}`) ?? null,
    }));
    return { ...row, version: versions.get(row.id) ?? null, tasks };
  });
}

/** By expected time, fixed at its beginning, where that was learned; null: as the pack says. */
const weightsOf = (
  { tasks, pages }: Pick<StoredRow, "tasks" | "pages">,
  seconds: readonly number[] | null,
) =>
  seconds === null
    ? null
    : learnedWeights(
        tasks.map(({ pool }) => pool),
        seconds,
        pages,
      );

/** Rows by internal ids, in no order. */
export async function readDocuments(db: Db, ids: readonly number[]): Promise<DocumentRow[]> {
  const rows = await db<
    StoredRow[]
  >`${documentRows(db)} where d.id = any(${ids as number[]}) and d.deleted_at is null`;
  return completed(db, rows);
}

/** Rows of a workspace by public ids of documents, in no order. */
export const readDocumentsOf = async (
  db: Db,
  workspace: string,
  documents: readonly string[],
): Promise<DocumentRow[]> =>
  completed(
    db,
    await db<StoredRow[]>`
    ${documentRows(db)} where d.workspace = ${workspace} and d.deleted_at is null and d.public_id = any(${documents as string[]})`,
  );

export interface BatchDocumentFilter {
  /** Internal id. */
  readonly batch: number;
  readonly state?: PipelineState | undefined;
  /** Only documents that stand behind this internal id. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Documents of a batch in the order of their submission. */
export async function listBatchDocuments(
  db: Db,
  filter: BatchDocumentFilter,
): Promise<DocumentRow[]> {
  const rows = await db<StoredRow[]>`
    ${documentRows(db)} where d.id = any(array(
      select b.document_id from pipelines b join documents x on x.id = b.document_id
      where b.batch_id = ${filter.batch} and b.document_id > ${filter.after ?? 0} and x.deleted_at is null
        ${filter.state === undefined ? db`` : db`and b.state = ${filter.state}`} order by b.document_id limit ${filter.limit}))
    order by d.id`;
  return completed(db, rows);
}

/** By document or pipeline id; undefined when this workspace has no such thing. */
export async function findDocument(
  db: Db,
  workspace: string,
  id: string,
): Promise<DocumentRow | undefined> {
  const rows = await db<StoredRow[]>`
    ${documentRows(db)} where d.workspace = ${workspace} and d.deleted_at is null and d.id = any(array(
      select x.id from documents x where x.public_id = ${id} union all select q.document_id from pipelines q where q.public_id = ${id}))`;
  const [row] = await completed(db, rows);
  return row;
}

/** What `statusOf` has to know about the pools. */
export interface PoolRow {
  readonly pool: string;
  readonly replica: string;
  readonly phase: import("../core/pipeline/life-cycle.ts").ReplicaPhase;
  /** Since it was asked for. */
  readonly sinceSeconds: number;
  /** Tasks it works on, and since when on the oldest one. */
  readonly busy: number;
  readonly busySeconds: number | null;
  readonly failure: Failure | null;
  /** What its provider says is wrong. */
  readonly trouble: string | null;
  /** The decision that asked for it, and its sentence; null: none did. */
  readonly decision: number | null;
  readonly reason: string | null;
  /** It has had work since it is there. */
  readonly hasWorked: boolean;
}

/** Who could do the work: replicas, and pools where an operator lets nothing start. */
export interface Supply {
  readonly replicas: readonly PoolRow[];
  readonly paused: readonly { readonly pool: string; readonly reason: string | null }[];
}

/** Open replicas; and of each pool the one that ended last, when it failed in the last ten minutes. */
export async function readSupply(db: Db): Promise<Supply> {
  const replicas = db<PoolRow[]>`
    select pool, pool || '-' || r.replica as replica, phase, extract(epoch from pl_now() - requested_at)::float8 as "sinceSeconds", failure, trouble,
      decision_id as decision, reason, exists (select from processing_servers s where s.id = r.container_id and s.worked_from is not null) as "hasWorked",
      coalesce(b.busy, 0) as busy, b."busySeconds"
    from replicas r left join (select container_id, count(*)::int as busy, extract(epoch from pl_now() - min(leased_at))::float8 as "busySeconds"
      from leases group by container_id) b using (container_id) where ended_at is null or (phase = 'failed' and ended_at > pl_now() - interval '10 minutes'
      and not exists (select 1 from replicas later where later.pool = r.pool and (later.ended_at, later.id) > (r.ended_at, r.id)))
    order by pool, replica`;
  const paused = db<{ pool: string; reason: string | null }[]>`
    select pool, reason from fleet_orders where kind = 'pause' and ended_at is null`;
  return { replicas: await replicas, paused: await paused };
}

/**
 * Tasks that ended well in the latest pipelines, with how long they took; oldest first. What was known already, and
 * took no time, is not among them.
 */
export async function readTaskDurations(db: Db): Promise<
  {
    task: string;
    pool: string;
    pages: number;
    seconds: number;
    engine: DocumentRow["engine"];
    /** false: it looked, and there was nothing for it to do. */
    applies: boolean;
  }[]
> {
  return db`
    select k.task_names[r.idx + 1] as task, k.pools[r.idx + 1] as pool, coalesce(d.pages, 0) as pages,
      extract(epoch from r.created_at - r.started_at)::float8 as seconds, r.engine, r.applicable is not false as applies
    from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id join documents d on d.id = p.document_id
    where r.pipeline_id > (select coalesce(max(id), 0) - 200 from pipelines) and r.created_at > r.started_at
    order by r.created_at`;
}
