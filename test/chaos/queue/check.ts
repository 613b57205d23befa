import type { Sql } from "../../../src/db/connect.ts";
import type { Span } from "./faults.ts";
import { packTasks } from "./plan.ts";
import { expectedOf } from "./poison.ts";
import type { Grant, Records } from "./records.ts";
import type { Acknowledged } from "./submitter.ts";

export interface Evidence {
  readonly records: Records;
  readonly acknowledged: ReadonlyMap<string, Acknowledged>;
  /** What was acknowledged or accepted in this time is gone; null: nothing was restored. */
  readonly undone: Span | null;
}

interface PipelineRow {
  readonly pipeline: string;
  readonly key: string;
  readonly state: string;
  readonly document: string;
}

interface ResultRow {
  readonly pipeline: string;
  readonly task: string;
  readonly generation: number;
  readonly lease: string;
  readonly createdMs: number;
}

/** What the database holds at the end. */
interface Stored {
  readonly pipelines: readonly PipelineRow[];
  readonly results: readonly ResultRow[];
  readonly dead: ReadonlyMap<string, readonly string[]>;
  readonly left: { readonly ready: number; readonly delayed: number; readonly leases: number };
}

/** One promise of the queue, and each case in which it was not kept. */
export interface Verdict {
  readonly promise: string;
  /** How many cases were looked at. */
  readonly looked: number;
  readonly broken: readonly string[];
}

/** Holds what workers and submitter were told against what the database says. */
export async function check(sql: Sql, evidence: Evidence): Promise<Verdict[]> {
  const stored = await readStored(sql);
  const grants = new Map(evidence.records.grants.map((grant) => [grant.lease, grant]));
  return [
    nothingLost(stored, evidence.acknowledged),
    nothingElse(stored, evidence.acknowledged),
    allEnded(stored),
    noneTwice(stored),
    nothingStuck(stored),
    pairsOnce(evidence.records),
    acceptedStands(stored, evidence, grants),
    acceptedOnce(evidence, grants),
    fromWorkers(stored, evidence.records, grants),
    inOrder(stored, grants),
    leasedInOrder(stored, evidence),
  ];
}

async function readStored(sql: Sql): Promise<Stored> {
  const pipelines = await sql<PipelineRow[]>`
    select p.public_id as pipeline, p.idempotency_key as key, p.state, d.name as document
    from pipelines p join documents d on d.id = p.document_id`;
  const results = await sql<ResultRow[]>`
    select p.public_id as pipeline, k.task_names[r.idx + 1] as task, r.generation, r.result ->> 'lease' as lease,
      extract(epoch from r.created_at)::double precision * 1000 as "createdMs"
    from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id`;
  const dead = await sql<{ pipeline: string; tasks: string[] }[]>`
    select p.public_id as pipeline, array_agg(s.task) as tasks
    from pipelines p join task_states s on s.pipeline_id = p.id
    where p.state <> 'done' and s.state = 'dead' group by p.public_id`;
  const [left] = await sql<Stored["left"][]>`
    select (select count(*) from ready)::int as ready, (select count(*) from delayed)::int as delayed,
      (select count(*) from leases)::int as leases`;
  return {
    pipelines,
    results,
    dead: new Map(dead.map(({ pipeline, tasks }) => [pipeline, tasks])),
    left: left ?? { ready: 0, delayed: 0, leases: 0 },
  };
}

/** Seconds from submission to end: median, 99th percentile, longest. */
export async function readDurations(sql: Sql): Promise<readonly number[]> {
  const [row] = await sql<{ seconds: number[] }[]>`
    select percentile_disc(array[0.5, 0.99, 1]) within group
      (order by extract(epoch from finished_at - created_at)::double precision) as seconds
    from pipelines where finished_at is not null`;
  return row?.seconds ?? [];
}

function nothingLost(
  { pipelines }: Stored,
  acknowledged: ReadonlyMap<string, Acknowledged>,
): Verdict {
  const byKey = new Map(pipelines.map((row) => [row.key, row.pipeline]));
  const broken = [...acknowledged].flatMap(([key, { pipeline }]) =>
    byKey.get(key) === pipeline
      ? []
      : [`${key}: ${pipeline} was acknowledged, ${byKey.get(key) ?? "nothing"} is there`],
  );
  return { promise: "what was acknowledged is there", looked: acknowledged.size, broken };
}

function nothingElse(
  { pipelines }: Stored,
  acknowledged: ReadonlyMap<string, Acknowledged>,
): Verdict {
  const known = new Set([...acknowledged.values()].map(({ pipeline }) => pipeline));
  const broken = pipelines
    .filter(({ pipeline }) => !known.has(pipeline))
    .map(({ pipeline, key }) => `${pipeline} of ${key} was never acknowledged`);
  return { promise: "nothing was submitted twice", looked: pipelines.length, broken };
}

function allEnded({ pipelines, results, dead }: Stored): Verdict {
  const counts = new Map<string, number>();
  for (const { pipeline } of results) counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1);
  const broken = pipelines.flatMap(({ pipeline, state, document }) => {
    const expected = expectedOf(document);
    const seen = `${state}, ${counts.get(pipeline) ?? 0} results, dead: ${dead.get(pipeline)?.join() ?? "none"}`;
    const wanted = `${expected.state}, ${expected.results} results, dead: ${expected.dead ?? "none"}`;
    return seen === wanted ? [] : [`${pipeline} (${document}) is ${seen}; should be ${wanted}`];
  });
  return { promise: "every pipeline ended as it had to", looked: pipelines.length, broken };
}

