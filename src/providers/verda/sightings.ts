import { type Machine, parseReplicaName, pendingRef, type ReplicaSighting } from "../provider.ts";
import type { DeploymentAnswer, ReplicaAnswer, ScalingAnswer } from "./schemas.ts";

/** What is known of one deployment. `status` is asked for only where it decides. */
export interface DeploymentView {
  readonly deployment: DeploymentAnswer;
  readonly scaling: ScalingAnswer;
  readonly replicas: readonly ReplicaAnswer[];
  readonly status: string | null;
}

/**
 * The one replica to tell of: one that is not on its way out, else one that is. Among equals the
 * oldest, so that the answer stays the same from look to look.
 */
export function chosenReplica(replicas: readonly ReplicaAnswer[]): ReplicaAnswer | undefined {
  const rank = ({ status, started_at, id }: ReplicaAnswer): string =>
    `${status === "terminating" ? 1 : 0} ${started_at ?? "9"} ${id}`;
  return replicas.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

/** The status of the deployment says more about a replica that is not up, or not there. */
export const needsStatus = (replica: ReplicaAnswer | undefined): boolean =>
  replica === undefined || (replica.status !== "running" && replica.status !== "terminating");

/** Null when nothing of it runs or will: paused without replicas. */
export function sightingOf(view: DeploymentView, region: string | null): ReplicaSighting | null {
  const replica = chosenReplica(view.replicas);
  const parts = parseReplicaName(view.deployment.name);
  if (parts === null || (replica === undefined && view.status === "paused")) return null;
  const state = stateOf(view, replica);
  const isStarting = state === "starting";
  return {
    name: view.deployment.name,
    ...parts,
    state,
    phase: isStarting ? phaseOf(view, replica) : null,
    trouble: isStarting ? troubleOf(view, replica) : null,
    providerRef: replica?.id ?? pendingRef,
    startedAtMs: timeOf(replica?.started_at),
    machine: machineOf(view.deployment, region),
    exit: null,
  };
}

/**
 * A deployment that asks for no replica is on its way out, whatever is still there: the next order
 * to stop pauses it. So is one without any scaling, which no order has reached. Its replica, if it
 * has one, speaks for itself.
 */
function stateOf(
  { scaling, status }: DeploymentView,
  replica: ReplicaAnswer | undefined,
): ReplicaSighting["state"] {
  const min = scaling?.min_replica_count ?? null;
  if (min === 0 || replica?.status === "terminating") return "stopping";
  if (replica === undefined) {
    return min === null || status === "terminating" ? "stopping" : "starting";
  }
  return replica.status === "running" ? "running" : "starting";
}

function phaseOf(
  { status }: DeploymentView,
  replica: ReplicaAnswer | undefined,
): ReplicaSighting["phase"] {
  const isPulling = replica?.status === "imagepulling" || status === "image_pulling";
  return isPulling ? "pulling_image" : "provisioning";
}

function troubleOf({ status }: DeploymentView, replica: ReplicaAnswer | undefined): string | null {
  if (status === "quota_reached" || status === "unhealthy") return status;
  return replica?.status === "error" ? "replica error" : null;
}

const timeOf = (iso: string | null | undefined): number | null => {
  const ms = Date.parse(iso ?? "");
  return Number.isNaN(ms) ? null : ms;
};

const machineOf = (
  { compute, is_spot }: DeploymentAnswer,
  region: string | null,
): Machine | null =>
  compute == null
    ? null
    : { gpu: compute.name, gpus: compute.size, region, spot: is_spot ?? false };
