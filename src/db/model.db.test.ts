import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  deadOf,
  delayOf,
  doneOf,
  type GraphTask,
  readRetryMask,
  releaseOf,
  submit,
} from "../../test/support/queue.ts";
import {
  advance,
  bitOf,
  type EndState,
  emptyMasks,
  type Graph,
  type Masks,
} from "../core/pipeline/graph.ts";
import { nextMove } from "../core/pipeline/retry.ts";
import { type Random, seededRandom } from "../lib/random.ts";
import { readSpent } from "./leases.ts";
import { applyMoves, type LeaseKey, promoteDelayed } from "./moves.ts";

/** A pipeline as the pure code sees it; where a queued task stands is all that is added. */
interface ModelPipeline {
  readonly id: number;
  state: "active" | "cancelled" | EndState;
  generation: number;
  masks: Masks;
  /** Queued tasks that have not ended, by index. */
  readonly places: Map<number, "ready" | "delayed" | "leased">;
  readonly spent: Map<number, { failures: number; lost: number }>;
}

const policy = {
  attemptsMax: 2,
  lostMax: 3,
  roundsExtra: 0,
  roundDelayMs: 0,
  backoffMs: 1000,
  backoffMaxMs: 60_000,
};

/** The reference: core `advance` and `nextMove` for each pipeline, and nothing clever. */
class Model {
  readonly pipelines = new Map<number, ModelPipeline>();
  readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  submit(id: number): void {
    const pipeline: ModelPipeline = {
      id,
      state: "active",
      generation: 1,
      masks: emptyMasks,
      places: new Map(),
      spent: new Map(),
    };
    this.pipelines.set(id, pipeline);
    this.#advance(pipeline);
  }

  end(
    id: number,
    index: number,
    how: "done" | "gaps" | "failed" | "lost",
  ): "delay" | "dead" | null {
    const pipeline = this.#of(id);
    const { masks } = pipeline;
    const bit = bitOf(index);
    pipeline.places.delete(index);
    if (how === "done" || how === "gaps") {
      const gaps = how === "gaps" ? masks.gaps | bit : masks.gaps;
      pipeline.masks = { ...masks, done: masks.done | bit, gaps };
      this.#advance(pipeline);
      return null;
    }
    const spent = pipeline.spent.get(index) ?? { failures: 0, lost: 0 };
    const ending = how === "lost" ? { kind: how } : ({ kind: "failed", retryable: true } as const);
    const all = { ...spent, containersLost: spent.lost };
    const next = nextMove(ending as never, all, policy, { next: () => 0 });
    const kind = next.kind === "delay" ? "delay" : "dead";
    pipeline.spent.set(index, {
      failures: spent.failures + (how === "failed" ? 1 : 0),
      lost: spent.lost + (how === "lost" ? 1 : 0),
    });
    if (kind === "delay") pipeline.places.set(index, "delayed");
    else {
      pipeline.masks = { ...masks, dead: masks.dead | bit };
      this.#advance(pipeline);
    }
    return kind;
  }

  place(id: number, index: number, where: "ready" | "leased"): void {
    this.#of(id).places.set(index, where);
  }

  promote(): void {
    for (const pipeline of this.pipelines.values()) {
      for (const [index, where] of pipeline.places) {
        if (where === "delayed") pipeline.places.set(index, "ready");
      }
    }
  }

  cancel(id: number): boolean {
    const pipeline = this.#of(id);
    if (pipeline.state !== "active") return false;
    pipeline.state = "cancelled";
    pipeline.places.clear();
    return true;
  }

  /** What a retry opens: what ended badly and was asked for, what it rests on, what rests on it. */
  retryMask(id: number, from: bigint | null): bigint {
    const { state, masks } = this.#of(id);
    const { full, needs } = this.graph;
    const unfinished = full & ~(masks.done | masks.dead | masks.skipped);
    const bad = masks.dead | masks.skipped;
    let mask = state === "active" ? bad : bad | unfinished | masks.gaps;
    if (from !== null) mask &= from;
    if (mask === 0n) return 0n;
    if (state !== "active") mask |= unfinished;
    for (let before = 0n; before !== mask; ) {
      before = mask;
      for (const [index, need] of needs.entries()) {
        if ((need & before) !== 0n) mask |= bitOf(index);
        if ((before & bitOf(index)) !== 0n) mask |= need & bad;
      }
    }
    return mask;
  }

