import type { V1Pod, V1Secret } from "@kubernetes/client-node";
import { AppError } from "../../errors/app-error.ts";
import type { ErrorCode } from "../../errors/codes.ts";
import type { Machine, Price, Provider, ReplicaSighting, ReplicaSpec } from "../provider.ts";
import { parseReplicaName } from "../provider.ts";
import { type Cluster, createCluster } from "./cluster.ts";
import {
  defaultTemplate,
  type KubernetesMachine,
  type KubernetesProviderOptions,
} from "./options.ts";
import { containerName, podOf, replicaSelector, secretOf } from "./pod.ts";
import { sightingOf, stateOf, troubleOf, troublesIn, uidOf } from "./sighting.ts";
import { inTurns } from "./turns.ts";

const defaultCallMs = 15_000;
/** A warning older than this is about something that has passed. */
const eventMs = 600_000;
/** After these nothing was made, for certain. */
const refusals: readonly ErrorCode[] = [
  "PROVIDER_NO_CAPACITY",
  "PROVIDER_REFUSED",
  "PROVIDER_RATE_LIMITED",
];

/**
 * Replicas as Pods, one each, without a controller above them: a Deployment could not be told which
 * of its Pods to end. Throws CONFIG_INVALID when the kubeconfig leads nowhere.
 */
export function createKubernetesProvider(options: KubernetesProviderOptions): Provider {
  const template = { ...defaultTemplate, ...options };
  const callMs = options.callMs ?? defaultCallMs;
  const cluster = createCluster({ ...options, callMs });
  const inTurn = inTurns();
  /** Ends that were told, by uid, for as long as their Pods are still there. */
  const told = new Set<string>();

  const start = async (spec: ReplicaSpec): Promise<void> => {
    const machine = offerOf(options, spec);
    // One that is ending, or has ended, holds the name until it is gone: the order is repeated.
    if ((await cluster.pod(spec.name)) !== null) return;
    const secret = secretOf(spec);
    // First, because a Pod without its Secret would hold a GPU and wait.
    if (secret !== null) await putSecret(cluster, spec.name, secret);
    const pod = await cluster
      .createPod(podOf(spec, machine, template))
      .catch((error) => withdraw(spec.name, secret, error));
    if (pod === null || secret === null) return;
    await bestEffort(options, "a Secret was not given to its Pod", cluster.giveSecretTo(pod));
  };

  const withdraw = async (name: string, secret: V1Secret | null, error: unknown) => {
    if (secret !== null && error instanceof AppError && refusals.includes(error.code)) {
      await bestEffort(options, "a Secret was left behind", cluster.deleteSecret(name));
    }
    throw error;
  };

  /** Those that were not told yet; from here on they count as told. */
  const newEnds = (ended: readonly V1Pod[]): V1Pod[] => {
    const present = new Set(ended.map(uidOf));
    for (const uid of told) if (!present.has(uid)) told.delete(uid);
    const fresh = ended.filter((pod) => !told.has(uidOf(pod)));
    for (const pod of fresh) told.add(uidOf(pod));
    return fresh;
  };

  return {
    name: options.name,
    billingQuantumMs: options.quantumMs ?? 0,
    async observe() {
      const pods = (await cluster.pods(replicaSelector)).filter((pod) => partsOf(pod) !== null);
      const live = pods.filter((pod) => stateOf(pod) !== "exited");
      const ended = pods.filter((pod) => stateOf(pod) === "exited");
      const ends = newEnds(ended);
      const [troubles, logs] = await Promise.all([
        readTroubles(cluster, options, live),
        Promise.all(ends.map((pod) => readLog(cluster, options, pod))),
      ]);
      // What was told an earlier time is still here because it could not be deleted then.
      await Promise.all(ended.map((pod) => clearAway(cluster, options, pod)));
      const reports = [
        ...live.map((pod) => ({ pod, log: "", eventTrouble: troubles.get(uidOf(pod)) ?? null })),
        ...ends.map((pod, at) => ({ pod, log: logs[at] ?? "", eventTrouble: null })),
      ];
      return reports.map(sightingOf).filter((seen): seen is ReplicaSighting => seen !== null);
    },
    async apply(spec, want) {
      if (spec.installation !== options.installation) {
        throw new AppError("INTERNAL", `${spec.name} belongs to another installation`);
      }
      await inTurn(spec.name, () =>
        want === "running" ? start(spec) : cluster.deletePod(spec.name),
      );
    },
    async prices() {
      return options.machines.map((machine) => priceOf(machine, options.region));
    },
  };
}

