import type { Db } from "./connect.ts";
import type { DoneMove, LeaseKey } from "./moves.ts";

/** A task as it is handed out: what the queue itself knows of it. */
export interface GrantedLease extends LeaseKey {
  readonly container: string;
  readonly pipelineId: number;
  readonly idx: number;
  readonly generation: number;
  readonly attempt: number;
  readonly classId: number;
  readonly deadlineAt: Date;
}

/** What one container asks for. */
export interface Claim {
  readonly container: string;
  readonly capacity: number;
  /** An id below which it holds no lease: spares passing by dead rows. 0 when it is not known. */
  readonly floor: number;
}

/** Below this rank nothing of the class waits, as far as is known: a hint that costs only speed. */
export interface RankFloor {
  readonly classId: number;
  readonly rank: number;
}

export interface Turn {
  readonly epoch: number;
  readonly done: readonly DoneMove[];
  /** A container once at most. */
  readonly claims: readonly Claim[];
  readonly floors?: readonly RankFloor[];
}

export interface Turned {
  /** One answer a move, in order: false when its lease was gone. */
  readonly accepted: readonly boolean[];
  readonly leases: readonly GrantedLease[];
  /** Classes that somebody else may find a freed task of, with the lowest rank of them. */
  readonly freed: readonly RankFloor[];
  /** For each container that could be served: the floor of its next claim, when it has changed. */
  readonly floors: ReadonlyMap<string, number>;
  /** For each class that was looked through: below that rank nothing waits now. */
  readonly seen: readonly (RankFloor & { readonly isDrained: boolean })[];
}

type GrantedRow = [number, string, number, number, number, number, number, string];

interface TurnRow {
  readonly accepted: number[] | null;
  readonly granted: GrantedRow[][] | null;
  readonly freed: number[] | null;
  readonly freedRanks: number[] | null;
  readonly served: string[] | null;
  readonly lowest: number[] | null;
  readonly seen: number[] | null;
  readonly seenRanks: number[] | null;
  readonly drained: boolean[] | null;
}

/**
 * Settles and hands out in one commit. Each container gets up to its capacity, never past its slots
 * and pipelines. The error EPOCH_STALE of the database says that the epoch belongs to another life of
 * the server (`isStaleEpoch`).
 */
export async function takeTurn(
  db: Db,
  { epoch, done, claims, floors = [] }: Turn,
): Promise<Turned> {
  // Rows are locked in this order: two turns that meet must not wait for each other.
  const inOrder = claims.toSorted((a, b) => (a.container < b.container ? -1 : 1));
  const [row] = await db<TurnRow[]>`
    select accepted, granted, freed, freed_ranks as "freedRanks", served, lowest, seen, seen_ranks as "seenRanks", drained from take_turn(${epoch}, ${done.map((move) => move.id)}::bigint[], ${db.json(done as never)},
      ${inOrder.map((claim) => claim.container)}::text[], ${inOrder.map((claim) => claim.capacity)}::int[],
      ${inOrder.map((claim) => claim.floor)}::bigint[],
      ${floors.map((floor) => floor.classId)}::int[], ${floors.map((floor) => floor.rank)}::bigint[])`;
  const accepted = new Set(row?.accepted ?? []);
  const leases = (row?.granted ?? []).flat().map((granted) => leaseOf(epoch, granted));
  return {
    accepted: done.map((_, index) => accepted.has(index + 1)),
    leases,
    freed: ranksOf(row?.freed, row?.freedRanks),
    floors: floorsOf(row?.served ?? [], row?.lowest ?? [], leases),
    seen: ranksOf(row?.seen, row?.seenRanks).map((floor, at) => ({
      ...floor,
      isDrained: row?.drained?.[at] ?? false,
    })),
  };
}

function leaseOf(epoch: number, row: GrantedRow): GrantedLease {
  const [id, container, pipelineId, idx, generation, attempt, classId, deadline] = row;
  const deadlineAt = new Date(deadline);
  return { epoch, id, container, pipelineId, idx, generation, attempt, classId, deadlineAt };
}

function ranksOf(
  classes: readonly number[] | null | undefined,
  ranks: readonly number[] | null | undefined,
): RankFloor[] {
  return (classes ?? []).map((classId, at) => ({ classId, rank: ranks?.[at] ?? 0 }));
}

/** The oldest lease it held before, else the first it has got now. */
function floorsOf(
  served: readonly string[],
  lowest: readonly number[],
  leases: readonly GrantedLease[],
): Map<string, number> {
  const floors = new Map<string, number>();
  for (const [index, container] of served.entries()) {
    const before = lowest[index] ?? 0;
    if (before > 0) floors.set(container, before);
  }
  for (const { container, id } of leases.toSorted((a, b) => a.id - b.id)) {
    if (!floors.has(container)) floors.set(container, id);
  }
  return floors;
}

export const isStaleEpoch = (error: unknown): boolean =>
  error instanceof Error && error.message === "EPOCH_STALE";
