import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import { createBackground, startableWith } from "./background.ts";
import { filesystemBlobs } from "./blobs/filesystem.ts";
import type { Config } from "./config.ts";
import type { Policy } from "./core/autoscaler/decision.ts";
import { referencePolicy } from "./core/autoscaler/policies/reference.ts";
import { checkServer, connect, type Sql } from "./db/connect.ts";
import { endAllContainers } from "./db/containers.ts";
import { installationId } from "./db/embedded/installation.ts";
import { startEmbeddedPostgres } from "./db/embedded/start.ts";
import { listenForWork } from "./db/events.ts";
import { endAllReplicas } from "./db/fleet.ts";
import { ensurePartitions } from "./db/history.ts";
import { ensureInstallation } from "./db/installation.ts";
import { migrate } from "./db/migrate.ts";
import { AppError } from "./errors/app-error.ts";
import { createApp } from "./http/app.ts";
import type { HttpServices } from "./http/services.ts";
import { systemClock } from "./lib/clock.ts";
import { childEntry } from "./lib/entry.ts";
import { systemRandom } from "./lib/random.ts";
import { startAll, stopAll } from "./lib/service.ts";
import { createWake } from "./lib/wake.ts";
import type { Pack } from "./packs/pack.ts";
import { builtInPacksDir, readPack } from "./packs/read-pack.ts";
import { createLocalProvider, type LocalProvider } from "./providers/local/local.ts";
import { createAccess } from "./services/access.ts";
import { createBatches } from "./services/batches.ts";
import { createContainers } from "./services/containers.ts";
import { announce, type ServiceContext } from "./services/context.ts";
import { createDocuments } from "./services/documents.ts";
import { createFeed } from "./services/feed.ts";
import { createFleet } from "./services/fleet.ts";
import { createHealth } from "./services/health.ts";
import { createIntake } from "./services/intake.ts";
import { createLeases } from "./services/leases.ts";
import { createPackService } from "./services/packs.ts";
import { createReconciler } from "./services/reconciler.ts";
import { createScaler } from "./services/scaler.ts";
import { createEpoch } from "./services/turnstile/epoch.ts";
import { createTurnstile } from "./services/turnstile/turnstile.ts";
import { createLog, type Log } from "./telemetry/log.ts";
import { chooseEngine, type EngineChoice } from "./worker/engines/detect.ts";
import { isLoopback } from "./worker/settings.ts";

/** The composition root: configuration to adapters to services. The only file that knows everything. */
export interface Stack {
  readonly url: string;
  readonly installation: string;
  readonly engine: EngineChoice;
  /** Sentences a person should read: an OS user was made, another port was taken. */
  readonly notices: readonly string[];
  /** Drains the containers, then closes everything; safe to call twice. */
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly config: Config;
  readonly onNotice?: (sentence: string) => void;
  /** More environment for local containers: fault drills. */
  readonly containerEnv?: Readonly<Record<string, string>>;
}

export const version = "0.1.0";

/** Two levels up from here lies the checkout, from `src` and from `dist` alike. */
const checkout = fileURLToPath(new URL("../", import.meta.url));

/** Undoes in reverse what was done, also when the start itself fails half-way. */
class Undo {
  #steps: (() => Promise<unknown>)[] = [];
  #done: Promise<void> | null = null;

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#unwind();
    return this.#done;
  }

  async #unwind(): Promise<void> {
    let first: unknown;
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        first ??= error;
      }
    }
    if (first !== undefined) throw first;
  }
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const undo = new Undo();
  const notices: string[] = [];
  const notice = (sentence: string): void => {
    notices.push(sentence);
    options.onNotice?.(sentence);
  };
  try {
    const started = await compose(options, undo, notice);
    return { ...started, notices, stop: () => undo.run() };
  } catch (error) {
    await undo.run().catch(() => {});
    throw error;
  }
}