const partsOf = (pod: V1Pod) => parseReplicaName(pod.metadata?.name ?? "");

/** The machine that was chosen, among those that the configuration offers; null asks for none. */
function offerOf(options: KubernetesProviderOptions, spec: ReplicaSpec): KubernetesMachine | null {
  const { machine } = spec;
  if (machine === null) return null;
  const offer = options.machines.find((one) => isSame({ ...one, region: options.region }, machine));
  if (offer !== undefined) return offer;
  const kind = `${machine.gpu ?? "no GPU"} x ${machine.gpus}${machine.spot ? ", spot" : ""}`;
  throw new AppError("PROVIDER_REFUSED", `${options.name} offers no machine with ${kind}`);
}

const isSame = (a: Machine, b: Machine): boolean =>
  a.gpu === b.gpu && a.gpus === b.gpus && a.region === b.region && a.spot === b.spot;

/**
 * Whether a node is free is not said: where nodes are added on demand, none of today's tells. A
 * replica that finds no node shows it as its trouble.
 */
function priceOf(machine: KubernetesMachine, region: string | null): Price {
  const { gpu, gpus, vramGb, usdPerHour, spot } = machine;
  const microUsdPerHour = usdPerHour === null ? "unpriced" : Math.round(usdPerHour * 1e6) || null;
  return { gpu, gpus, region, spot, vramGb, microUsdPerHour, isAvailable: null };
}

/** A Secret that is there already belongs to an earlier run, and may go with that run's Pod. */
async function putSecret(cluster: Cluster, name: string, secret: V1Secret): Promise<void> {
  if (await cluster.createSecret(secret)) return;
  await cluster.deleteSecret(name);
  if (await cluster.createSecret(secret)) return;
  throw new AppError("PROVIDER_UNREACHABLE", `Secret ${name} is being written by someone else`);
}

/** What the events say of each Pod that is starting and says nothing itself. */
async function readTroubles(
  cluster: Cluster,
  options: KubernetesProviderOptions,
  live: readonly V1Pod[],
): Promise<ReadonlyMap<string, string>> {
  const silent = live.filter((pod) => stateOf(pod) === "starting" && troubleOf(pod) === null);
  const reads = silent.map((pod) =>
    bestEffort(options, "events cannot be read", cluster.warningsOf(uidOf(pod))),
  );
  const events = (await Promise.all(reads)).flatMap((some) => some ?? []);
  return troublesIn(events, options.clock.nowMs() - eventMs);
}

async function readLog(
  cluster: Cluster,
  options: KubernetesProviderOptions,
  pod: V1Pod,
): Promise<string> {
  const log = cluster.logOf(pod.metadata?.name ?? "", containerName);
  return (await bestEffort(options, "a log cannot be read", log)) ?? "";
}

/** Frees the name for the next run. Others clear away their own. */
async function clearAway(
  cluster: Cluster,
  options: KubernetesProviderOptions,
  pod: V1Pod,
): Promise<void> {
  if (partsOf(pod)?.installation !== options.installation) return;
  const gone = cluster.deletePod(pod.metadata?.name ?? "", uidOf(pod));
  await bestEffort(options, "a Pod that has ended cannot be deleted", gone);
}

/** null when it failed, which is told in the log alone. */
async function bestEffort<T>(
  { log, name }: KubernetesProviderOptions,
  what: string,
  deed: Promise<T>,
): Promise<T | null> {
  try {
    return await deed;
  } catch (error) {
    log.warn({ err: error, provider: name }, what);
    return null;
  }
}
