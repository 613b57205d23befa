import type { Db } from "./connect.ts";

/** A live container with what it holds. */
export interface HeldRow {
  readonly replica: string;
  readonly phase: string;
  readonly drain: boolean;
  readonly silentSeconds: number;
  readonly held: readonly {
    readonly pipeline: string;
    readonly task: string;
    readonly seconds: number;
  }[];
}

/** Containers shown at most, and stalled pipelines. */
const rowsMax = 200;

export async function readHeld(db: Db): Promise<HeldRow[]> {
  return db<HeldRow[]>`
    select s.server_type || '-' || s.replica as replica, s.status as phase, s.drain,
      greatest(0, extract(epoch from pl_now() - s.last_heartbeat))::float8 as "silentSeconds",
      coalesce((select json_agg(json_build_object('pipeline', p.public_id, 'task', k.task_names[l.idx + 1],
          'seconds', extract(epoch from pl_now() - l.leased_at)::float8) order by l.id)
        from leases l join pipelines p on p.id = l.pipeline_id join packs k on k.id = p.pack_id where l.container_id = s.id), '[]') as held
    from processing_servers s where s.ended_at is null order by s.server_type, s.replica limit ${rowsMax}`;
}

/** A lease without progress for half of the time its pack allows. */
export interface StalledRow {
  readonly pipeline: string;
  readonly document: string;
  readonly task: string;
  readonly replica: string | null;
  readonly seconds: number;
  readonly limitSeconds: number;
}

export async function readStalled(db: Db): Promise<StalledRow[]> {
  return db<StalledRow[]>`
    select p.public_id as pipeline, p.document, k.task_names[l.idx + 1] as task, s.server_type || '-' || s.replica as replica,
      extract(epoch from pl_now() - l.progressed_at)::float8 as seconds, (l.stall_ms / 1000.0)::float8 as "limitSeconds"
    from leases l join pipelines p on p.id = l.pipeline_id join packs k on k.id = p.pack_id left join processing_servers s on s.id = l.container_id
    where l.progressed_at + l.stall_ms * interval '0.5 millisecond' < pl_now() order by l.progressed_at limit ${rowsMax}`;
}

/** The oldest ready task of each class, when it has waited longer than that. */
export interface WaitingRow {
  readonly pipeline: string;
  readonly document: string;
  readonly task: string;
  readonly pool: string;
  readonly classId: number;
  readonly seconds: number;
}

export async function readLongWaits(db: Db, seconds: number): Promise<WaitingRow[]> {
  return db<WaitingRow[]>`
    select p.public_id as pipeline, p.document, k.task_names[r.idx + 1] as task, c.pool, c.id as "classId",
      extract(epoch from pl_now() - r.since)::float8 as seconds
    from task_classes c cross join lateral (select * from ready r where r.class_id = c.id order by r.rank limit 1) r
    join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id
    where r.since < pl_now() - ${seconds} * interval '1 second' limit ${rowsMax}`;
}