async function compose(
  { config, containerEnv = {} }: StackOptions,
  undo: Undo,
  notice: (sentence: string) => void,
): Promise<Pick<Stack, "url" | "installation" | "engine">> {
  if (!isLoopback(config.host) && config.apiKeys.length === 0) {
    throw new AppError(
      "CONFIG_INVALID",
      `host ${config.host} is reachable from outside: set apiKeys.`,
    );
  }
  const log = openLog(config, undo);
  const { sql, installation } = await openDatabase(config, undo, notice);
  const context: ServiceContext = {
    sql,
    log,
    blobs: filesystemBlobs(join(config.stateDir, "blobs")),
    clock: systemClock,
    random: systemRandom,
    work: createWake(),
    change: createWake(),
  };
  const packs = createPackService(sql, config.timings);
  const builtIn = await activatePacks(packs, await readBuiltInPacks());
  const engine = await chooseEngine(config, builtIn.models.ollama ?? null);
  const policy = referencePolicy(config.scaling);
  const { services, background, registrationToken, epoch } = createServices(context, config, {
    policy,
    engine,
    packs,
    installation,
  });
  await epoch.draw();
  await services.access.start();

  const app = await createApp({
    services,
    log,
    version,
    webRoot: existsSync(join(checkout, "dist/web/index.html")) ? join(checkout, "dist/web") : null,
    loopbackOnly: config.apiKeys.length === 0,
    bytesMax: config.pdf.bytesMax,
  });
  undo.add(() => app.close());
  const url = await listen(app, config, notice);
  const provider = createLocalProvider({
    installation,
    stateDir: config.stateDir,
    entry: childEntry(import.meta.url, "./worker/main"),
    env: process.env,
    clock: systemClock,
    graceMs: config.timings.stopGraceMs,
    onChange: () => reconciler.wake(),
  });
  const reconciler = createReconciler(context, {
    installation,
    provider,
    everyMs: config.timings.reconcilerMs,
    onLost: () => background.rescuer.wake(),
    envFor: (pool, replica) => ({
      ...containerEnvironment({ config, engine, url, pool, replica }),
      PILOTLIGHT_REGISTRATION_TOKEN: registrationToken,
      ...containerEnv,
    }),
  });
  const scaler = createScaler(context, {
    policy,
    provider: provider.name,
    everyMs: config.timings.scalerMs,
    onWanted: () => reconciler.wake(),
  });
  await provider.sweep();
  const running = [services.feed, ...background.services, scaler, reconciler];
  await startAll(running);
  undo.add(() => stopEverything(provider, running));
  const listening = await listenForWork(sql, () => announce(context));
  undo.add(() => listening.unlisten());
  return { url, installation, engine };
}

/** Containers first, while the API still hears what they give back; then the loops. */
async function stopEverything(
  provider: LocalProvider,
  running: Parameters<typeof stopAll>[0],
): Promise<void> {
  const [scaler, reconciler] = running.slice(-2);
  await stopAll([scaler, reconciler].filter((service) => service !== undefined));
  await provider.stopAll();
  await stopAll(running);
}

