import {
  capacityKey,
  changed,
  type StubDeployment,
  type StubReplica,
  type StubState,
} from "./state.ts";

/** Brings the replicas of a deployment to what it asks for: lets go, or starts one at a later turn. */
export function settle(state: StubState, deployment: StubDeployment): void {
  const wanted = wantedCount(deployment);
  for (const replica of living(deployment).slice(wanted)) terminate(state, deployment, replica);
  if (living(deployment).length < wanted && hasRoom(state, deployment))
    wakeLater(state, deployment);
  if (deployment.isTerminating && deployment.replicas.length === 0) {
    state.deployments.delete(deployment.name);
  }
  changed(state);
}

function wantedCount({ isPaused, isTerminating, scaling }: StubDeployment): number {
  return isPaused || isTerminating ? 0 : (scaling?.min_replica_count ?? 0);
}

const living = ({ replicas }: StubDeployment): StubReplica[] =>
  replicas.filter((replica) => replica.status !== "terminating");

export function hasRoom(state: StubState, { compute }: Pick<StubDeployment, "compute">): boolean {
  const key = capacityKey(compute.name, compute.size);
  const taken = [...state.deployments.values()]
    .filter((other) => capacityKey(other.compute.name, other.compute.size) === key)
    .flatMap((other) => living(other)).length;
  return taken < (state.capacity.get(key) ?? Number.POSITIVE_INFINITY);
}

/** The word for a deployment as a whole. */
export function statusOf(state: StubState, deployment: StubDeployment): string {
  if (deployment.isTerminating) return "terminating";
  if (deployment.isPaused) return "paused";
  const [replica] = living(deployment);
  const words = state.options.switches.statusWords;
  if (replica === undefined) {
    const wants = wantedCount(deployment) > 0;
    if (wants && !hasRoom(state, deployment)) return "quota_reached";
    if (!wants) return "healthy";
    return words === "known" ? "initializing" : "warming_up";
  }
  if (replica.status === "running") return "healthy";
  if (replica.status === "imagepulling") return "image_pulling";
  if (replica.status === "unavailable" || replica.status === "error") return "unhealthy";
  return words === "known" ? "initializing" : "warming_up";
}

export const replicaWord = (state: StubState, { status }: StubReplica): string =>
  status === "initializing" && state.options.switches.statusWords === "unknown"
    ? "scheduled"
    : status;

/** Nothing that happens at the provider happens within the call that asked for it. */
function wakeLater(state: StubState, deployment: StubDeployment): void {
  if (deployment.isWaking) return;
  deployment.isWaking = true;
  later(state.options.startMs, () => {
    deployment.isWaking = false;
    if (state.isClosed || living(deployment).length >= wantedCount(deployment)) return;
    if (state.deployments.get(deployment.name) !== deployment) return;
    if (!hasRoom(state, deployment)) return;
    startReplica(state, deployment);
  });
}

const later = (ms: number, work: () => void): void => {
  if (ms === 0) setImmediate(work);
  else setTimeout(work, ms);
};

function startReplica(state: StubState, deployment: StubDeployment): void {
  state.serial += 1;
  const id = `${deployment.name}-r${state.serial}`;
  const env = resolvedEnv(state, deployment);
  const run = state.options.runner.start({ deployment: deployment.name, replicaId: id, env });
  const startedAtMs = state.options.clock.nowMs();
  const replica: StubReplica = { id, status: firstStatus(state), startedAtMs, run };
  deployment.replicas.push(replica);
  state.bill.push({
    name: deployment.name,
    replicaId: id,
    startedAtMs,
    endedAtMs: null,
    gpu: deployment.compute.name,
    size: deployment.compute.size,
    spot: deployment.isSpot,
  });
  void run.exited.then(() => gone(state, deployment, replica));
  changed(state);
  void (run.ready ?? new Promise<void>((resolve) => setImmediate(resolve))).then(() => {
    if (replica.status !== "initializing") return;
    replica.status = "running";
    changed(state);
  });
}

function firstStatus({ troubles }: StubState): StubReplica["status"] {
  if (troubles.pulling) return "imagepulling";
  if (troubles.broken) return "error";
  return troubles.stuck ? "unavailable" : "initializing";
}

function resolvedEnv(state: StubState, { container }: StubDeployment): Record<string, string> {
  return Object.fromEntries(
    container.env.map(({ type, name, value_or_reference_to_secret: value }) => [
      name,
      type === "secret" ? (state.secrets.get(value) ?? "") : value,
    ]),
  );
}

function terminate(state: StubState, deployment: StubDeployment, replica: StubReplica): void {
  replica.status = "terminating";
  replica.run.stop("SIGTERM");
  replica.killTimer = setTimeout(() => replica.run.stop("SIGKILL"), state.options.graceMs);
  if (deployment.isPaused && state.options.switches.pause === "kills") replica.run.stop("SIGKILL");
}

/** It has ended, told to or not. What is still asked for comes up anew, under another id. */
function gone(state: StubState, deployment: StubDeployment, replica: StubReplica): void {
  clearTimeout(replica.killTimer);
  const at = deployment.replicas.indexOf(replica);
  if (at >= 0) deployment.replicas.splice(at, 1);
  const row = state.bill.find((one) => one.replicaId === replica.id);
  const isBilledOn = deployment.isPaused && state.options.switches.pausedTime === "billed";
  if (row !== undefined && !isBilledOn) row.endedAtMs = state.options.clock.nowMs();
  settle(state, deployment);
  // Others may have waited for its machine.
  for (const other of state.deployments.values()) if (other !== deployment) settle(state, other);
}

/** Ends the rows that ran on through a pause. */
export function closePausedRows(state: StubState, deployment: StubDeployment): void {
  const live = new Set(deployment.replicas.map((replica) => replica.id));
  for (const row of state.bill) {
    if (row.name !== deployment.name || row.endedAtMs !== null || live.has(row.replicaId)) continue;
    row.endedAtMs = state.options.clock.nowMs();
  }
}

/** Ends a replica without an order: it dies, or its machine is taken away. */
export function killReplica(state: StubState, name: string): void {
  for (const replica of state.deployments.get(name)?.replicas ?? []) replica.run.stop("SIGKILL");
}
