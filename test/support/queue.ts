import { createHash, randomBytes } from "node:crypto";
import { compileGraph, type Graph } from "../../src/core/pipeline/graph.ts";
import { connect, type Db, type Sql } from "../../src/db/connect.ts";
import { heartbeat, registerContainer } from "../../src/db/containers.ts";
import {
  type ClaimedTask,
  claimedTask,
  readPackFacts,
  readPipelineFacts,
} from "../../src/db/leases.ts";
import { applyMoves, type LeaseKey, type TaskMove } from "../../src/db/moves.ts";
import { keepFolderPack } from "../../src/db/packs.ts";
import { addPipeline } from "../../src/db/submissions.ts";
import { takeTurn } from "../../src/db/turn.ts";
import type { Failure } from "../../src/errors/app-error.ts";
import type { Pack } from "../../src/packs/pack.ts";

/** The epoch of leases in these tests, unless a test is about epochs. */
export const epoch = 7;

export interface GraphTask {
  readonly name: string;
  readonly after?: null | string | readonly string[];
  readonly pool?: string;
  readonly features?: readonly string[];
  readonly attempts?: number;
  readonly lost?: number;
  readonly timeoutMs?: number;
  readonly stallMs?: number;
}

/** Stores a pack of nothing but tasks and makes it the active one of its name. */
export async function activateGraph(
  sql: Sql,
  name: string,
  tasks: readonly GraphTask[],
): Promise<Graph> {
  const graph = compileGraph(
    tasks.map((task, index) => ({
      name: task.name,
      layer: index + 1,
      weight: 1,
      pool: task.pool ?? "vision",
      after: task.after ?? null,
    })),
  );
  const content: Pack = {
    name,
    version: 1,
    title: name,
    limits: { slidesMax: 300 },
    models: {},
    prompts: {},
    schemas: {},
    templates: {},
    contentHash: hashOf(JSON.stringify(tasks)),
    tasks: tasks.map((task, index) => ({
      name: task.name,
      layer: index + 1,
      after: task.after ?? null,
      weight: 1,
      pool: task.pool === "text" ? "text" : "vision",
      features: task.features ?? [],
      each: null,
      timeoutSeconds: 60,
      stallSeconds: 30,
      attempts: task.attempts ?? 3,
      attemptsLost: task.lost ?? 5,
      backoffSeconds: 1,
      needsHandoff: false,
      upstream: [],
      prompts: [],
      schemas: [],
      template: null,
      templates: [],
    })),
  };
  await keepFolderPack(sql, {
    name,
    version: 1,
    contentHash: content.contentHash,
    content,
    dependencies: {},
    graph,
    tasks: tasks.map((task) => ({
      pool: task.pool ?? "vision",
      features: task.features ?? [],
      timeoutMs: task.timeoutMs ?? 60_000,
      stallMs: task.stallMs ?? 30_000,
      attemptsMax: task.attempts ?? 3,
      lostMax: task.lost ?? 5,
      backoffMs: 1000,
    })),
  });
  return graph;
}

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

export interface Submitted {
  /** Internal id of the pipeline. */
  readonly id: number;
  readonly pipeline: string;
  readonly document: string;
}

export async function submit(
  db: Db,
  pack: string,
  given: { workspace?: string; priority?: number; sha256?: string; idempotencyKey?: string } = {},
): Promise<Submitted> {
  const { document, pipeline } = await addPipeline(db, {
    workspace: given.workspace ?? "default",
    sha256: given.sha256 ?? randomBytes(32).toString("hex"),
    name: "deck.pdf",
    pack,
    priority: given.priority ?? 5,
    idempotencyKey: given.idempotencyKey ?? null,
    bytes: 1000,
    pages: 10,
  });
  return { id: await idOf(db, pipeline), pipeline, document };
}

export async function submitSource(db: Db, pack: string, sourceUri: string): Promise<Submitted> {
  const [row] = await db<{ document: string; pipeline: string }[]>`
    select document_id as document, pipeline_id as pipeline
    from add_document_processing_pipeline('default', p_source_uri => ${sourceUri}, p_pack => ${pack})`;
  const { document, pipeline } = row!;
  return { id: await idOf(db, pipeline), pipeline, document };
}

