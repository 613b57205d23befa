import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { PipelineModel, policy, unspent } from "../../test/support/pipeline-model.ts";
import {
  activateGraph,
  addContainer,
  claim,
  deadOf,
  delayOf,
  doneOf,
  type GraphTask,
  readRerunMask,
  readRetryMask,
  releaseOf,
  submit,
} from "../../test/support/queue.ts";
import { bitOf, type Graph } from "../core/pipeline/graph.ts";
import { rerunMask, retryMask } from "../core/pipeline/reopen.ts";
import { type Random, seededRandom } from "../lib/random.ts";
import { readSpent } from "./leases.ts";
import { applyMoves, type LeaseKey, promoteDelayed } from "./moves.ts";

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
    select p.id, p.state, p.generation, p.quarantine is not null as suspect,
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
  readonly model = new PipelineModel(graph);
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
        [
          "done",
          "done",
          "done",
          "done",
          "done",
          "gaps",
          "failed",
          "failed",
          "lost",
          "lost",
        ] as const
      ).map((how) => () => this.#end(how)),
      () => this.#release(),
      () => this.#promote(),
      () => this.#retry(),
      ...(this.#random.next() < 0.3 ? [() => this.#cancel(), () => this.#rerun()] : []),
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
    const containersLost = this.model.containersLost(lease.pipeline, lease.container);
    expect(known).toMatchObject({ ...(spent ?? unspent), containersLost });
    const kind = this.model.end(lease.pipeline, lease.index, how, lease.container);
    const lost = how === "lost";
    const failing =
      kind === "delay" ? delayOf(lease, 0, lost) : { ...deadOf(lease), kind: kind ?? "dead", lost };
    const move = kind === null ? doneOf(lease, how === "gaps" ? [2] : []) : failing;
    expect(await applyMoves(db.sql, [move as never])).toEqual([true]);
    expect(await applyMoves(db.sql, [move as never])).toEqual([false]);
    if (kind === "quarantine") this.#drop(lease.pipeline);
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
    if (expected) this.#drop(pipeline);
    return `cancel ${pipeline}`;
  }

  /** Its leases are gone. */
  #drop(pipeline: number): void {
    const kept = this.held.filter((lease) => lease.pipeline !== pipeline);
    this.held.splice(0, this.held.length, ...kept);
  }

  #from(): bigint | null {
    return this.#random.next() < 0.4 ? null : bitOf(Math.floor(this.#random.next() * tasks.length));
  }

  async #retry(): Promise<string> {
    const pipeline = this.#pick([...this.model.pipelines.keys()]);
    if (pipeline === undefined) return "nothing to retry";
    const from = this.#from();
    const mask = retryMask(graph, this.model.reopenable(pipeline), from);
    expect(await readRetryMask(db.sql, pipeline, from)).toBe(mask);
    const expected = this.model.retry(pipeline, mask);
    expect(await this.#open("retry", pipeline, from)).toEqual([expected]);
    return `retry ${pipeline} from ${from}`;
  }

  async #rerun(): Promise<string> {
    const pipeline = this.#pick([...this.model.pipelines.keys()]);
    if (pipeline === undefined) return "nothing to rerun";
    const from = this.#from();
    const rerun = rerunMask(graph, this.model.reopenable(pipeline), from);
    expect(await readRerunMask(db.sql, pipeline, from)).toEqual(rerun);
    const expected = this.model.rerun(pipeline, rerun);
    expect(await this.#open("rerun", pipeline, from)).toEqual([expected]);
    return `rerun ${pipeline} from ${from}`;
  }

  #open(kind: "retry" | "rerun", pipeline: number, from: bigint | null): Promise<boolean[]> {
    const move = { kind, pipeline, by: "test" } as const;
    return applyMoves(db.sql, [from === null ? move : { ...move, fromMask: String(from) }]);
  }
}

describe("recovery beside its model", () => {
  const states = new Set<string>();
  const generations = new Set<number>();
  let suspects = 0;

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
      suspects += pipelines.filter(({ isSuspect }) => isSuspect).length;
    }
    // Nothing of this life disturbs the next, and cancelling leaves nothing behind.
    for (const pipeline of run.model.pipelines.keys()) {
      await applyMoves(db.sql, [{ kind: "cancel", pipeline, by: "test" }]);
    }
    const [left] = await db.sql`select (select count(*)::int from ready) as ready,
      (select count(*)::int from delayed) as delayed, (select count(*)::int from leases) as leases`;
    expect(left).toEqual({ ready: 0, delayed: 0, leases: 0 });
  });

  it("saw every state, more than one generation, and quarantine", () => {
    expect([...states].sort()).toEqual(["active", "cancelled", "done", "done_with_gaps", "failed"]);
    expect(generations.size).toBeGreaterThan(1);
    expect(suspects).toBeGreaterThan(0);
  });
});
