import { advance, bitOf, emptyMasks } from "../../src/core/pipeline/graph.ts";
import type { TroubledLease } from "../../src/db/leases.ts";
import type { LeaseKey, Move } from "../../src/db/moves.ts";
import type { GrantedLease } from "../../src/db/turn.ts";
import { type ModelPack, stallMs, timeoutMs } from "./shapes.ts";
import type { EndedTry, ModelContainer, ModelLease, ModelPipeline, ToldEvent } from "./things.ts";

const outcomes = { delay: "delayed", dead: "dead", release: "released" } as const;

/**
 * The reference: plain maps, core's `advance` for each pipeline, nothing clever. Every method is one
 * move as the product promises it.
 */
export class QueueModel {
  readonly pipelines = new Map<number, ModelPipeline>();
  readonly containers = new Map<string, ModelContainer>();
  readonly leases = new Map<string, ModelLease>();
  /** By workspace and idempotency key. */
  readonly keys = new Map<string, { readonly sha256: string; readonly pipeline: string }>();
  nowMs: number;
  /** Of the step under way. */
  told: ToldEvent[] = [];
  ended: EndedTry[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  beginStep(): void {
    this.told = [];
    this.ended = [];
  }

  submit(id: number, pack: ModelPack, rank: number): void {
    const pipeline: ModelPipeline = {
      id,
      pack,
      rank,
      state: "active",
      generation: 1,
      masks: emptyMasks,
      queue: new Map(),
      spent: new Map(),
      marks: new Map(),
    };
    this.pipelines.set(id, pipeline);
    this.tell(id, "document.accepted");
    this.#advance(pipeline);
  }

  /** The moves of one call of `applyMoves`: tasks that went well first, then the others in order. */
  applyMoves(moves: readonly Move[]): boolean[] {
    const touched = new Set<number>();
    for (const move of moves) {
      const pipeline = "pipeline" in move ? move.pipeline : this.leases.get(keyOf(move))?.pipeline;
      if (pipeline !== undefined) touched.add(pipeline);
    }
    const done = this.settleDone(moves);
    const accepted = moves.map((move, at) => (move.kind === "done" ? done[at] : this.#move(move)));
    for (const id of touched) this.#advance(this.#of(id));
    return accepted.map((answer) => answer === true);
  }

  /** One answer a move; false too for those of another kind. A pipeline moves on once, with all its bits. */
  settleDone(moves: readonly Move[]): boolean[] {
    const touched = new Set<ModelPipeline>();
    const accepted = moves.map((move) => {
      if (move.kind !== "done") return false;
      const lease = this.#end(move, "done", false);
      if (!lease) return false;
      const pipeline = this.#of(lease.pipeline);
      const bit = bitOf(lease.index);
      const gaps = move.gaps.length > 0 ? pipeline.masks.gaps | bit : pipeline.masks.gaps;
      pipeline.masks = { ...pipeline.masks, done: pipeline.masks.done | bit, gaps };
      pipeline.queue.delete(lease.index);
      this.tell(lease.pipeline, "task.done", lease.index);
      touched.add(pipeline);
      return true;
    });
    for (const pipeline of touched) this.#advance(pipeline);
    return accepted;
  }

  grant(lease: GrantedLease): void {
    const queued = this.#of(lease.pipelineId).queue.get(lease.idx);
    if (!queued) throw new Error(`task ${lease.idx} of ${lease.pipelineId} is not queued`);
    queued.place = "leased";
    this.leases.set(keyOf(lease), {
      epoch: lease.epoch,
      id: lease.id,
      pipeline: lease.pipelineId,
      index: lease.idx,
      container: lease.container,
      attempt: lease.attempt,
      generation: lease.generation,
      leasedAtMs: this.nowMs,
      progressedAtMs: this.nowMs,
    });
    this.tell(lease.pipelineId, "task.leased", lease.idx);
  }

  promote(): number {
    let moved = 0;
    for (const { queue } of this.pipelines.values()) {
      for (const queued of queue.values()) {
        if (queued.place !== "delayed" || queued.runAtMs > this.nowMs) continue;
        queued.place = "ready";
        moved += 1;
      }
    }
    return moved;
  }

  progress(by: string, key: LeaseKey, at: { fraction: number; done: number; total: number }) {
    const lease = this.leases.get(keyOf(key));
    if (lease?.container !== by) return false;
    lease.progressedAtMs = this.nowMs;
    const { marks } = this.#of(lease.pipeline);
    const name = `${lease.index} ${lease.generation}`;
    const before = marks.get(name);
    marks.set(name, {
      fraction: Math.max(at.fraction, before?.fraction ?? 0),
      done: Math.max(at.done, before?.done ?? 0),
      total: at.total,
    });
    this.tell(lease.pipeline, "task.progress", lease.index);
    return true;
  }

  /** Containers whose silence is noticed now. */
  endSilent(): void {
    for (const container of this.containers.values()) {
      if (!container.silent || container.ended) continue;
      container.ended = true;
      if (this.heldBy(container.id).length > 0) this.tell(null, "container.lost");
    }
  }

  /** Leases to be taken back, each with the reason; in order of their ids. */
  troubled(): { lease: ModelLease; cause: TroubledLease["cause"] }[] {
    return [...this.leases.values()]
      .toSorted((a, b) => a.id - b.id)
      .flatMap((lease) => {
        const cause = this.#troubleOf(lease);
        return cause === null ? [] : [{ lease, cause }];
      });
  }

  /** What a retry opens: what ended badly and was asked for, what it rests on, what rests on it. */
  retryMask(id: number, from: bigint | null): bigint {
    const { state, masks, pack } = this.#of(id);
    const { full, needs } = pack.graph;
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

  /** Opens the tasks of a mask again; a new generation when finished work is done anew, or all had come. */
  reopen(pipeline: ModelPipeline, mask: bigint): void {
    const { masks, state, marks } = pipeline;
    const isNew = state === "done_with_gaps" || (mask & masks.done) !== 0n;
    if (isNew) pipeline.generation += 1;
    for (const index of pipeline.pack.graph.needs.keys()) {
      if ((mask & bitOf(index)) === 0n) continue;
      pipeline.spent.delete(index);
      if (!isNew) continue;
      for (const name of marks.keys()) if (name.startsWith(`${index} `)) marks.delete(name);
    }
    pipeline.state = "active";
    pipeline.masks = {
      queued: masks.queued & ~mask,
      done: masks.done & ~mask,
      dead: masks.dead & ~mask,
      skipped: masks.skipped & ~mask,
      gaps: masks.gaps & ~mask,
    };
  }

  heldBy(container: string): ModelLease[] {
    return [...this.leases.values()].filter((lease) => lease.container === container);
  }

  /** Whether a container may do a task of this pipeline. */
  serves(container: ModelContainer, pipeline: ModelPipeline, index: number): boolean {
    const task = pipeline.pack.tasks[index];
    if (!task) return false;
    const ofPool = container.pool === "shared" || container.pool === task.pool;
    return ofPool && task.features.every((feature) => container.features.includes(feature));
  }

  stateOf({ state, masks, queue }: ModelPipeline, index: number): string {
    const has = (mask: bigint) => (mask & bitOf(index)) !== 0n;
    if (has(masks.done)) return "done";
    if (has(masks.dead)) return "dead";
    if (has(masks.skipped)) return "skipped";
    return state === "cancelled" ? "cancelled" : (queue.get(index)?.place ?? "blocked");
  }

  tell(pipeline: number | null, type: string, index: number | null = null): void {
    this.told.push({ pipeline, type, index });
  }

  #troubleOf(lease: ModelLease): TroubledLease["cause"] | null {
    const container = this.containers.get(lease.container);
    if (!container || container.ended || container.silent) return "lost";
    if (lease.leasedAtMs + timeoutMs < this.nowMs) return "deadline";
    return lease.progressedAtMs + stallMs < this.nowMs ? "stalled" : null;
  }

  #move(move: Move): boolean {
    switch (move.kind) {
      case "cancel":
        return this.#cancel(this.#of(move.pipeline));
      case "retry":
        return this.#retry(this.#of(move.pipeline), move.fromMask);
      case "delay":
      case "dead":
      case "release":
        return this.#setBack(move);
      default:
        throw new Error(`the model knows no ${move.kind}`);
    }
  }

  #setBack(move: Extract<Move, { kind: "delay" | "dead" | "release" }>): boolean {
    const isLost = move.kind !== "release" && move.lost;
    const lease = this.#end(move, outcomes[move.kind], isLost);
    if (!lease) return false;
    const pipeline = this.#of(lease.pipeline);
    const queued = pipeline.queue.get(lease.index);
    if (!queued) throw new Error("a lease of a task that is not queued");
    this.tell(lease.pipeline, `task.${outcomes[move.kind]}`, lease.index);
    if (move.kind === "release") {
      queued.place = "ready";
      return true;
    }
    const spent = pipeline.spent.get(lease.index) ?? { failures: 0, lost: 0 };
    pipeline.spent.set(lease.index, {
      failures: spent.failures + (isLost ? 0 : 1),
      lost: spent.lost + (isLost ? 1 : 0),
    });
    if (move.kind === "delay") {
      queued.place = "delayed";
      queued.attempt += 1;
      queued.runAtMs = this.nowMs + move.afterMs;
    } else {
      pipeline.queue.delete(lease.index);
      pipeline.masks = { ...pipeline.masks, dead: pipeline.masks.dead | bitOf(lease.index) };
    }
    return true;
  }

  #cancel(pipeline: ModelPipeline): boolean {
    if (pipeline.state !== "active") return false;
    for (const lease of this.leases.values()) {
      if (lease.pipeline === pipeline.id) this.#end(lease, "cancelled", false);
    }
    pipeline.state = "cancelled";
    pipeline.queue.clear();
    this.tell(pipeline.id, "pipeline.cancelled");
    return true;
  }