async function idOf(db: Db, pipeline: string): Promise<number> {
  const [row] = await db<{ id: number }[]>`select id from pipelines where public_id = ${pipeline}`;
  return row!.id;
}

let containers = 0;

/** A registered container that is ready; each call is another replica. */
export async function addContainer(
  sql: Sql,
  given: {
    pool?: string;
    replica?: number;
    slots?: number;
    pipelines?: number;
    features?: string[];
    ttlMs?: number;
    phase?: string;
  } = {},
): Promise<string> {
  containers += 1;
  const pool = given.pool ?? "vision";
  const replica = given.replica ?? containers;
  const id = `${pool}-${replica}.${containers}`;
  const ttlMs = given.ttlMs ?? 600_000;
  await registerContainer(sql, {
    id,
    pool,
    replica,
    containerId: null,
    bootId: `boot-${containers}-00`,
    tokenHash: createHash("sha256").update(id).digest(),
    features: given.features ?? [],
    capabilities: {},
    slots: given.slots ?? 64,
    maxConcurrentPipelines: given.pipelines ?? 64,
    coordinationUrl: null,
    visualCacheAccess: false,
    engine: { name: "extractive", model: null },
    gpu: null,
    pid: null,
    ttlMs,
  });
  await heartbeat(sql, id, { phase: given.phase ?? "ready", note: null, ttlMs });
  await sql`insert into epochs (epoch) values (${epoch}) on conflict do nothing`;
  return id;
}

export const claim = (db: Db, container: string, limit = 64): Promise<ClaimedTask[]> =>
  claimTasks(db, container, epoch, limit);

/** A turn that settles nothing. */
export async function claimTasks(
  db: Db,
  container: string,
  inEpoch: number,
  limit: number,
): Promise<ClaimedTask[]> {
  const claims = [{ container, capacity: limit, floor: 0 }];
  const { leases } = await takeTurn(db, { epoch: inEpoch, done: [], claims });
  const facts = await readPipelineFacts(
    db,
    leases.map((lease) => lease.pipelineId),
  );
  const packs = await readPackFacts(
    db,
    facts.map(({ packId }) => packId),
  );
  return leases.map((lease) => {
    const own = facts.find((entry) => entry.pipelineId === lease.pipelineId)!;
    return claimedTask(lease, own, packs.find(({ packId }) => packId === own.packId)!);
  });
}

/** The one task that is to be had. */
export async function claimOne(db: Db, container: string): Promise<ClaimedTask> {
  const [lease] = await claim(db, container, 1);
  if (!lease) throw new Error("nothing was ready");
  return lease;
}

const engine = { name: "extractive", model: null };
export const failure: Failure = { code: "MODEL_TIMEOUT", detail: null };

export const doneOf = ({ epoch, id }: LeaseKey, gaps: number[] = []): TaskMove => ({
  kind: "done",
  epoch,
  id,
  result: { ok: true },
  gaps,
  applicable: true,
  reason: null,
  engine,
});
export const delayOf = ({ epoch, id }: LeaseKey, afterMs = 0, lost = false): TaskMove => ({
  kind: "delay",
  epoch,
  id,
  afterMs,
  failure,
  lost,
});
export const deadOf = ({ epoch, id }: LeaseKey): TaskMove => ({
  kind: "dead",
  epoch,
  id,
  failure,
  lost: false,
});
export const releaseOf = ({ epoch, id }: LeaseKey): TaskMove => ({ kind: "release", epoch, id });

/** Claims the task of this name of a pipeline and settles it; other claimed tasks are given back. */
export async function settleTask(
  db: Db,
  container: string,
  pipeline: number,
  task: string,
  move: (lease: LeaseKey) => TaskMove,
): Promise<void> {
  const leases = await claim(db, container);
  const own = leases.find((lease) => lease.pipelineId === pipeline && lease.task === task);
  if (!own) throw new Error(`${task} was not ready`);
  const moves = leases.map((lease) => (lease === own ? move(own) : releaseOf(lease)));
  const accepted = await applyMoves(db, moves);
  if (accepted.includes(false)) throw new Error("a move was refused");
}

const asked = (mask: bigint | null): string | null => (mask === null ? null : String(mask));