function openLog(config: Config, undo: Undo): Log {
  const folder = join(config.stateDir, "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openSync(join(folder, "control.log"), "a", 0o600);
  undo.add(async () => closeSync(file));
  return createLog({ name: "control", level: config.logLevel, destination: file });
}

async function openDatabase(
  config: Config,
  undo: Undo,
  notice: (sentence: string) => void,
): Promise<{ sql: Sql; installation: string }> {
  let url = config.databaseUrl;
  if (url === null) {
    const server = await startEmbeddedPostgres({ stateDir: config.stateDir });
    undo.add(() => server.stop());
    if (server.notice !== null) notice(server.notice);
    url = server.url;
  }
  const sql = connect(url, { name: "pilotlight control", limits: config.database });
  undo.add(() => sql.end({ timeout: 5 }));
  await checkServer(sql);
  await migrate(sql);
  await ensurePartitions(sql);
  // Local containers are children of their control plane: those of an earlier one are gone.
  await endAllContainers(sql);
  await endAllReplicas(sql);
  const proposed = (await installationId(config.stateDir)).replaceAll("-", "").slice(0, 8);
  return { sql, installation: await ensureInstallation(sql, proposed) };
}

async function readBuiltInPacks(): Promise<Pack[]> {
  const folder = builtInPacksDir();
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
  return Promise.all(names.map(readPack));
}

async function activatePacks(
  service: ReturnType<typeof createPackService>,
  packs: readonly Pack[],
): Promise<Pack> {
  for (const pack of packs) await service.activate(pack);
  const main = packs.find((pack) => pack.name === "pitch-deck") ?? packs[0];
  if (!main) throw new Error("no pack is built in");
  return main;
}

function createServices(
  context: ServiceContext,
  config: Config,
  {
    policy,
    engine,
    packs,
    installation,
  }: {
    policy: Policy;
    engine: EngineChoice;
    packs: ReturnType<typeof createPackService>;
    installation: string;
  },
) {
  const startable = startableWith(policy, engine);
  const background = createBackground(context, config, startable);
  const epoch = createEpoch(context);
  const turnstile = createTurnstile(context, epoch, {
    retry: config.retry,
    onTurn: background.metrics.turned,
  });
  const leases = createLeases(context, packs, turnstile);
  const registrationToken = randomBytes(32).toString("base64url");
  const timings = {
    heartbeatMs: config.timings.heartbeatMs,
    ttlMs: config.timings.containerTtlMs,
    pollMs: config.timings.leaseWaitMs,
  };
  const sample = join(checkout, "examples", "aurelia-cardio.pdf");
  const services: HttpServices = {
    access: createAccess(context, config.apiKeys),
    intake: createIntake(context, {
      tempDir: join(config.stateDir, "tmp"),
      limits: config.pdf,
      probesMax: 2,
    }),
    documents: createDocuments(context, startable.maxReplicas, background.stranded),
    batches: createBatches(context),
    feed: createFeed(context, 1000),
    fleet: createFleet(context, { installation, policy: policy.name, pools: policy.pools }),
    health: createHealth(context, { installation, version }),
    metrics: background.metrics,
    containers: createContainers(context, turnstile, registrationToken, timings),
    leases,
    timings,
    sampleDeck: existsSync(sample) ? sample : null,
  };
  return { services, background, registrationToken, epoch };
}

/** The wanted port, or any free one when it is taken. */
async function listen(
  app: FastifyInstance,
  config: Config,
  notice: (sentence: string) => void,
): Promise<string> {
  const { host, port } = config;
  const at = await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" || port === 0) throw error;
    return app.listen({ host, port: 0 }).then((free) => {
      notice(`Port ${port} is taken; listening on ${new URL(free).port} instead.`);
      return free;
    });
  });
  return isLoopback(host) ? at : at.replace("0.0.0.0", "127.0.0.1");
}

function containerEnvironment(about: {
  config: Config;
  engine: EngineChoice;
  url: string;
  pool: string;
  replica: number;
}): Record<string, string> {
  const { config, engine, url, pool, replica } = about;
  const model = engine.models[pool === "text" ? "text" : "vision"];
  const slots = pool === "text" ? config.scaling.text.slots : config.scaling.vision.slots;
  return {
    PILOTLIGHT_POOL: pool,
    PILOTLIGHT_REPLICA: String(replica),
    PILOTLIGHT_CONTROL_URL: url,
    PILOTLIGHT_ENGINE: engine.name,
    PILOTLIGHT_MAX_PIPELINES: String(config.scaling.maxConcurrentPipelines),
    PILOTLIGHT_DRAIN_SECONDS: String(Math.ceil(config.timings.drainMs / 1000)),
    PILOTLIGHT_HANDOFF_SECONDS: String(Math.ceil(config.scaling.handoffTimeoutMs / 1000)),
    PILOTLIGHT_COMMUNICATION_SECONDS: String(
      Math.ceil(config.scaling.communicationTimeoutMs / 1000),
    ),
    PILOTLIGHT_LOG_LEVEL: config.logLevel,
    PILOTLIGHT_WORK_DIR: join(config.stateDir, "tmp", `${pool}-${replica}`),
    PILOTLIGHT_SLOTS: String(slots),
    ...(model === null ? {} : { PILOTLIGHT_MODEL: model }),
    ...(engine.url === null ? {} : { OLLAMA_HOST: engine.url }),
  };
}
