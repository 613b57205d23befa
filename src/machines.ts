import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProviderEntry } from "./config/fleet.ts";
import type { Config } from "./config.ts";
import { type Needs, poolNeeds } from "./core/fleet/needs.ts";
import type { ReplicaRow } from "./db/replicas.ts";
import { readRegistered } from "./db/replicas.ts";
import { AppError } from "./errors/app-error.ts";
import { childEntry } from "./lib/entry.ts";
import type { Kubeconfig } from "./providers/kubernetes/options.ts";
import { createLocalProvider, type LocalProvider } from "./providers/local/local.ts";
import type { Provider, ReplicaSpec } from "./providers/provider.ts";
import { createStaticProvider } from "./providers/static/static.ts";
import { createVerdaProvider, type VerdaProviderOptions } from "./providers/verda/verda.ts";
import type { ServiceContext } from "./services/context.ts";
import { fixedReplicaMin } from "./services/fleet-orders.ts";
import type { KnownProvider } from "./services/reconciler/look.ts";
import type { EngineChoice } from "./worker/engines/detect.ts";
import { isLoopback } from "./worker/settings.ts";

/** Everything replicas can stand on, made from the configuration. */
export interface Machines {
  readonly providers: readonly KnownProvider[];
  /** The one whose replicas are children of this process; null: none is configured. */
  readonly local: LocalProvider | null;
}

export interface MachineParts {
  readonly config: Config;
  readonly context: ServiceContext;
  readonly installation: string;
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Something of the local provider has changed. */
  readonly onChange: () => void;
}

/** Throws CONFIG_INVALID when credentials are missing. */
export async function createMachines(parts: MachineParts): Promise<Machines> {
  for (const entry of parts.config.providers) refuseUnreachable(parts.config, entry);
  let local: LocalProvider | null = null;
  const providers: KnownProvider[] = [];
  for (const entry of parts.config.providers) {
    if (entry.kind !== "local") {
      providers.push({ kind: entry.kind, provider: await rentedFrom(entry, parts) });
      continue;
    }
    local = createLocal(parts);
    providers.push({ kind: "local", provider: local });
  }
  return { providers, local };
}

/** A rented container must find its way here; only one on this very machine finds the loopback. */
function refuseUnreachable({ fleet, host }: Config, entry: ProviderEntry): void {
  const isRented = entry.kind === "kubernetes" || entry.kind === "verda";
  if (!isRented || fleet.publicUrl !== null || !isLoopback(host)) return;
  if (entry.kind === "verda" && isLoopback(new URL(entry.apiUrl).hostname)) return;
  throw new AppError(
    "CONFIG_INVALID",
    `provider ${entry.name}: set fleet.publicUrl, where its containers reach this control plane`,
  );
}

function createLocal({
  config,
  context,
  installation,
  env,
  onChange,
}: MachineParts): LocalProvider {
  return createLocalProvider({
    installation,
    stateDir: config.stateDir,
    entry: childEntry(import.meta.url, "./worker/main"),
    env,
    clock: context.clock,
    graceMs: config.timings.stopGraceMs,
    modelSlots: localModelSlots(config),
    onChange,
  });
}

/** As many calls as the larger pool has slots, unless somebody says what the model server can do. */
const localModelSlots = ({ fleet, scaling }: Config): number =>
  fleet.modelSlots > 0 ? fleet.modelSlots : Math.max(scaling.vision.slots, scaling.text.slots);

async function rentedFrom(
  entry: Exclude<ProviderEntry, { kind: "local" }>,
  parts: MachineParts,
): Promise<Provider> {
  const { context, installation } = parts;
  const { clock, log, sql } = context;
  const common = { name: entry.name, installation, clock, log };
  if (entry.kind === "static") {
    const { gpu, gpus, region, vramGb, usdPerHour } = entry;
    const machines = [{ gpu, gpus, region, vramGb, usdPerHour }];
    const registered = () => readRegistered(sql, fixedReplicaMin);
    return createStaticProvider({ name: entry.name, installation, registered, machines });
  }
  if (entry.kind === "kubernetes") {
    // Its client is large: only who uses it loads it.
    const { createKubernetesProvider } = await import("./providers/kubernetes/kubernetes.ts");
    const { kubeconfig, context: cluster, cpu, memory, graceSeconds, ...rest } = entry;
    return createKubernetesProvider({
      ...rest,
      ...common,
      kubeconfig: await kubeconfigOf(kubeconfig, cluster),
      resources: { requests: { cpu, memory }, limits: { memory } },
      machines: entry.machines.map(({ nodeSelector, ...machine }) =>
        nodeSelector === undefined ? machine : { ...machine, nodeSelector },
      ),
      terminationGraceSeconds: graceSeconds,
      tolerations: [...entry.tolerations],
      volumes: entry.volumes as never,
      volumeMounts: entry.volumeMounts as never,
    });
  }
  return createVerdaProvider({ ...common, ...verdaOptions(entry, parts.env) });
}

