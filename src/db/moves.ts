import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";

/** A lease's name: the fence. */
export interface LeaseKey {
  readonly epoch: number;
  readonly id: number;
}

interface LeaseMove extends LeaseKey {
  /** Set when a worker asks: then the lease has to be its own. */
  readonly container?: string;
}

/** A task that went well. */
export interface DoneMove extends LeaseMove {
  readonly kind: "done";
  readonly result: unknown;
  readonly gaps: readonly number[];
  readonly applicable: boolean;
  readonly reason: string | null;
  readonly engine: { readonly name: string; readonly model: string | null };
}

/** A task that did not go well, or goes back. */
export type SetbackMove = LeaseMove &
  (
    | {
        readonly kind: "delay";
        readonly afterMs: number;
        readonly failure: Failure;
        readonly lost: boolean;
        /** The round of attempts that begins then; absent within a round. */
        readonly round?: number;
      }
    | { readonly kind: "dead"; readonly failure: Failure; readonly lost: boolean }
    /** The task is dead, and nothing else of its pipeline is tried either. */
    | { readonly kind: "quarantine"; readonly failure: Failure; readonly lost: true }
    | { readonly kind: "release" }
  );

export type TaskMove = DoneMove | SetbackMove;

/**
 * A ready task that is done by what is known already; nobody works on it. With gaps: a person lets it be done
 * without those slides, each of which gets the failure.
 */
export interface CachedMove {
  readonly kind: "cached";
  readonly pipeline: number;
  /** The pack version the result is of: refused for a pipeline of another one. */
  readonly pack: number;
  readonly idx: number;
  readonly result: unknown;
  readonly engine: { readonly name: string; readonly model: string | null };
  readonly gaps?: readonly number[];
  readonly failure?: Failure;
  readonly by?: string;
}

export type PipelineMove =
  | CachedMove
  | { readonly kind: "cancel"; readonly pipeline: number; readonly by: string }
  | {
      readonly kind: "fetched";
      readonly pipeline: number;
      readonly sha256: string;
      readonly bytes: number;
      readonly pages: number;
    }
  | { readonly kind: "unfetchable"; readonly pipeline: number; readonly failure: Failure }
  | {
      readonly kind: "retry" | "rerun";
      readonly pipeline: number;
      readonly by: string;
      readonly fromMask?: string;
    };

export type Move = TaskMove | PipelineMove;

/**
 * The one door for state changes. Answers, per move and in order, whether it was accepted; a lease
 * that is gone is not, and nothing has changed then.
 */
export async function applyMoves(db: Db, moves: readonly Move[]): Promise<boolean[]> {
  if (moves.length === 0) return [];
  const rows = await db<{ accepted: boolean }[]>`
    select accepted from apply_moves(${db.json(moves as never)}) order by n`;
  return rows.map((row) => row.accepted);
}

/** Delayed tasks whose time has come, at most `limit`; answers how many. */
export async function promoteDelayed(db: Db, limit = 1000): Promise<number> {
  const [row] = await db<{ moved: number }[]>`select promote_delayed(${limit}) as moved`;
  return row?.moved ?? 0;
}
