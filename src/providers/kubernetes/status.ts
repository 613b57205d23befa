import type { V1ContainerStatus, V1Pod, V1PodCondition } from "@kubernetes/client-node";
import { containerName } from "./pod.ts";

export const conditionOf = (pod: V1Pod, type: string): V1PodCondition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type);

/** Of our container alone. */
export const ownStatus = (pod: V1Pod): V1ContainerStatus | undefined =>
  pod.status?.containerStatuses?.find((status) => status.name === containerName);

/** `Evicted: The node was low on resource: memory.` */
export const sentence = (reason: string | undefined, message: string | undefined): string =>
  [reason ?? "Unknown", message].filter((part) => part !== undefined && part !== "").join(": ");