/** What an entry of the configuration says about Verda. Throws CONFIG_INVALID without credentials. */
export function verdaOptions(
  entry: Extract<ProviderEntry, { kind: "verda" }>,
  env: MachineParts["env"],
): Omit<VerdaProviderOptions, "installation" | "clock" | "log"> {
  const { weightsVolume: weights } = entry;
  return {
    name: entry.name,
    region: entry.region,
    apiUrl: entry.apiUrl.replace(/\/+$/, ""),
    clientId: secretIn(env, entry.clientIdFrom, entry.name),
    clientSecret: secretIn(env, entry.clientSecretFrom, entry.name),
    image: entry.image,
    registryCredentials: entry.registryCredentials,
    mounts: weights === null ? [] : [{ type: "shared", path: weights.path, volumeId: weights.id }],
    quantumMs: entry.quantumSeconds * 1000,
  };
}

/** Null is the account of the pod we run in. Throws CONFIG_INVALID when the file cannot be read. */
async function kubeconfigOf(file: string | null, context: string | null): Promise<Kubeconfig> {
  if (file === null) return { kind: "in-cluster" };
  if (file === "default") return { kind: "default", ...(context === null ? {} : { context }) };
  try {
    return { kind: "string", text: await readFile(file, "utf8") };
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `kubeconfig ${file}: ${String(error)}`);
  }
}

function secretIn(env: MachineParts["env"], name: string, provider: string): string {
  const value = env[name]?.trim() ?? "";
  if (value !== "") return value;
  throw new AppError("CONFIG_INVALID", `provider ${provider}: set the variable ${name}`);
}

/** What the pools need of a machine, with what the operator allows. */
export function needsOf(config: Config, engine: EngineChoice): Readonly<Record<string, Needs>> {
  const { fleet } = config;
  const allowed = {
    gpuTypes: fleet.gpus,
    regions: fleet.regions,
    spot: fleet.spot,
  };
  // Rules need no GPU, and an OpenAI-compatible server has its own.
  const withoutModels = engine.name === "ollama" ? {} : { vramGb: 0, modelVramGb: 0 };
  return Object.fromEntries(
    Object.entries(poolNeeds).map(([pool, needs]) => [
      pool,
      { ...needs, ...allowed, ...modelNeeds(engine, pool, needs), ...withoutModels },
    ]),
  );
}

/** What the chosen model is known to hold of a GPU, in GB. */
function modelNeeds(engine: EngineChoice, pool: string, needs: Needs): Partial<Needs> {
  const stage = pool === "vision" || pool === "text" ? engine.stages[pool] : undefined;
  if (stage === undefined || stage.vramGib === null) return {};
  const modelVramGb = Math.ceil((stage.vramGib * 2 ** 30) / 1e9);
  return { modelVramGb, vramGb: Math.max(needs.vramGb, modelVramGb) };
}

export interface StartParts {
  readonly config: Config;
  readonly engine: EngineChoice;
  /** Where containers on this machine reach us. */
  readonly url: string;
  readonly registrationToken: string;
  readonly containerToken: string;
  readonly kinds: ReadonlyMap<string, string>;
  /** More environment for local containers: fault drills. */
  readonly localEnv: Readonly<Record<string, string>>;
}

/** Port of a rented container's own API. */
const rentedPort = "8000";

/** What a replica's container is started with. */
export function startFor(parts: StartParts) {
  const { config, kinds, localEnv, url, engine } = parts;
  return (row: ReplicaRow): Pick<ReplicaSpec, "env" | "secrets"> => {
    const isLocal = kinds.get(row.provider) === "local";
    const secrets = {
      PILOTLIGHT_REGISTRATION_TOKEN: parts.registrationToken,
      ...openaiKey(config, engine),
    };
    if (isLocal) {
      const workDir = join(config.stateDir, "tmp", `${row.pool}-${row.replica}`);
      const ollama =
        engine.name === "ollama" && engine.url !== null ? { OLLAMA_HOST: engine.url } : {};
      const modelSlots = { PILOTLIGHT_MODEL_SLOTS: "parent" };
      const env = { ...common(parts, row, url), ...ollama, ...modelSlots, ...localEnv };
      return { env: { ...env, PILOTLIGHT_WORK_DIR: workDir }, secrets };
    }
    const publicUrl = config.fleet.publicUrl ?? url;
    const entry = config.providers.find(({ name }) => name === row.provider);
    const env = { ...common(parts, row, publicUrl), ...rentedEnv(engine, row, entry) };
    return { env, secrets: { ...secrets, PILOTLIGHT_CONTAINER_TOKEN: parts.containerToken } };
  };
}