  #retry(pipeline: ModelPipeline, fromMask: string | undefined): boolean {
    const mask = this.retryMask(pipeline.id, fromMask === undefined ? null : BigInt(fromMask));
    if (mask === 0n) return false;
    this.reopen(pipeline, mask);
    this.tell(pipeline.id, "pipeline.retried");
    return true;
  }

  /** The fence: a lease ends once, and a worker ends only its own. */
  #end(
    key: LeaseKey & { container?: string },
    outcome: EndedTry["outcome"],
    lost: boolean,
  ): ModelLease | undefined {
    const lease = this.leases.get(keyOf(key));
    if (!lease || (key.container !== undefined && key.container !== lease.container)) {
      return undefined;
    }
    this.leases.delete(keyOf(key));
    this.ended.push({ ...lease, outcome, lost });
    return lease;
  }

  #of(id: number): ModelPipeline {
    const pipeline = this.pipelines.get(id);
    if (!pipeline) throw new Error(`no pipeline ${id}`);
    return pipeline;
  }

  #advance(pipeline: ModelPipeline): void {
    if (pipeline.state !== "active") return;
    const before = pipeline.masks.skipped;
    const { masks, ready, end } = advance(pipeline.pack.graph, pipeline.masks);
    pipeline.masks = masks;
    for (const index of ready) {
      const { generation } = pipeline;
      pipeline.queue.set(index, { place: "ready", generation, attempt: 1, runAtMs: 0 });
    }
    for (const index of pipeline.pack.graph.needs.keys()) {
      if ((masks.skipped & ~before & bitOf(index)) !== 0n) {
        this.tell(pipeline.id, "task.skipped", index);
      }
    }
    if (end === null) return;
    pipeline.state = end;
    if (end !== "failed") pipeline.marks.clear();
    this.tell(pipeline.id, "pipeline.finished");
  }
}

export const keyOf = ({ epoch, id }: LeaseKey): string => `${epoch}-${id}`;
