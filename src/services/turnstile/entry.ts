import type { ClaimedTask } from "../../db/leases.ts";
import type { DoneMove, SetbackMove, TaskMove } from "../../db/moves.ts";

/** Who comes through: a container and the classes of tasks it can do. */
export interface Visitor {
  readonly id: string;
  readonly classIds: readonly number[];
}

export interface Passed {
  /** One answer an outcome, in order: false when its lease was gone. */
  readonly accepted: readonly boolean[];
  readonly leases: readonly ClaimedTask[];
}

/** How long somebody waits for work; without it, an answer comes at once. */
export interface Patience {
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** One request on its way through. */
export interface Entry {
  readonly visitor: Visitor;
  readonly moves: readonly TaskMove[];
  readonly capacity: number;
  readonly patience: Patience | null;
  /** Filled on the way. */
  readonly accepted: boolean[];
  readonly leases: ClaimedTask[];
  /** Its moves have been made: what is left is to wait for work. */
  isSettled: boolean;
  /** The news at which it found nothing, by class: it is called again when there is more. */
  tried: ReadonlyMap<number, number>;
  resolve(passed: Passed): void;
  reject(error: unknown): void;
}

/** One move with the place its answer belongs. */
export interface Placed<M> {
  readonly move: M;
  readonly entry: Entry;
  readonly index: number;
}

const placed = (batch: readonly Entry[]): Placed<TaskMove>[] =>
  batch
    .filter((entry) => !entry.isSettled)
    .flatMap((entry) => entry.moves.map((move, index) => ({ move, entry, index })));

export const doneOf = (batch: readonly Entry[]): Placed<DoneMove>[] =>
  placed(batch).flatMap(({ move, ...rest }) => (move.kind === "done" ? [{ move, ...rest }] : []));

export const setbacksOf = (batch: readonly Entry[]): Placed<SetbackMove>[] =>
  placed(batch).flatMap(({ move, ...rest }) => (move.kind === "done" ? [] : [{ move, ...rest }]));