  retry(id: number, from: bigint | null): boolean {
    const pipeline = this.#of(id);
    const mask = this.retryMask(id, from);
    if (mask === 0n) return false;
    const { masks } = pipeline;
    if ((mask & masks.done) !== 0n) pipeline.generation += 1;
    for (const index of this.graph.needs.keys()) {
      if ((mask & bitOf(index)) !== 0n) pipeline.spent.delete(index);
    }
    pipeline.state = "active";
    pipeline.masks = {
      queued: masks.queued & ~mask,
      done: masks.done & ~mask,
      dead: masks.dead & ~mask,
      skipped: masks.skipped & ~mask,
      gaps: masks.gaps & ~mask,
    };
    this.#advance(pipeline);
    return true;
  }

  /** In the form of the query below. */
  rows(): unknown[] {
    return [...this.pipelines.values()].map(({ id, state, generation, masks, places }) => ({
      id,
      state,
      generation,
      masks: [masks.queued, masks.done, masks.dead, masks.skipped, masks.gaps].map(String),
      tasks: this.graph.names.map((_, index) => this.#stateOf(state, masks, places, index)),
      queue: [...places].map(([index, where]) => `${index} ${where}`).sort(),
    }));
  }

  #stateOf(
    state: string,
    masks: Masks,
    places: ReadonlyMap<number, string>,
    index: number,
  ): string {
    const has = (mask: bigint) => (mask & bitOf(index)) !== 0n;
    if (has(masks.done)) return "done";
    if (has(masks.dead)) return "dead";
    if (has(masks.skipped)) return "skipped";
    return state === "cancelled" ? "cancelled" : (places.get(index) ?? "blocked");
  }

  #of(id: number): ModelPipeline {
    const pipeline = this.pipelines.get(id);
    if (!pipeline) throw new Error(`no pipeline ${id}`);
    return pipeline;
  }

  #advance(pipeline: ModelPipeline): void {
    const { masks, ready, end } = advance(this.graph, pipeline.masks);
    pipeline.masks = masks;
    for (const index of ready) pipeline.places.set(index, "ready");
    if (end !== null) pipeline.state = end;
  }
}

const tasks: GraphTask[] = [
  { name: "join", after: ["left", "right"] },
  { name: "left", after: "root" },
  { name: "root" },
  { name: "right", after: ["root"] },
  { name: "alone", after: "root" },
  { name: "last", after: ["join", "alone"] },
].map((task) => ({ ...task, attempts: policy.attemptsMax, lost: policy.lostMax }));

let db: TestDatabase;
let graph: Graph;
let containers: string[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  graph = await activateGraph(db.sql, "random", tasks);
  containers = [
    await addContainer(db.sql, { slots: 3, pipelines: 2 }),
    await addContainer(db.sql, { slots: 2, pipelines: 2 }),
  ];
});
afterAll(() => db.drop());

async function stored(ids: readonly number[]): Promise<unknown[]> {
  const rows = await db.sql`
    select p.id, p.state, p.generation,
      array[p.queued_mask::text, p.done_mask::text, p.dead_mask::text, p.skipped_mask::text, p.gap_mask::text] as masks,
      (select array_agg(s.state order by s.idx) from task_states s where s.pipeline_id = p.id) as tasks,
      coalesce((select array_agg(q.idx || ' ' || q.place order by q.idx || ' ' || q.place) from (
        select idx, 'ready' as place from ready where pipeline_id = p.id
        union all select idx, 'delayed' from delayed where pipeline_id = p.id
        union all select idx, 'leased' from leases where pipeline_id = p.id) q), '{}') as queue
    from pipelines p where p.id = any(${ids as number[]}) order by p.id`;
  return [...rows];
}

interface Held extends LeaseKey {
  readonly pipeline: number;
  readonly index: number;
  readonly container: string;
}

