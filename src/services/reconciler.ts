import { diffFleet } from "../core/fleet/diff.ts";
import { endContainer, readLastWords } from "../db/containers.ts";
import { endReplica, markStopping, type ReplicaRow, readReplicas } from "../db/fleet.ts";
import { AppError, type Failure, failureOf } from "../errors/app-error.ts";
import { isErrorCode } from "../errors/codes.ts";
import { loop, type Service } from "../lib/service.ts";
import {
  type Provider,
  type ReplicaSighting,
  type ReplicaSpec,
  replicaName,
} from "../providers/provider.ts";
import { announce, type ServiceContext } from "./context.ts";

export interface ReconcilerOptions {
  readonly installation: string;
  readonly provider: Provider;
  readonly everyMs: number;
  /** What a replica's container is started with. */
  readonly envFor: (pool: string, replica: number) => Record<string, string>;
  /** A container is gone: its leases can be taken back now. */
  readonly onLost: () => void;
}

/** Makes what runs equal to what is wanted: open replica rows against what the provider shows. */
export function createReconciler(
  context: ServiceContext,
  options: ReconcilerOptions,
): Service & { wake(): void } {
  return loop({
    name: "reconciler",
    everyMs: options.everyMs,
    tick: () => reconcile(context, options),
    onError: (error) => context.log.error({ err: error }, "the reconciler's tick failed"),
  });
}

async function reconcile(context: ServiceContext, options: ReconcilerOptions): Promise<void> {
  const sightings = await options.provider.observe();
  await recordExits(context, options, sightings);
  const rows = await readReplicas(context.sql);
  for (const row of rows) if (row.drain && row.phase !== "draining") await drainRow(context, row);
  const wanted = rows.filter(mayRun).map((row) => specOf(options, row));
  for (const action of diffFleet(options.installation, wanted, sightings)) {
    const replica = action.action === "start" ? action.replica : specOf(options, action.replica);
    const want = action.action === "start" ? "running" : "stopped";
    // What is on its way out is not started again: it has ended, and is closed below.
    if (want === "running" && isDraining(rows, replica)) continue;
    await options.provider
      .apply(replica, want)
      .catch((error) => noteRefusal(context, replica, want, error));
  }
  await closeDrained(context, options, rows, sightings);
}

const isDraining = (rows: readonly ReplicaRow[], { pool, replica }: ReplicaSpec): boolean =>
  rows.some((row) => row.pool === pool && row.replica === replica && row.phase === "draining");

/** One replica that will not start or stop must not stand before the others. */
async function noteRefusal(
  context: ServiceContext,
  { name, pool, replica }: ReplicaSpec,
  want: "running" | "stopped",
  error: unknown,
): Promise<void> {
  context.log.error({ err: error, replica: name, want }, "the provider refused");
  if (!(error instanceof AppError) || error.code !== "REPLICA_START_FAILED") return;
  await endReplica(context.sql, pool, replica, failureOf(error));
  announce(context);
}

/** A draining replica runs on while it holds leases; then it may go. */
const mayRun = (row: ReplicaRow): boolean => row.phase !== "draining" || row.leases > 0;

function specOf(options: ReconcilerOptions, row: { pool: string; replica: number }): ReplicaSpec {
  return {
    name: replicaName(options.installation, row.pool, row.replica),
    installation: options.installation,
    pool: row.pool,
    replica: row.replica,
    env: options.envFor(row.pool, row.replica),
  };
}

async function drainRow(context: ServiceContext, row: ReplicaRow): Promise<void> {
  await markStopping(context.sql, row.pool, row.replica, row.drainReason ?? "drain");
  context.change.wakeAll();
}

/** A process that ended: as wanted when it was draining, else a failure; its leases are free. */
async function recordExits(
  context: ServiceContext,
  options: ReconcilerOptions,
  sightings: readonly ReplicaSighting[],
): Promise<void> {
  const exited = sightings.filter(
    (one) => one.installation === options.installation && one.state === "exited",
  );
  if (exited.length === 0) return;
  const rows = await readReplicas(context.sql);
  for (const one of exited) {
    const row = rows.find((entry) => entry.pool === one.pool && entry.replica === one.replica);
    const how = one.exit?.signal
      ? `killed by ${one.exit.signal}`
      : `ended with code ${one.exit?.code ?? "?"}`;
    const said = failureIn(await readLastWords(context.sql, one.pool, one.replica));
    await endContainer(context.sql, one.pool, one.replica, how);
    const asWanted = row === undefined || row.phase === "draining" || row.drain;
    const failure: Failure | null = asWanted
      ? null
      : (said ?? { code: "CONTAINER_LOST", detail: `The process was ${how}.` });
    await endReplica(context.sql, one.pool, one.replica, failure);
    if (failure)
      context.log.warn({ replica: one.name, how, tail: one.exit?.logTail }, "a container is gone");
  }
  options.onLost();
  announce(context);
}

/** A container that cannot start says why as `CODE: detail`. */
function failureIn(words: string | null): Failure | null {
  const [code, ...rest] = words?.split(": ") ?? [];
  return isErrorCode(code) ? { code, detail: rest.join(": ") || null } : null;
}

/** Draining rows of which nothing runs any more, or never did. */
async function closeDrained(
  context: ServiceContext,
  options: ReconcilerOptions,
  rows: readonly ReplicaRow[],
  sightings: readonly ReplicaSighting[],
): Promise<void> {
  for (const row of rows) {
    if (row.phase !== "draining") continue;
    const name = replicaName(options.installation, row.pool, row.replica);
    if (sightings.some((one) => one.name === name)) continue;
    await endContainer(context.sql, row.pool, row.replica, "stopped");
    if (await endReplica(context.sql, row.pool, row.replica, null)) announce(context);
  }
}
