import { isNotFound } from "./errors.ts";
import type { VerdaHttp } from "./http.ts";
import {
  type ComputeResource,
  type ContainerType,
  computeResourcesAnswer,
  containerTypesAnswer,
  type DeploymentAnswer,
  deploymentAnswer,
  deploymentsAnswer,
  type EnvAnswer,
  envAnswer,
  namesAnswer,
  type ReplicaAnswer,
  replicasAnswer,
  type ScalingAnswer,
  scalingAnswer,
  statusAnswer,
} from "./schemas.ts";

/** The calls that are used of the API. What is asked about a deployment that is gone gives null. */
export interface VerdaApi {
  /** Rows as they came; `deployment` reads one. */
  list(): Promise<readonly { readonly name: string }[]>;
  get(name: string): Promise<DeploymentAnswer | null>;
  create(body: unknown): Promise<void>;
  patch(name: string, body: unknown): Promise<void>;
  /** Does not wait for its end. */
  remove(name: string): Promise<void>;
  /** null also when it has none yet. */
  status(name: string): Promise<string | null>;
  scaling(name: string): Promise<ScalingAnswer>;
  patchScaling(name: string, body: unknown): Promise<void>;
  replicas(name: string): Promise<readonly ReplicaAnswer[] | null>;
  env(name: string): Promise<readonly EnvAnswer[]>;
  pause(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  secrets(): Promise<readonly string[]>;
  createSecret(name: string, value: string): Promise<void>;
  /** Refused while something uses it. */
  removeSecret(name: string): Promise<void>;
  resources(): Promise<readonly ComputeResource[]>;
  types(): Promise<readonly ContainerType[]>;
}

const deployments = "/container-deployments";

export function createVerdaApi(http: VerdaHttp): VerdaApi {
  const at = (name: string, part = ""): string =>
    `${deployments}/${encodeURIComponent(name)}${part}`;
  const get = (path: string) => ({ method: "GET", path }) as const;
  const post = (path: string, body?: unknown) => ({ method: "POST", path, body }) as const;
  const patch = (path: string, body: unknown) => ({ method: "PATCH", path, body }) as const;

  return {
    list: () => http.call(get(deployments), deploymentsAnswer),
    get: (name) => orNull(http.call(get(at(name)), deploymentAnswer)),
    create: (body) => http.order(post(deployments, body)),
    patch: (name, body) => http.order(patch(at(name), body)),
    remove: (name) => http.order({ method: "DELETE", path: `${at(name)}?timeout=0` }),
    async status(name) {
      return (await orNull(http.call(get(at(name, "/status")), statusAnswer)))?.status ?? null;
    },
    scaling: (name) => orNull(http.call(get(at(name, "/scaling")), scalingAnswer)),
    patchScaling: (name, body) => http.order(patch(at(name, "/scaling"), body)),
    async replicas(name) {
      const read = await orNull(http.call(get(at(name, "/replicas")), replicasAnswer));
      return read?.list ?? null;
    },
    async env(name) {
      return (await orNull(http.call(get(at(name, "/environment-variables")), envAnswer))) ?? [];
    },
    pause: (name) => http.order(post(at(name, "/pause"))),
    resume: (name) => http.order(post(at(name, "/resume"))),
    async secrets() {
      return (await http.call(get("/secrets"), namesAnswer)).map((secret) => secret.name);
    },
    createSecret: (name, value) =>
      http.order({ ...post("/secrets", { name, value }), hidden: [value] }),
    removeSecret: (name) =>
      http.order({ method: "DELETE", path: `/secrets/${encodeURIComponent(name)}` }),
    resources: () => http.call(get("/serverless-compute-resources"), computeResourcesAnswer),
    types: () => http.call(get("/container-types?currency=usd"), containerTypesAnswer),
  };
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
