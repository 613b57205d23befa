import { setTimeout as pause } from "node:timers/promises";
import { drainContainer } from "../db/containers.ts";
import { addOrder } from "../db/fleet-orders.ts";
import { markStopping, type ReplicaRow, readReplicas } from "../db/replicas.ts";
import type { ServiceContext } from "./context.ts";

export interface ReleaseOptions {
  /** Names of the providers whose replicas cost money. */
  readonly rented: readonly string[];
  /** What they hold may be finished for so long; then it is given back. */
  readonly drainMs: number;
  /** For all of it; what is not gone by then is left, and said. */
  readonly patienceMs: number;
  /** Has the reconciler look at once. It must still run. */
  readonly wake: () => void;
}

const lookMs = 250;
const reason = "the control plane ends";

/**
 * Nobody would stop what is rented once its control plane is gone, so it goes first. Answers the names
 * of replicas that could not be stopped in time.
 */
export async function releaseFleet(
  context: ServiceContext,
  options: ReleaseOptions,
): Promise<string[]> {
  const { sql } = context;
  const rentedRows = async (): Promise<ReplicaRow[]> =>
    (await readReplicas(sql)).filter(({ provider }) => options.rented.includes(provider));
  for (const { pool, replica } of await rentedRows()) {
    await drainContainer(sql, pool, replica, reason);
    await markStopping(sql, pool, replica, reason);
  }
  const startedMs = performance.now();
  const insisted = new Set<number>();
  for (;;) {
    const left = await rentedRows();
    if (left.length === 0) return [];
    const waitedMs = performance.now() - startedMs;
    if (waitedMs > options.patienceMs) return left.map(({ pool, replica }) => `${pool}-${replica}`);
    for (const { id, pool, replica } of left) {
      if (waitedMs < options.drainMs || insisted.has(id)) continue;
      insisted.add(id);
      await addOrder(sql, { kind: "stop", pool, replica, keep: null, reason, forMs: null });
    }
    options.wake();
    await pause(lookMs);
  }
}
