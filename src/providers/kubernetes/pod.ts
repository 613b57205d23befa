import type { V1Container, V1EnvVar, V1Pod, V1Secret } from "@kubernetes/client-node";
import type { Machine, ReplicaSpec } from "../provider.ts";
import type { KubernetesMachine, PodTemplate } from "./options.ts";

/** What every replica's Pod carries, whoever's it is: the selector by which they are listed. */
export const replicaSelector = "app.kubernetes.io/managed-by=pilotlight,pilotlight/replica";
/** The container of ours among those that the cluster may add to a Pod. */
export const containerName = "pilotlight";

/**
 * The Pod of a replica. It bears the replica's name, so that there can be one only. Secrets stand in
 * a Secret of the same name. `machine` is the offer that was chosen; null asks for no GPU.
 */
export function podOf(
  spec: ReplicaSpec,
  machine: KubernetesMachine | null,
  template: PodTemplate,
): V1Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: spec.name,
      labels: labelsOf(spec),
      annotations: { ...doNotDisturb, ...annotationsOf(spec.machine) },
    },
    spec: {
      containers: [containerOf(spec, machine, template)],
      restartPolicy: "Never",
      terminationGracePeriodSeconds: template.terminationGraceSeconds,
      automountServiceAccountToken: false,
      // Otherwise every Service of the namespace turns into variables of the container.
      enableServiceLinks: false,
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      imagePullSecrets: template.imagePullSecrets.map((name) => ({ name })),
      nodeSelector: { ...template.nodeSelector, ...selectorOf(machine, template) },
      tolerations: [...template.tolerations],
      volumes: [...template.volumes],
    },
  };
}

/** The Secret that belongs to the Pod; null when the replica has no secrets. */
export function secretOf(spec: ReplicaSpec): V1Secret | null {
  const entries = Object.entries(spec.secrets);
  if (entries.length === 0) return null;
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: { name: spec.name, labels: labelsOf(spec) },
    data: Object.fromEntries(
      entries.map(([name, value]) => [name, Buffer.from(value, "utf8").toString("base64")]),
    ),
  };
}

/** The machine as the annotations tell it; null when they tell of none. */
export function machineFrom(annotations: Readonly<Record<string, string>>): Machine | null {
  const gpus = Number(annotations["pilotlight/gpus"] ?? "none");
  if (!Number.isInteger(gpus)) return null;
  return {
    gpu: annotations["pilotlight/gpu"] ?? null,
    gpus,
    region: annotations["pilotlight/region"] ?? null,
    spot: annotations["pilotlight/spot"] === "true",
  };
}

/** Annotations, because a region or a GPU may be called what no label may hold. */
function annotationsOf(machine: Machine | null): Record<string, string> {
  if (machine === null) return {};
  return {
    ...(machine.gpu === null ? {} : { "pilotlight/gpu": machine.gpu }),
    "pilotlight/gpus": String(machine.gpus),
    ...(machine.region === null ? {} : { "pilotlight/region": machine.region }),
    "pilotlight/spot": String(machine.spot),
  };
}

/** Autoscalers of nodes must not move a replica that works: we stop it when it is idle. */
const doNotDisturb = {
  "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
  "karpenter.sh/do-not-disrupt": "true",
};

const labelsOf = (spec: ReplicaSpec): Record<string, string> => ({
  "app.kubernetes.io/managed-by": "pilotlight",
  "pilotlight/installation": spec.installation,
  "pilotlight/pool": spec.pool,
  "pilotlight/replica": String(spec.replica),
});

function selectorOf(
  machine: KubernetesMachine | null,
  template: PodTemplate,
): Readonly<Record<string, string>> {
  if (machine?.nodeSelector !== undefined) return machine.nodeSelector;
  return machine === null || machine.gpu === null ? {} : { [template.gpuLabel]: machine.gpu };
}

function containerOf(
  spec: ReplicaSpec,
  machine: KubernetesMachine | null,
  template: PodTemplate,
): V1Container {
  const gpus = machine === null ? 0 : machine.gpus;
  const gpuCount = gpus === 0 ? {} : { [template.gpuResource]: String(gpus) };
  return {
    name: containerName,
    image: template.image,
    env: environmentOf(spec),
    ports: [{ name: "http", containerPort: template.port }],
    // GPUs are asked for by their limit alone.
    resources: {
      requests: { ...template.resources.requests, ...gpuCount },
      limits: { ...template.resources.limits, ...gpuCount },
    },
    // No liveness probe: one that is slow under load would kill work. Heartbeats judge that.
    readinessProbe: {
      httpGet: { path: "/api/health", port: template.port },
      periodSeconds: 10,
      timeoutSeconds: 5,
    },
    securityContext: { allowPrivilegeEscalation: false },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [...template.volumeMounts],
  };
}

function environmentOf(spec: ReplicaSpec): V1EnvVar[] {
  const secret = Object.keys(spec.secrets);
  const plain = Object.entries(spec.env).filter(([name]) => !secret.includes(name));
  return [
    ...plain.map(([name, value]) => ({ name, value: literally(value) })),
    ...secret.map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: spec.name, key: name } },
    })),
  ];
}

/** `$(NAME)` in a value stands for another variable, and `$$` for `$`. */
const literally = (value: string): string => value.replaceAll("$", () => "$$");