function noneTwice({ results }: Stored): Verdict {
  const seen = new Set<string>();
  const broken: string[] = [];
  for (const { pipeline, task, generation } of results) {
    const name = `${task} of ${pipeline}`;
    if (seen.has(name) || generation !== 1) broken.push(`${name}, generation ${generation}`);
    seen.add(name);
  }
  return { promise: "one result a task", looked: results.length, broken };
}

function nothingStuck({ left }: Stored): Verdict {
  const broken = Object.entries(left)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `${count} rows in ${table}`);
  return { promise: "no lease left, nothing waiting", looked: 3, broken };
}

function pairsOnce({ grants }: Records): Verdict {
  const first = new Map<string, Grant>();
  const broken: string[] = [];
  for (const grant of grants) {
    const before = first.get(grant.lease);
    if (before === undefined) first.set(grant.lease, grant);
    else broken.push(`${grant.lease} went to ${before.container} and to ${grant.container}`);
  }
  return { promise: "no lease pair was issued twice", looked: grants.length, broken };
}

const isUndone = (atMs: number, undone: Span | null): boolean =>
  undone !== null && atMs >= undone.fromMs && atMs < undone.toMs;

/** Answers that stand, each with what it was about. A poisonous result ends its task instead. */
function standing({ records, undone }: Evidence, grants: ReadonlyMap<string, Grant>) {
  return records.answers
    .filter(({ accepted, atMs }) => accepted && !isUndone(atMs, undone))
    .flatMap((answer) => grants.get(answer.lease) ?? [])
    .filter(({ document, task }) => expectedOf(document).dead !== task);
}

function acceptedStands(
  { results }: Stored,
  evidence: Evidence,
  grants: ReadonlyMap<string, Grant>,
): Verdict {
  const byTask = new Map(results.map((row) => [`${row.task} of ${row.pipeline}`, row.lease]));
  const accepted = standing(evidence, grants);
  const broken = accepted.flatMap(({ task, pipeline, lease }) => {
    const name = `${task} of ${pipeline}`;
    const stored = byTask.get(name);
    return stored === lease
      ? []
      : [`${name}: accepted of ${lease}, stored of ${stored ?? "nobody"}`];
  });
  return {
    promise: "what a worker was told is accepted is stored",
    looked: accepted.length,
    broken,
  };
}

function acceptedOnce(evidence: Evidence, grants: ReadonlyMap<string, Grant>): Verdict {
  const seen = new Set<string>();
  const broken: string[] = [];
  const accepted = standing(evidence, grants);
  for (const { task, pipeline, generation, lease } of accepted) {
    const name = `${task} of ${pipeline}, generation ${generation}`;
    if (seen.has(name)) broken.push(`${name}: accepted once more of ${lease}`);
    seen.add(name);
  }
  return { promise: "one accepted result a task", looked: accepted.length, broken };
}

function fromWorkers(
  { results }: Stored,
  { sentMs }: Records,
  grants: ReadonlyMap<string, Grant>,
): Verdict {
  const broken = results
    .filter(({ lease, pipeline, task }) => {
      const grant = grants.get(lease);
      return !sentMs.has(lease) || grant?.pipeline !== pipeline || grant.task !== task;
    })
    .map(({ lease, pipeline, task }) => `${task} of ${pipeline}: nobody sent it under ${lease}`);
  return {
    promise: "each result comes from the holder of its lease",
    looked: results.length,
    broken,
  };
}

const dependencyOf = new Map(
  packTasks.flatMap(({ name, after }) => (typeof after === "string" ? [[name, after]] : [])),
);

/** Lease times travel in whole milliseconds. */
const grainMs = 1;

/** By the database's clock: a stored result was leased after what it needs was stored. */
function inOrder({ results }: Stored, grants: ReadonlyMap<string, Grant>): Verdict {
  const stored = new Map(results.map((row) => [`${row.task} of ${row.pipeline}`, row.createdMs]));
  let looked = 0;
  const broken: string[] = [];
  for (const { pipeline, task, lease } of results) {
    const needed = dependencyOf.get(task);
    const grant = grants.get(lease);
    if (needed === undefined || grant === undefined) continue;
    looked += 1;
    const doneMs = stored.get(`${needed} of ${pipeline}`);
    if (doneMs === undefined) broken.push(`${task} of ${pipeline} is done, ${needed} is not`);
    else if (doneMs > grant.leasedMs + grainMs) {
      broken.push(`${task} of ${pipeline} was leased ${doneMs - grant.leasedMs} ms too early`);
    }
  }
  return { promise: "stored results are in order", looked, broken };
}

/** By the workers' clock, and for every lease ever: the needed result had been sent before. */
function leasedInOrder(_stored: Stored, { records }: Evidence): Verdict {
  const firstSent = new Map<string, number>();
  for (const { lease, pipeline, task } of records.grants) {
    const sentMs = records.sentMs.get(lease);
    const name = `${task} of ${pipeline}`;
    if (sentMs !== undefined) firstSent.set(name, Math.min(sentMs, firstSent.get(name) ?? sentMs));
  }
  const dependents = records.grants.filter(({ task }) => dependencyOf.has(task));
  const broken = dependents
    .filter(({ pipeline, task, atMs }) => {
      const sentMs = firstSent.get(`${dependencyOf.get(task)} of ${pipeline}`);
      return sentMs === undefined || sentMs > atMs;
    })
    .map(({ lease, pipeline, task }) => `${lease}: ${task} of ${pipeline} was leased too early`);
  return { promise: "no task was leased before what it needs", looked: dependents.length, broken };
}
