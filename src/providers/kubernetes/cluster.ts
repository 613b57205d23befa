import {
  CoreV1Api,
  type CoreV1Event,
  createConfiguration,
  KubeConfig,
  PatchStrategy,
  ServerConfiguration,
  type V1Pod,
  type V1Secret,
} from "@kubernetes/client-node";
import { AppError } from "../../errors/app-error.ts";
import { providerError, refusalIn } from "./errors.ts";
import type { Kubeconfig } from "./options.ts";

/**
 * The calls to the API server, each with a deadline after which its socket is closed. They throw
 * what a provider may throw.
 */
export interface Cluster {
  /** All that the selector takes, as of one moment. */
  pods(selector: string): Promise<V1Pod[]>;
  pod(name: string): Promise<V1Pod | null>;
  /** null when the name is taken. */
  createPod(pod: V1Pod): Promise<V1Pod | null>;
  /** With the Pod's own grace. Nothing happens when it is gone, or is another one by now. */
  deletePod(name: string, uid?: string): Promise<void>;
  /** The newest lines of our container. */
  logOf(name: string, container: string): Promise<string>;
  /** Warnings about a Pod, by its uid. */
  warningsOf(uid: string): Promise<CoreV1Event[]>;
  /** False when the name is taken. */
  createSecret(secret: V1Secret): Promise<boolean>;
  deleteSecret(name: string): Promise<void>;
  /** From now on the Secret goes when the Pod goes. */
  giveSecretTo(pod: V1Pod): Promise<void>;
}

export interface ClusterOptions {
  readonly kubeconfig: Kubeconfig;
  readonly namespace: string;
  readonly callMs: number;
}

const pageItems = 100;
/** Far more than a fleet has, so that a server that never comes to an end is noticed. */
const pagesMax = 1_000;
const tailLines = 50;
const tailBytes = 64 * 1024;
const eventsMax = 500;

/** Throws CONFIG_INVALID when the kubeconfig does not lead to a cluster. */
export function createCluster({ kubeconfig, namespace, callMs }: ClusterOptions): Cluster {
  const ask = asker(openKubeconfig(kubeconfig), callMs);
  return {
    async pods(labelSelector) {
      return ask("list Pods", (api) => listAll(api, namespace, labelSelector));
    },
    async pod(name) {
      return ask(`read Pod ${name}`, (api) =>
        api.readNamespacedPod({ namespace, name }).catch(nullOn(isGone)),
      );
    },
    async createPod(body) {
      return ask(`create Pod ${body.metadata?.name}`, (api) =>
        api.createNamespacedPod({ namespace, body }).catch(nullOn(isTaken)),
      );
    },
    async deletePod(name, uid) {
      const body = uid === undefined ? {} : { preconditions: { uid } };
      await ask(`delete Pod ${name}`, (api) =>
        api.deleteNamespacedPod({ namespace, name, body }).catch(nullOn(isGoneOrOther)),
      );
    },
    async logOf(name, container) {
      const text = await ask(`read the log of ${name}`, (api) =>
        api.readNamespacedPodLog({ namespace, name, container, tailLines, limitBytes: tailBytes }),
      );
      return String(text ?? "");
    },
    async warningsOf(uid) {
      const fieldSelector = `type=Warning,involvedObject.uid=${uid}`;
      const list = await ask("list events", (api) =>
        api.listNamespacedEvent({ namespace, fieldSelector, limit: eventsMax }),
      );
      return itemsOf(list);
    },
    async createSecret(body) {
      const made = await ask(`create Secret ${body.metadata?.name}`, (api) =>
        api.createNamespacedSecret({ namespace, body }).catch(nullOn(isTaken)),
      );
      return made !== null;
    },
    async deleteSecret(name) {
      await ask(`delete Secret ${name}`, (api) =>
        api.deleteNamespacedSecret({ namespace, name }).catch(nullOn(isGone)),
      );
    },
    async giveSecretTo({ metadata }) {
      const { name = "", uid = "" } = metadata ?? {};
      const body = {
        metadata: { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name, uid }] },
      };
      await ask(`give Secret ${name} to its Pod`, (api) =>
        api.patchNamespacedSecret({ namespace, name, body }),
      );
    },
  };
}

