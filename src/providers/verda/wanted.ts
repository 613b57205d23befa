import { AppError } from "../../errors/app-error.ts";
import type { ReplicaSpec } from "../provider.ts";
import type { DeploymentAnswer, EnvAnswer, ScalingAnswer } from "./schemas.ts";

/** Storage of a container. `shared` lies on a volume of the account, the others end with it. */
export type VerdaMount =
  | { readonly type: "scratch"; readonly path: string }
  | { readonly type: "shared"; readonly path: string; readonly volumeId: string }
  | { readonly type: "memory"; readonly path: string; readonly sizeMb: number };

/** What is the same for every replica of a provider. */
export interface VerdaContainer {
  /** With a tag that is not `latest`, or a digest. */
  readonly image: string;
  /** Port of the worker's own API. */
  readonly port: number;
  readonly healthPath: string;
  /** Name of stored credentials of the image's registry; null: it is public. */
  readonly registryCredentials: string | null;
  readonly mounts: readonly VerdaMount[];
}

interface EnvEntry {
  readonly type: "plain" | "secret";
  readonly name: string;
  readonly value_or_reference_to_secret: string;
}

/** A deployment as it should be, in the words of the API. */
export interface WantedDeployment {
  readonly name: string;
  readonly is_spot: boolean;
  readonly compute: { readonly name: string; readonly size: number };
  readonly container_registry_settings: {
    readonly is_private: boolean;
    readonly credentials: { readonly name: string } | null;
  };
  readonly container: {
    readonly image: string;
    readonly exposed_port: number;
    readonly healthcheck: { enabled: true; port: number; path: string };
    readonly env: readonly EnvEntry[];
    readonly volume_mounts: readonly Record<string, string | number>[];
  };
}

/** @param secretNames names of the stored secrets by the variable they fill. Throws INTERNAL. */
export function wantedDeployment(
  spec: ReplicaSpec,
  container: VerdaContainer,
  secretNames: ReadonlyMap<string, string>,
): WantedDeployment {
  const { machine } = spec;
  if (machine?.gpu == null) throw new AppError("INTERNAL", `${spec.name}: no machine was chosen`);
  const { image, port, healthPath, registryCredentials } = container;
  return {
    name: spec.name,
    is_spot: machine.spot,
    compute: { name: machine.gpu, size: machine.gpus },
    container_registry_settings: {
      is_private: registryCredentials !== null,
      credentials: registryCredentials === null ? null : { name: registryCredentials },
    },
    container: {
      image,
      exposed_port: port,
      healthcheck: { enabled: true, port, path: healthPath },
      env: [
        ...Object.entries(spec.env).map(([name, value]) => entry("plain", name, value)),
        ...[...secretNames].map(([name, secret]) => entry("secret", name, secret)),
      ],
      volume_mounts: container.mounts.map(mountOf),
    },
  };
}

const entry = (type: EnvEntry["type"], name: string, value: string): EnvEntry => ({
  type,
  name,
  value_or_reference_to_secret: value,
});

function mountOf(mount: VerdaMount): Record<string, string | number> {
  const place = { type: mount.type, mount_path: mount.path };
  if (mount.type === "shared") return { ...place, volume_id: mount.volumeId };
  // A scratch mount that names a size is refused.
  return mount.type === "memory" ? { ...place, size_in_mb: mount.sizeMb } : place;
}

export function createBody({ container, ...rest }: WantedDeployment): unknown {
  return { ...rest, scaling: fullScaling(1), containers: [container] };
}

/** What must change so that an existing deployment is the wanted one; null: nothing. */
export function changesOf(
  wanted: WantedDeployment,
  deployment: DeploymentAnswer,
  env: readonly EnvAnswer[],
): { readonly body: unknown; readonly movesMachine: boolean } | null {
  const [container] = deployment.containers ?? [];
  const { compute } = deployment;
  const moves = compute?.name !== wanted.compute.name || compute.size !== wanted.compute.size;
  const changesSpot = (deployment.is_spot ?? false) !== wanted.is_spot;
  const isSame =
    container?.image === wanted.container.image &&
    envText(env) === envText(wanted.container.env) &&
    !moves &&
    !changesSpot;
  if (isSame) return null;
  // A container is known by the name that the API gave it.
  const name = container?.name == null ? {} : { name: container.name };
  return {
    movesMachine: moves || changesSpot,
    body: {
      container_registry_settings: wanted.container_registry_settings,
      containers: [{ ...name, ...wanted.container }],
      ...(moves ? { compute: wanted.compute } : {}),
      ...(changesSpot ? { is_spot: wanted.is_spot } : {}),
    },
  };
}

type EnvLike = Pick<EnvAnswer, "type" | "name" | "value_or_reference_to_secret">;

const envText = (env: readonly EnvLike[]): string =>
  JSON.stringify(
    env.map((one) => [one.name, one.type, one.value_or_reference_to_secret ?? ""]).sort(),
  );

/**
 * Every field, since a create that leaves some out was seen to give a deployment without any.
 * `min` 0 lets go; a `max` of 0 may not be legal. Work comes by lease and not through the API's
 * queue, so its trigger never pulls: 1 is legal wherever its range is told of.
 */
export function fullScaling(min: 0 | 1): unknown {
  return {
    min_replica_count: min,
    max_replica_count: 1,
    scale_down_policy: { delay_seconds: 0 },
    scale_up_policy: { delay_seconds: 0 },
    queue_message_ttl_seconds: 300,
    concurrent_requests_per_replica: 1,
    scaling_triggers: { queue_load: { threshold: 1 } },
  };
}

/** It is to run: a replica is there or will come. */
export const isScaledUp = (scaling: ScalingAnswer): boolean =>
  (scaling?.min_replica_count ?? 0) >= 1;

/** It lets go of its replica at once, and asks for no other. */
export const isScaledDown = (scaling: ScalingAnswer): boolean =>
  scaling?.min_replica_count === 0 &&
  scaling.max_replica_count === 1 &&
  scaling.scale_down_policy?.delay_seconds === 0 &&
  scaling.scale_up_policy?.delay_seconds === 0;