/** What SQL would open in a retry. */
export async function readRetryMask(db: Db, pipeline: number, from: bigint | null) {
  const [row] = await db<{ mask: string }[]>`
    select retry_mask(${pipeline}, ${asked(from)}::bigint)::text as mask`;
  return BigInt(row!.mask);
}

/** What SQL would open in a rerun, and what stands in its way. */
export async function readRerunMask(db: Db, pipeline: number, from: bigint | null) {
  const [row] = await db<{ mask: string; busy: string }[]>`
    select mask::text, busy::text from rerun_mask(${pipeline}, ${asked(from)}::bigint)`;
  return { mask: BigInt(row!.mask), busy: BigInt(row!.busy) };
}

export interface PipelineFacts {
  readonly state: string;
  readonly generation: number;
  readonly queued: bigint;
  readonly done: bigint;
  readonly dead: bigint;
  readonly skipped: bigint;
  readonly gaps: bigint;
  /** By task name. */
  readonly tasks: Record<string, string>;
}

export async function factsOf(db: Db, pipeline: number): Promise<PipelineFacts> {
  const [row] = await db<Record<string, string>[]>`
    select state, generation::text, queued_mask::text as queued, done_mask::text as done, dead_mask::text as dead,
      skipped_mask::text as skipped, gap_mask::text as gaps from pipelines where id = ${pipeline}`;
  const states = await db<{ task: string; state: string }[]>`
    select task, state from task_states where pipeline_id = ${pipeline} order by idx`;
  const {
    state = "",
    generation = "",
    queued = "",
    done = "",
    dead = "",
    skipped = "",
    gaps = "",
  } = row!;
  return {
    state,
    generation: Number(generation),
    queued: BigInt(queued),
    done: BigInt(done),
    dead: BigInt(dead),
    skipped: BigInt(skipped),
    gaps: BigInt(gaps),
    tasks: Object.fromEntries(states.map((entry) => [entry.task, entry.state])),
  };
}

/** Everything stored about a pipeline's life, to show that nothing has changed. */
export async function snapshotOf(db: Db, pipeline: number): Promise<unknown> {
  const [row] = await db<{ all: unknown }[]>`
    select jsonb_build_object(
      'pipeline', (select to_jsonb(p) from pipelines p where id = ${pipeline}),
      'tasks', (select jsonb_agg(to_jsonb(t) order by idx) from tasks t where pipeline_id = ${pipeline}),
      'ready', (select jsonb_agg(to_jsonb(r) order by idx) from ready r where pipeline_id = ${pipeline}),
      'delayed', (select jsonb_agg(to_jsonb(y) order by idx) from delayed y where pipeline_id = ${pipeline}),
      'leases', (select jsonb_agg(to_jsonb(l) order by idx) from leases l where pipeline_id = ${pipeline}),
      'progress', (select jsonb_agg(to_jsonb(g) order by idx) from task_progress g where pipeline_id = ${pipeline}),
      'results', (select jsonb_agg(to_jsonb(r) order by idx, generation) from results r where pipeline_id = ${pipeline}),
      'attempts', (select count(*) from attempt_history where pipeline_id = ${pipeline}),
      'slides', (select count(*) from visual_results where pipeline_id = ${pipeline}),
      'failures', (select count(*) from slide_failures where pipeline_id = ${pipeline})) as all`;
  return row!.all;
}

/** One connection of its own, to interleave with others. The caller ends it. */
export const session = (url: string): Sql =>
  connect(url, { max: 1, name: "pilotlight-test-session" });

/** A transaction held open until it is told to commit. */
export interface OpenTransaction {
  readonly tx: Db;
  commit(): Promise<void>;
}

export async function openTransaction(sql: Sql): Promise<OpenTransaction> {
  let finish: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let ended: Promise<unknown> = Promise.resolve();
  const tx = await new Promise<Db>((resolve, reject) => {
    ended = sql.begin(async (inner) => {
      resolve(inner);
      await held;
    });
    ended.catch(reject);
  });
  return {
    tx,
    async commit() {
      finish();
      await ended;
    },
  };
}

/** Resolves once a session of this database waits for a lock, or when there is no need to look any more. */
export async function lockWaits(sql: Sql, needless: () => boolean): Promise<void> {
  while (!needless()) {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if ((row?.n ?? 0) > 0) return;
  }
}
