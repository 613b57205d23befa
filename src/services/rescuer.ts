import { nextMove, type RetrySettings } from "../core/pipeline/retry.ts";
import { drainContainerById, endSilentContainers } from "../db/containers.ts";
import { readLowestLease, readTroubledLeases, type TroubledLease } from "../db/leases.ts";
import { applyMoves, promoteDelayed, type SetbackMove } from "../db/moves.ts";
import type { Failure } from "../errors/app-error.ts";
import { loop, type Service } from "../lib/service.ts";
import { announce, type ServiceContext } from "./context.ts";
import { createLeaseFloor } from "./lease-floor.ts";
import { isRefusal, moveOf } from "./turnstile/outcomes.ts";

const failures: Record<TroubledLease["cause"], Failure> = {
  lost: { code: "CONTAINER_LOST", detail: null },
  deadline: { code: "TASK_TIMEOUT", detail: null },
  stalled: { code: "TASK_STALLED", detail: null },
};

export interface RescuerOptions {
  readonly everyMs: number;
  readonly retry: RetrySettings;
  /** Called for each lease that was taken back. */
  readonly onTaken?: (cause: TroubledLease["cause"]) => void;
}

/**
 * Takes back what nobody works on any more: leases of containers that went away, and tasks past
 * their deadline or without progress; brings delayed tasks back in time. Always by lease, never by
 * age alone.
 */
export function createRescuer(
  context: ServiceContext,
  options: RescuerOptions,
): Service & { wake(): void; tick(): Promise<number> } {
  const floor = createLeaseFloor(context.clock);
  const tick = async (): Promise<number> => {
    const silent = await endSilentContainers(context.sql);
    const fromId = floor.next();
    const lowest = await readLowestLease(context.sql, fromId);
    floor.note(lowest);
    const troubled = lowest === null ? [] : await readTroubledLeases(context.sql, lowest);
    const rescued = await rescue(context, options, troubled);
    // After the rescue: a task of a lost container waits no time at all.
    const promoted = await promoteDelayed(context.sql);
    if (silent.length + rescued + promoted > 0) announce(context);
    return rescued;
  };
  const service = loop({
    name: "rescuer",
    everyMs: options.everyMs,
    tick,
    onError: (error) => context.log.error({ err: error }, "the rescuer's tick failed"),
  });
  return { ...service, tick };
}

async function rescue(
  context: ServiceContext,
  { retry, onTaken }: RescuerOptions,
  troubled: readonly TroubledLease[],
): Promise<number> {
  if (troubled.length === 0) return 0;
  const moves = troubled.map((lease) => {
    const lost = lease.cause === "lost";
    const ending = lost
      ? ({ kind: "lost" } as const)
      : ({ kind: "failed", retryable: true } as const);
    const next = nextMove(ending, lease, { ...lease, ...retry }, context.random);
    return moveOf(lease, next, failures[lease.cause], lost);
  });
  const accepted = await applyApart(context, moves);
  for (const [index, lease] of troubled.entries()) {
    if (accepted[index]) onTaken?.(lease.cause);
    // A container that lets a task hang is not trusted with another one: it is replaced.
    if (accepted[index] && lease.cause !== "lost") {
      await drainContainerById(context.sql, lease.container, failures[lease.cause].code);
    }
  }
  const count = accepted.filter(Boolean).length;
  context.log.warn({ count, causes: troubled.map((lease) => lease.cause) }, "leases taken back");
  return count;
}

/** One lease that cannot be taken back must not stand before the others. */
async function applyApart(
  context: ServiceContext,
  moves: readonly SetbackMove[],
): Promise<boolean[]> {
  try {
    return await applyMoves(context.sql, moves);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (moves.length === 1) {
      context.log.error({ err: error, move: moves[0] }, "a lease could not be taken back");
      return [false];
    }
    const accepted: boolean[] = [];
    for (const move of moves) accepted.push(...(await applyApart(context, [move])));
    return accepted;
  }
}