/** One random life of the queue; compares after every step. */
class Run {
  readonly model = new Model(graph);
  readonly held: Held[] = [];
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  async step(): Promise<string> {
    const steps = [
      ...(this.model.pipelines.size < 8 ? [() => this.#submit()] : []),
      () => this.#claim(),
      () => this.#claim(),
      ...(
        ["done", "done", "done", "done", "done", "gaps", "failed", "failed", "lost"] as const
      ).map((how) => () => this.#end(how)),
      () => this.#release(),
      () => this.#promote(),
      () => this.#retry(),
      ...(this.#random.next() < 0.3 ? [() => this.#cancel()] : []),
    ];
    return this.#pick(steps)();
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() * from.length)] as T;
  }

  async #submit(): Promise<string> {
    const { id } = await submit(db.sql, "random");
    this.model.submit(id);
    return `submit ${id}`;
  }

  async #claim(): Promise<string> {
    const container = this.#pick(containers);
    const leases = await claim(db.sql, container, 1 + Math.floor(this.#random.next() * 3));
    for (const lease of leases) {
      const { epoch, id, pipelineId: pipeline, idx: index } = lease;
      expect(this.model.pipelines.get(pipeline)?.places.get(index)).toBe("ready");
      this.model.place(pipeline, index, "leased");
      this.held.push({ epoch, id, pipeline, index, container });
    }
    return `claim ${leases.length}`;
  }

  #take(): Held | undefined {
    if (this.held.length === 0) return undefined;
    return this.held.splice(Math.floor(this.#random.next() * this.held.length), 1)[0];
  }

  async #end(how: "done" | "gaps" | "failed" | "lost"): Promise<string> {
    const lease = this.#take();
    if (!lease) return "nothing held";
    const spent = this.model.pipelines.get(lease.pipeline)?.spent.get(lease.index);
    const [known] = await readSpent(db.sql, lease.container, [lease]);
    expect(known).toMatchObject(spent ?? { failures: 0, lost: 0 });
    const kind = this.model.end(lease.pipeline, lease.index, how);
    const lost = how === "lost";
    const failing = kind === "delay" ? delayOf(lease, 0, lost) : { ...deadOf(lease), lost };
    const move = kind === null ? doneOf(lease, how === "gaps" ? [2] : []) : failing;
    expect(await applyMoves(db.sql, [move as never])).toEqual([true]);
    expect(await applyMoves(db.sql, [move as never])).toEqual([false]);
    return `${how} of ${lease.index} in ${lease.pipeline}`;
  }

  async #release(): Promise<string> {
    const lease = this.#take();
    if (!lease) return "nothing held";
    this.model.place(lease.pipeline, lease.index, "ready");
    expect(await applyMoves(db.sql, [releaseOf(lease)])).toEqual([true]);
    return `release of ${lease.index} in ${lease.pipeline}`;
  }

  async #promote(): Promise<string> {
    this.model.promote();
    await promoteDelayed(db.sql);
    return "promote";
  }

  async #cancel(): Promise<string> {
    const pipeline = this.#pick([...this.model.pipelines.keys()]);
    if (pipeline === undefined) return "nothing to cancel";
    const expected = this.model.cancel(pipeline);
    expect(await applyMoves(db.sql, [{ kind: "cancel", pipeline, by: "test" }])).toEqual([
      expected,
    ]);
    const kept = this.held.filter((lease) => lease.pipeline !== pipeline || !expected);
    this.held.splice(0, this.held.length, ...kept);
    return `cancel ${pipeline}`;
  }

  async #retry(): Promise<string> {
    const pipeline = this.#pick([...this.model.pipelines.keys()]);
    if (pipeline === undefined) return "nothing to retry";
    const from =
      this.#random.next() < 0.4 ? null : bitOf(Math.floor(this.#random.next() * tasks.length));
    const mask = this.model.retryMask(pipeline, from);
    expect(await readRetryMask(db.sql, pipeline, from)).toBe(mask);
    const expected = this.model.retry(pipeline, from);
    const move = { kind: "retry", pipeline, by: "test" } as const;
    const moves = [from === null ? move : { ...move, fromMask: String(from) }];
    expect(await applyMoves(db.sql, moves)).toEqual([expected]);
    return `retry ${pipeline} from ${from}`;
  }
}

describe("the queue beside its model", () => {
  const states = new Set<string>();
  const generations = new Set<number>();

  it.each([1, 2, 3, 4, 5])("never differs in a random life (seed %i)", async (seed) => {
    const run = new Run(seed);
    const story: string[] = [];
    for (let n = 0; n < 250; n += 1) {
      story.push(await run.step());
      const pipelines = [...run.model.pipelines.values()];
      const ids = pipelines.map(({ id }) => id);
      expect(await stored(ids), story.slice(-12).join(" | ")).toEqual(run.model.rows());
      for (const { state } of pipelines) states.add(state);
      for (const { generation } of pipelines) generations.add(generation);
    }
    // Nothing of this life disturbs the next, and cancelling leaves nothing behind.
    for (const pipeline of run.model.pipelines.keys()) {
      await applyMoves(db.sql, [{ kind: "cancel", pipeline, by: "test" }]);
    }
    const [left] = await db.sql`select (select count(*)::int from ready) as ready,
      (select count(*)::int from delayed) as delayed, (select count(*)::int from leases) as leases`;
    expect(left).toEqual({ ready: 0, delayed: 0, leases: 0 });
  });

  it("saw every state, and more than one generation", () => {
    expect([...states].sort()).toEqual(["active", "cancelled", "done", "done_with_gaps", "failed"]);
    expect(generations.size).toBeGreaterThan(1);
  });
});
