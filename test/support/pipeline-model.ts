import {
  advance,
  bitOf,
  type EndState,
  emptyMasks,
  type Graph,
  type Masks,
} from "../../src/core/pipeline/graph.ts";
import {
  type Reopenable,
  type Rerun,
  retryIsNewGeneration,
} from "../../src/core/pipeline/reopen.ts";
import { nextMove } from "../../src/core/pipeline/retry.ts";
import { reopened } from "./masks.ts";

/** Of every task of the model. */
export const policy = {
  attemptsMax: 2,
  lostMax: 2,
  roundsExtra: 1,
  roundDelayMs: 120_000,
  backoffMs: 1000,
  backoffMaxMs: 60_000,
};
export const unspent = { failures: 0, lost: 0 };

/** A pipeline as the pure code sees it; where a queued task stands is all that is added. */
interface ModelPipeline {
  readonly id: number;
  state: "active" | "cancelled" | EndState;
  generation: number;
  masks: Masks;
  /** Queued tasks that have not ended, by index. */
  readonly places: Map<number, "ready" | "delayed" | "leased">;
  readonly spent: Map<number, { failures: number; lost: number }>;
  /** Containers lost over it since it was last opened. */
  readonly killed: Set<string>;
  isSuspect: boolean;
}

/** The reference: core `advance`, `nextMove` and the masks of `reopen` for each pipeline, and nothing clever. */
export class PipelineModel {
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
      killed: new Set(),
      isSuspect: false,
    };
    this.pipelines.set(id, pipeline);
    this.#advance(pipeline);
  }

  end(
    id: number,
    index: number,
    how: "done" | "gaps" | "failed" | "lost",
    container: string,
  ): "delay" | "dead" | "quarantine" | null {
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
    const spent = pipeline.spent.get(index) ?? unspent;
    const ending = how === "lost" ? { kind: how } : ({ kind: "failed", retryable: true } as const);
    const containersLost = this.containersLost(id, container);
    const all = { ...spent, containersLost };
    const { kind } = nextMove(ending as never, all, policy, { next: () => 0 });
    if (how === "lost") pipeline.killed.add(container);
    pipeline.spent.set(index, {
      failures: spent.failures + (how === "failed" ? 1 : 0),
      lost: spent.lost + (how === "lost" ? 1 : 0),
    });
    if (kind === "delay") pipeline.places.set(index, "delayed");
    else {
      pipeline.masks = { ...masks, dead: masks.dead | bit };
      if (kind === "quarantine") this.#stop(pipeline);
      this.#advance(pipeline);
    }
    return kind;
  }

  /** Others than this one. */
  containersLost(id: number, container: string): number {
    return [...this.#of(id).killed].filter((other) => other !== container).length;
  }

  #stop(pipeline: ModelPipeline): void {
    const { done, dead, skipped } = pipeline.masks;
    pipeline.masks = { ...pipeline.masks, skipped: skipped | (this.graph.full & ~(done | dead)) };
    pipeline.places.clear();
    pipeline.isSuspect = true;
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

  /** As core sees it. */
  reopenable(id: number): Reopenable {
    const { state, masks } = this.#of(id);
    return { masks, hasEnded: state !== "active" };
  }

  retry(id: number, mask: bigint): boolean {
    const pipeline = this.#of(id);
    if (mask === 0n) return false;
    if (retryIsNewGeneration(pipeline.state, pipeline.masks, mask)) pipeline.generation += 1;
    this.#open(pipeline, mask);
    return true;
  }

  rerun(id: number, { mask, busy }: Rerun): boolean {
    const pipeline = this.#of(id);
    if (mask === 0n || busy !== 0n) return false;
    pipeline.generation += 1;
    this.#open(pipeline, mask);
    return true;
  }

  #open(pipeline: ModelPipeline, mask: bigint): void {
    for (const index of this.graph.needs.keys()) {
      if ((mask & bitOf(index)) !== 0n) pipeline.spent.delete(index);
    }
    pipeline.killed.clear();
    pipeline.isSuspect = false;
    pipeline.state = "active";
    pipeline.masks = reopened(pipeline.masks, mask);
    this.#advance(pipeline);
  }

  /** In the form of the query below. */
  rows(): unknown[] {
    return [...this.pipelines.values()].map(
      ({ id, state, generation, masks, places, isSuspect }) => ({
        id,
        state,
        generation,
        suspect: isSuspect,
        masks: [masks.queued, masks.done, masks.dead, masks.skipped, masks.gaps].map(String),
        tasks: this.graph.names.map((_, index) => this.#stateOf(state, masks, places, index)),
        queue: [...places].map(([index, where]) => `${index} ${where}`).sort(),
      }),
    );
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
