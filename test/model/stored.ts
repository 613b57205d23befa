import type { Sql } from "../../src/db/connect.ts";
import { type EventRow, expand } from "../../src/db/events.ts";
import type { QueueModel } from "./queue-model.ts";
import type { ToldEvent } from "./things.ts";

type Row = readonly unknown[];

/** All that a step may have changed, each part as rows of plain values. */
interface Stored {
  readonly pipelines: readonly Row[];
  readonly states: readonly Row[];
  readonly ready: readonly Row[];
  readonly delayed: readonly Row[];
  readonly leases: readonly Row[];
  readonly spent: readonly Row[];
  readonly marks: readonly Row[];
  readonly tries: readonly Row[];
  readonly containers: readonly Row[];
  readonly events: readonly Record<string, unknown>[];
}

/** One round trip for everything. Parts that are empty are missing. */
async function read(sql: Sql, model: QueueModel, afterEvent: number): Promise<Partial<Stored>> {
  const watched = [...model.pipelines.keys()];
  const ended = model.ended.map(({ id }) => id);
  const [row] = await sql<{ all: Partial<Stored> }[]>`
    select json_strip_nulls(json_build_object(
      'pipelines', (select json_agg(json_build_array(id, state, generation, rank, queued_mask, done_mask, dead_mask, skipped_mask, gap_mask))
        from pipelines where id = any(${watched})),
      'states', (select json_agg(json_build_array(pipeline_id, idx, state)) from task_states where pipeline_id = any(${watched})),
      'ready', (select json_agg(json_build_array(pipeline_id, idx, generation, attempt, rank)) from ready),
      'delayed', (select json_agg(json_build_array(pipeline_id, idx, generation, attempt, (extract(epoch from run_at) * 1000)::bigint)) from delayed),
      'leases', (select json_agg(json_build_array(epoch, id, pipeline_id, idx, generation, attempt, container_id)) from leases),
      'spent', (select json_agg(json_build_array(pipeline_id, idx, failures, lost)) from tasks where failures + lost > 0 and pipeline_id = any(${watched})),
      'marks', (select json_agg(json_build_array(pipeline_id, idx, generation, fraction, done, total)) from task_progress where pipeline_id = any(${watched})),
      'tries', (select json_agg(json_build_array(epoch, lease_id, pipeline_id, idx, generation, attempt, container_id, outcome, lost))
        from attempt_history where lease_id = any(${ended})),
      'containers', (select json_agg(json_build_array(id, drain, ended_at is not null)) from processing_servers),
      'events', (select json_agg(json_build_object('id', e.id, 'type', e.type, 'pipelineId', coalesce(e.pipeline_id, p.id), 'task', e.task,
          'tasks', (select k.task_names from packs k where k.id = coalesce(q.pack_id, p.pack_id)), 'data', e.data) order by e.id)
        from events e left join pipelines q on q.id = e.pipeline_id left join pipelines p on p.public_id = e.pipeline where e.id > ${afterEvent})
    )) as all`;
  return row?.all ?? {};
}

function expected(model: QueueModel): Omit<Stored, "events"> {
  const pipelines = [...model.pipelines.values()];
  const queued = pipelines.flatMap(({ id, rank, queue }) =>
    [...queue].map(([index, entry]) => ({ ...entry, id, rank, index })),
  );
  const at = (place: string) => queued.filter((entry) => entry.place === place);
  return {
    pipelines: pipelines.map(({ id, state, generation, rank, masks }) => {
      const bits = [masks.queued, masks.done, masks.dead, masks.skipped, masks.gaps];
      return [id, state, generation, rank, ...bits.map(Number)];
    }),
    states: pipelines.flatMap((pipeline) =>
      pipeline.pack.graph.names.map((_, index) => [
        pipeline.id,
        index,
        model.stateOf(pipeline, index),
      ]),
    ),
    ready: at("ready").map((q) => [q.id, q.index, q.generation, q.attempt, q.rank]),
    delayed: at("delayed").map((q) => [q.id, q.index, q.generation, q.attempt, q.runAtMs]),
    leases: [...model.leases.values()].map((lease) => [
      ...[lease.epoch, lease.id, lease.pipeline, lease.index],
      ...[lease.generation, lease.attempt, lease.container],
    ]),
    spent: pipelines.flatMap(({ id, spent }) =>
      [...spent].map(([index, { failures, lost }]) => [id, index, failures, lost]),
    ),
    marks: pipelines.flatMap(({ id, marks }) =>
      [...marks].map(([name, mark]) => {
        const [index, generation] = name.split(" ").map(Number);
        return [id, index, generation, mark.fraction, mark.done, mark.total];
      }),
    ),
    tries: model.ended.map((ended) => [
      ...[ended.epoch, ended.id, ended.pipeline, ended.index, ended.generation],
      ...[ended.attempt, ended.container, ended.outcome, ended.lost],
    ]),
    containers: [...model.containers.values()].map(({ id, drain, ended }) => [id, drain, ended]),
  };
}

const asLines = (rows: readonly Row[] = []): string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

/**
 * Compares the database with the model, part by part, and the events of the step with what the model
 * foretold. Throws what differs; answers the last event read.
 */
export async function compare(sql: Sql, model: QueueModel, afterEvent: number): Promise<number> {
  const stored = await read(sql, model, afterEvent);
  for (const [part, rows] of Object.entries(expected(model))) {
    const is = asLines(stored[part as keyof Stored] as readonly Row[] | undefined);
    const should = asLines(rows);
    if (is.join() !== should.join()) throw differs(part, is, should);
  }
  const rows = stored.events ?? [];
  const is = eventLines(rows.flatMap(toldOf));
  const should = eventLines(model.told);
  if (is.join() !== should.join()) throw differs("events", is, should);
  return Number(rows.at(-1)?.id ?? afterEvent);
}

function differs(part: string, is: readonly string[], should: readonly string[]): Error {
  const more = is.filter((line) => !should.includes(line));
  const missing = should.filter((line) => !is.includes(line));
  const all = more.length + missing.length === 0 ? ` of ${is.join(" ")}` : "";
  return new Error(
    `${part} differ${all}: the database has ${more.join(" ") || "nothing else"}, the model ${missing.join(" ") || "nothing else"}`,
  );
}

function toldOf(row: Record<string, unknown>): ToldEvent[] {
  const tasks = (row.tasks ?? []) as readonly string[];
  const unused = {
    xid: "0",
    at: new Date(0),
    workspace: null,
    document: null,
    pipeline: null,
    task: null,
  };
  const events: EventRow[] = expand({ ...unused, ...(row as object) } as never);
  return events.map(({ type, task }) => ({
    pipeline: (row.pipelineId as number | undefined) ?? null,
    type,
    index: task === null ? null : tasks.indexOf(task),
  }));
}

/** One line a pipeline; what happens to several tasks at once has no order among them. */
function eventLines(events: readonly ToldEvent[]): string[] {
  const lines = new Map<number | null, { type: string; indexes: (number | null)[] }[]>();
  for (const { pipeline, type, index } of events) {
    const own = lines.get(pipeline) ?? [];
    lines.set(pipeline, own);
    const last = own.at(-1);
    if (last?.type === type) last.indexes.push(index);
    else own.push({ type, indexes: [index] });
  }
  const text = [...lines].map(([pipeline, own]) =>
    own.map(({ type, indexes }) => `${type} ${pipeline}[${indexes.toSorted()}]`).join(", "),
  );
  return text.toSorted();
}