/** What a container on a machine of somebody's own is started with; its model server is its owner's. */
export function joinEnv(
  parts: Omit<StartParts, "kinds" | "localEnv">,
  pool: string,
  replica: number,
): Record<string, string> {
  const { config, engine } = parts;
  const env = common(parts, { pool, replica }, config.fleet.publicUrl ?? parts.url);
  return {
    ...env,
    ...(engine.name === "ollama" ? { OLLAMA_HOST: "127.0.0.1:11434" } : {}),
    PILOTLIGHT_REGISTRATION_TOKEN: parts.registrationToken,
    PILOTLIGHT_CONTAINER_TOKEN: parts.containerToken,
    ...openaiKey(config, engine),
  };
}

/** Only where it is used: a container of another engine has no business with it. */
const openaiKey = ({ openaiApiKey }: Config, { name }: EngineChoice): Record<string, string> =>
  name === "openai" && openaiApiKey !== null ? { PILOTLIGHT_OPENAI_API_KEY: openaiApiKey } : {};

function common(
  { config, engine }: Pick<StartParts, "config" | "engine">,
  { pool, replica, id }: { readonly pool: string; readonly replica: number; readonly id?: number },
  url: string,
) {
  // The one model of a shared pool is the one for text: it must see pictures, too.
  const model = engine.models[pool === "vision" ? "vision" : "text"];
  return {
    PILOTLIGHT_POOL: pool,
    PILOTLIGHT_REPLICA: String(replica),
    ...(id === undefined ? {} : { PILOTLIGHT_RUN: String(id) }),
    PILOTLIGHT_CONTROL_URL: url,
    PILOTLIGHT_ENGINE: engine.name,
    PILOTLIGHT_MAX_PIPELINES: String(config.scaling.maxConcurrentPipelines),
    PILOTLIGHT_DRAIN_SECONDS: secondsText(config.timings.drainMs),
    PILOTLIGHT_HANDOFF_SECONDS: secondsText(config.scaling.handoffTimeoutMs),
    PILOTLIGHT_COMMUNICATION_SECONDS: secondsText(config.scaling.communicationTimeoutMs),
    PILOTLIGHT_LOG_LEVEL: config.logLevel,
    PILOTLIGHT_SLOTS: String(slotsOf(config, pool)),
    ...(model === null ? {} : { PILOTLIGHT_MODEL: model }),
    ...(engine.name === "openai" && engine.url !== null
      ? { PILOTLIGHT_OPENAI_URL: engine.url }
      : {}),
    ...(config.models.contextTokens === null
      ? {}
      : { PILOTLIGHT_CONTEXT_TOKENS: String(config.models.contextTokens) }),
  };
}

const secondsText = (ms: number): string => String(Math.ceil(ms / 1000));

function slotsOf({ scaling }: Config, pool: string): number {
  if (pool === "vision") return scaling.vision.slots;
  if (pool === "text") return scaling.text.slots;
  return Math.max(scaling.vision.slots, scaling.text.slots);
}

/** The image brings its model server, and the GPU must really hold the model. */
export function rentedEnv(
  engine: EngineChoice,
  row: Pick<ReplicaRow, "gpu">,
  entry: ProviderEntry | undefined,
): Record<string, string> {
  const weights = entry?.kind === "verda" ? entry.weightsVolume : null;
  // Pods may take as long as their grace; a little of it is for the last words.
  const drain = entry?.kind === "kubernetes" ? String(entry.graceSeconds - 5) : null;
  return {
    ...(drain === null ? {} : { PILOTLIGHT_DRAIN_SECONDS: drain }),
    ...(weights === null ? {} : { OLLAMA_MODELS: weights.path }),
    PILOTLIGHT_HOST: "0.0.0.0",
    PILOTLIGHT_PORT: rentedPort,
    // A container that ends by itself is started anew there.
    PILOTLIGHT_STAY_AFTER_DRAIN: "1",
    ...(row.gpu === null ? {} : { PILOTLIGHT_GPU: row.gpu }),
    ...(engine.name === "ollama"
      ? {
          OLLAMA_HOST: "127.0.0.1:11434",
          PILOTLIGHT_MODEL_SERVER: "ollama serve",
          PILOTLIGHT_REQUIRE_GPU: "1",
        }
      : {}),
  };
}
