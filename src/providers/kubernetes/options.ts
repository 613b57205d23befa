import type { V1Toleration, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../telemetry/log.ts";

/** A kind of machine that the cluster's nodes offer, and what it costs: nobody else says it. */
export interface KubernetesMachine {
  readonly gpu: string | null;
  readonly gpus: number;
  /** Memory of all its GPUs together. */
  readonly vramGb: number | null;
  /** A replica an hour; null: it costs something, and nobody says what; 0: nobody charges for it. */
  readonly usdPerHour: number | null;
  readonly spot: boolean;
  /** Takes the place of the selector by `gpuLabel` where the label's value is not `gpu`. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/**
 * Where the API server is and who we are there. `default` is what kubectl takes: KUBECONFIG, then
 * the file in the home folder. `in-cluster` is the service account of the Pod we run in.
 */
export type Kubeconfig =
  | { readonly kind: "in-cluster" }
  | { readonly kind: "default"; readonly context?: string }
  | { readonly kind: "string"; readonly text: string };

/** What every Pod of a provider has in common. */
export interface PodTemplate {
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  /** The node resource that counts GPUs: `nvidia.com/gpu`. */
  readonly gpuResource: string;
  /** The node label that names the GPU type: `nvidia.com/gpu.product`. */
  readonly gpuLabel: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly V1Toleration[];
  /** cpu, memory and the like; GPUs come from the machine. */
  readonly resources: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  /** For model weights, as the Pod spec has them. */
  readonly volumes: readonly V1Volume[];
  readonly volumeMounts: readonly V1VolumeMount[];
  /** From SIGTERM to SIGKILL. Must be longer than the longest step, or a drain breaks it off. */
  readonly terminationGraceSeconds: number;
  /** Of the container's own API. */
  readonly port: number;
}

export interface KubernetesProviderOptions extends Partial<PodTemplate> {
  /** Unique in the installation. */
  readonly name: string;
  readonly installation: string;
  readonly namespace: string;
  /** A name for the place, such as the cluster's; it stands in machines and prices. */
  readonly region: string | null;
  readonly kubeconfig: Kubeconfig;
  readonly image: string;
  readonly machines: readonly KubernetesMachine[];
  /** Deadline of each call to the API server. */
  readonly callMs?: number;
  /** In what pieces the nodes are paid. */
  readonly quantumMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

export const defaultTemplate: Omit<PodTemplate, "image"> = {
  imagePullSecrets: [],
  gpuResource: "nvidia.com/gpu",
  gpuLabel: "nvidia.com/gpu.product",
  nodeSelector: {},
  tolerations: [],
  resources: {},
  volumes: [],
  volumeMounts: [],
  terminationGraceSeconds: 1_800,
  port: 8_000,
};
