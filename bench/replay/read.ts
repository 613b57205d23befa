import { connect, type Sql } from "../../src/db/connect.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded/start.ts";
import type {
  RecordedDocument,
  RecordedReplica,
  RecordedTask,
  Recording,
} from "../../src/sim/replay/recording.ts";
import { visualTask } from "../../src/sim/stages.ts";

export interface Read {
  readonly recording: Recording;
  /** Tries that led to nothing, whatever the reason: they are not played again. */
  readonly vainTries: number;
}

/** What the database of a home says of all it ever did. The stack must have ended. */
export async function readRecording(stateDir: string): Promise<Read> {
  const server = await startEmbeddedPostgres({ stateDir });
  const sql = connect(server.url, { max: 1, name: "pilotlight replay" });
  try {
    const documents = await readDocuments(sql);
    const replicas = await readReplicas(sql);
    const [tries] = await sql<{ n: number }[]>`
      select count(*)::int as n from attempts where outcome <> 'done'`;
    const zeroMs = documents[0]?.arrivalMs ?? 0;
    return { recording: shifted({ documents, replicas }, zeroMs), vainTries: tries?.n ?? 0 };
  } finally {
    await sql.end({ timeout: 5 });
    await server.stop();
  }
}

async function readDocuments(sql: Sql): Promise<RecordedDocument[]> {
  const rows = await sql<
    {
      arrivalMs: number;
      endMs: number;
      slidesDoneMs: number[];
      tasks: Record<string, RecordedTask>;
    }[]
  >`
    select extract(epoch from p.created_at)::float8 * 1000 as "arrivalMs", extract(epoch from p.finished_at)::float8 * 1000 as "endMs",
      coalesce((select json_agg(extract(epoch from e.at)::float8 * 1000 order by e.at) from events e
        where e.pipeline = p.public_id and e.type = 'slide.done' and e.task = ${visualTask}), '[]') as "slidesDoneMs",
      (select json_object_agg(k.task_names[r.idx + 1], json_build_object('container', r.container, 'leasedMs', extract(epoch from r.started_at)::float8 * 1000,
        'doneMs', extract(epoch from r.created_at)::float8 * 1000)) from results r where r.pipeline_id = p.id) as tasks
    from pipelines p join packs k on k.id = p.pack_id where p.finished_at is not null order by p.created_at, p.id`;
  return rows.map(({ arrivalMs, endMs, slidesDoneMs, tasks }) => ({
    ...{ arrivalMs, endMs, slidesDoneMs, tasks },
  }));
}

async function readReplicas(sql: Sql): Promise<RecordedReplica[]> {
  const rows = await sql<RecordedReplica[]>`
    select pool, container_id as container, extract(epoch from requested_at)::float8 * 1000 as "requestedMs", extract(epoch from ready_at)::float8 * 1000 as "readyMs",
      (select min(extract(epoch from (x ->> 'at')::timestamptz)::float8 * 1000) from jsonb_array_elements(phases) x where x ->> 'phase' = 'draining') as "stoppedMs",
      extract(epoch from ended_at)::float8 * 1000 as "endMs"
    from replicas where ended_at is not null order by requested_at, id`;
  return rows.map(({ pool, container, requestedMs, readyMs, stoppedMs, endMs }) => ({
    ...{ pool, container, requestedMs, readyMs, stoppedMs, endMs },
  }));
}

/** With instants from the first arrival. */
function shifted({ documents, replicas }: Recording, zeroMs: number): Recording {
  const from = (ms: number): number => Math.round(1000 * (ms - zeroMs)) / 1000;
  const maybe = (ms: number | null): number | null => (ms === null ? null : from(ms));
  return {
    documents: documents.map(({ arrivalMs, endMs, slidesDoneMs, tasks }) => ({
      arrivalMs: from(arrivalMs),
      endMs: from(endMs),
      slidesDoneMs: slidesDoneMs.map(from),
      tasks: Object.fromEntries(
        Object.entries(tasks).map(([name, { container, leasedMs, doneMs }]) => [
          name,
          { container, leasedMs: from(leasedMs), doneMs: from(doneMs) },
        ]),
      ),
    })),
    replicas: replicas.map(({ pool, container, requestedMs, readyMs, stoppedMs, endMs }) => ({
      ...{ pool, container },
      requestedMs: from(requestedMs),
      readyMs: maybe(readyMs),
      stoppedMs: maybe(stoppedMs),
      endMs: from(endMs),
    })),
  };
}
