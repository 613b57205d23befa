import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import { parseReplicaName, type ReplicaExit, type ReplicaSighting } from "../provider.ts";
import { exitOf } from "./exit.ts";
import { machineFrom } from "./pod.ts";
import { conditionOf, ownStatus, sentence } from "./status.ts";

/** What is waited for in the ordinary course of a start. */
const ordinary = ["ContainerCreating", "PodInitializing"];

/** A Pod and the facts that are read from elsewhere: its log, when it has ended, and its events. */
export interface PodReport {
  readonly pod: V1Pod;
  readonly log: string;
  /** What its events say is wrong; counts when the Pod itself says nothing. */
  readonly eventTrouble: string | null;
}

/** The replica that a Pod is; null when its name is no replica's. */
export function sightingOf({ pod, log, eventTrouble }: PodReport): ReplicaSighting | null {
  const name = pod.metadata?.name ?? "";
  const parts = parseReplicaName(name);
  if (parts === null) return null;
  const state = stateOf(pod);
  const exit: ReplicaExit | null = state === "exited" ? exitOf(pod, log) : null;
  return {
    name,
    ...parts,
    state,
    phase: state === "starting" ? startPhaseOf(pod) : null,
    trouble: state === "exited" ? null : (troubleOf(pod) ?? eventTrouble),
    providerRef: uidOf(pod),
    startedAtMs: startedAtMsOf(pod),
    machine: machineFrom(pod.metadata?.annotations ?? {}),
    exit,
  };
}

export const uidOf = (pod: V1Pod): string => pod.metadata?.uid ?? pod.metadata?.name ?? "";

/**
 * A Pod has ended with our container: others that the cluster added to it would run on. One that
 * was deleted and has ended counts as ended too, in the moment before it vanishes.
 */
export function stateOf(pod: V1Pod): ReplicaSighting["state"] {
  const phase = pod.status?.phase;
  const own = ownStatus(pod)?.state;
  if (phase === "Succeeded" || phase === "Failed" || own?.terminated) return "exited";
  if (pod.metadata?.deletionTimestamp !== undefined) return "stopping";
  // A node that does not answer turns the phase into Unknown; what ran there may run on.
  if (own?.waiting || (phase !== "Running" && phase !== "Unknown")) return "starting";
  return "running";
}

/** What the Pod itself says is wrong: the reason and its message; null: nothing. */
export function troubleOf(pod: V1Pod): string | null {
  const disrupted = conditionOf(pod, "DisruptionTarget");
  if (disrupted?.status === "True") return sentence(disrupted.reason, disrupted.message);
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False") return sentence(scheduled.reason, scheduled.message);
  const waiting = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ]
    .map((status) => status.state?.waiting)
    .find((one) => one?.reason !== undefined && !ordinary.includes(one.reason));
  if (waiting !== undefined) return sentence(waiting.reason, waiting.message);
  return pod.status?.phase === "Unknown" ? sentence("NodeLost", pod.status.message) : null;
}

/** The newest warning about each Pod, by its uid; what is older than `sinceMs` is left out. */
export function troublesIn(
  events: readonly CoreV1Event[],
  sinceMs: number,
): ReadonlyMap<string, string> {
  const newest = new Map<string, { readonly atMs: number; readonly text: string }>();
  for (const event of events) {
    const uid = event.involvedObject?.uid;
    const atMs = atMsOf(event);
    if (uid === undefined || atMs < sinceMs || atMs < (newest.get(uid)?.atMs ?? 0)) continue;
    newest.set(uid, { atMs, text: sentence(event.reason, event.message) });
  }
  return new Map([...newest].map(([uid, { text }]) => [uid, text]));
}

/** Until a node is found nothing is pulled; after that the image comes first. */
function startPhaseOf(pod: V1Pod): "provisioning" | "pulling_image" {
  const found = conditionOf(pod, "PodScheduled")?.status === "True" || pod.spec?.nodeName;
  return found ? "pulling_image" : "provisioning";
}

/**
 * When the node took the Pod, and not when the container started: from then on the GPU is held for
 * it and somebody pays for the node, also while the image is pulled.
 */
function startedAtMsOf(pod: V1Pod): number | null {
  const atMs = pod.status?.startTime?.getTime() ?? Number.NaN;
  return Number.isFinite(atMs) ? atMs : null;
}

function atMsOf(event: CoreV1Event): number {
  const at = event.lastTimestamp ?? event.eventTime ?? event.metadata?.creationTimestamp;
  const atMs = at?.getTime() ?? 0;
  return Number.isFinite(atMs) ? atMs : 0;
}