type Ask = <T>(doing: string, call: (api: CoreV1Api) => Promise<T>) => Promise<T>;

/** One API object a question, since its requests must carry that question's own signal. */
function asker(config: KubeConfig, callMs: number): Ask {
  const server = serverOf(config);
  return async (doing, call) => {
    const deadline = new AbortController();
    // What gives credentials, such as a program to run, knows no signal: hence a race as well.
    const late = new Promise<never>((_, reject) => {
      const tooLate = () => reject(new Error(`no answer within ${callMs} ms`));
      deadline.signal.addEventListener("abort", tooLate, { once: true });
    });
    const timer = setTimeout(() => deadline.abort(), callMs);
    try {
      return await Promise.race([late, call(apiWith(config, server, deadline.signal))]);
    } catch (error) {
      throw providerError(doing, error);
    } finally {
      clearTimeout(timer);
    }
  };
}

function apiWith(config: KubeConfig, server: string, signal: AbortSignal): CoreV1Api {
  return new CoreV1Api(
    createConfiguration({
      baseServer: new ServerConfiguration(server, {}),
      authMethods: { default: config },
      promiseMiddleware: [
        {
          async pre(request) {
            request.setSignal(signal);
            // The client would call any patch a list of operations.
            if (request.getHttpMethod() === "PATCH") {
              request.setHeaderParam("Content-Type", PatchStrategy.MergePatch);
            }
            return request;
          },
          post: async (response) => response,
        },
      ],
    }),
  );
}

/** Page by page. A list that grew too old on the way is begun anew, once. */
async function listAll(api: CoreV1Api, namespace: string, labelSelector: string): Promise<V1Pod[]> {
  let mayRestart = true;
  let found: V1Pod[] = [];
  let next: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const at = next === undefined ? {} : { _continue: next };
    const list = await api
      .listNamespacedPod({ namespace, labelSelector, limit: pageItems, ...at })
      .catch(nullOn((error) => mayRestart && refusalIn(error)?.status === 410));
    found = list === null ? [] : [...found, ...itemsOf(list)];
    if (list === null) mayRestart = false;
    next = list?.metadata?._continue || undefined;
    if (list !== null && next === undefined) return found;
  }
  throw new AppError("PROVIDER_UNREACHABLE", "The list of Pods does not end.");
}

/** Something else than a list must never pass for an empty one. */
function itemsOf<T>(list: { readonly items: T[] }): T[] {
  if (!Array.isArray(list?.items)) {
    throw new AppError("PROVIDER_UNREACHABLE", "The API server's answer is no list.");
  }
  return list.items;
}

const nullOn =
  (passes: (error: unknown) => boolean) =>
  (error: unknown): null => {
    if (passes(error)) return null;
    throw error;
  };

const isGone = (error: unknown): boolean => refusalIn(error)?.status === 404;
const isTaken = (error: unknown): boolean => refusalIn(error)?.reason === "AlreadyExists";
const isGoneOrOther = (error: unknown): boolean =>
  isGone(error) || refusalIn(error)?.status === 409;

function openKubeconfig(kubeconfig: Kubeconfig): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig.kind === "in-cluster") config.loadFromCluster();
    else if (kubeconfig.kind === "string") config.loadFromString(kubeconfig.text);
    else config.loadFromDefault();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("CONFIG_INVALID", `kubeconfig: ${reason}`, { cause: error });
  }
  if (kubeconfig.kind === "default" && kubeconfig.context !== undefined) {
    config.setCurrentContext(kubeconfig.context);
  }
  return config;
}

function serverOf(config: KubeConfig): string {
  const cluster = config.getCurrentCluster();
  if (cluster === null || !URL.canParse(cluster.server)) {
    const context = config.getCurrentContext() || "none";
    throw new AppError("CONFIG_INVALID", `kubeconfig: context ${context} names no cluster`);
  }
  // The client refuses this at every call, in words that do not say what to do.
  if (cluster.server.startsWith("http:") && !cluster.skipTLSVerify) {
    const where = `kubeconfig: ${cluster.server} has no TLS`;
    throw new AppError("CONFIG_INVALID", `${where}; allow it by insecure-skip-tls-verify`);
  }
  return cluster.server;
}
