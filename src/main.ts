import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  askerOf,
  cachingOf,
  createBackground,
  leaderServices,
  startableWith,
} from "./background.ts";
import { filesystemBlobs } from "./blobs/filesystem.ts";
import type { Config } from "./config.ts";
import { valueProblem } from "./contract/reviews.ts";
import type { Policy } from "./core/autoscaler/decision.ts";
import { listenForWork } from "./db/events.ts";
import { connectLeader } from "./db/leader.ts";
import { readPolicyVersion } from "./db/policy-versions.ts";
import { createDuties, type DutyParts } from "./duties.ts";
import { AppError } from "./errors/app-error.ts";
import { createApp } from "./http/app.ts";
import type { HttpServices } from "./http/services.ts";
import { systemClock } from "./lib/clock.ts";
import { systemRandom } from "./lib/random.ts";
import { type Service, startAll, stopAll } from "./lib/service.ts";
import { createWake } from "./lib/wake.ts";
import { createMachines, joinEnv } from "./machines.ts";
import { listen, openDatabase, openLog, Undo } from "./opening.ts";
import { modelsOf, type PackModels } from "./packs/pack.ts";
import { readPackFolders } from "./packs/read-folders.ts";
import type { ReadPack } from "./packs/read-pack.ts";
import { createPdfReaders } from "./pdf/index.ts";
import { policyBase, policyOf } from "./policy.ts";
import { createAccess } from "./services/access.ts";
import { createAsks } from "./services/asks.ts";
import { createBatches } from "./services/batches.ts";
import { createComparisons } from "./services/comparisons.ts";
import { createContainers } from "./services/containers.ts";
import { announce, type ServiceContext } from "./services/context.ts";
import { createCosts } from "./services/costs/costs.ts";
import { createDeletions } from "./services/deletions.ts";
import { createDocumentFacts } from "./services/document-facts.ts";
import { createDocumentPlans } from "./services/document-plans.ts";
import { createDocuments } from "./services/documents.ts";
import { createFailures } from "./services/failures.ts";
import { createFeed } from "./services/feed.ts";
import { createFleet } from "./services/fleet.ts";
import { createFleetOrders } from "./services/fleet-orders.ts";
import { createFleetOutlook } from "./services/fleet-outlook.ts";
import { createForgetter } from "./services/forgetter.ts";
import { createHealth } from "./services/health.ts";
import { createIntake } from "./services/intake.ts";
import { createLeadership } from "./services/leader.ts";
import { createLeases } from "./services/leases.ts";
import { refuseLostInstallation } from "./services/lost-installation.ts";
import { createPackCatalogue } from "./services/pack-catalogue.ts";
import { createPackService, type PackService } from "./services/packs.ts";
import { createPageDrawer } from "./services/page-drawer.ts";
import { createPortfolio } from "./services/portfolio.ts";
import { createReviews } from "./services/reviews.ts";
import { createRollout } from "./services/rollout/rollout.ts";
import { createRunLedger } from "./services/run-ledger.ts";
import { createSlos } from "./services/slos/slos.ts";
import { createTuner, type TunerFacts } from "./services/tuner.ts";
import { createEpoch } from "./services/turnstile/epoch.ts";
import { createTurnstile } from "./services/turnstile/turnstile.ts";
import { chooseEngine, type EngineChoice, modelsUnseen } from "./worker/engines/detect.ts";
import { readCodeDigest } from "./worker/reader.ts";
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

/** Whoever can reach a server without keys could read every deck. */
function refuseExposed({ host, apiKeys }: Config): void {
  if (isLoopback(host) || apiKeys.length > 0) return;
  throw new AppError("CONFIG_INVALID", `host ${host} is reachable from outside: set apiKeys.`);
}

async function compose(
  { config, containerEnv = {} }: StackOptions,
  undo: Undo,
  notice: (sentence: string) => void,
): Promise<Pick<Stack, "url" | "installation" | "engine">> {
  refuseExposed(config);
  const log = openLog(config, undo);
  const { sql, directUrl, installation, registrationToken } = await openDatabase(
    config,
    undo,
    notice,
  );
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
  await activatePacks(packs, await readPackFolders(config.packsDir, notice));
  const mainPack = await packs.active("pitch-deck");
  if (mainPack === undefined) throw new Error("pitch-deck is not stored");
  const engine = await engineFor(config, modelsOf(mainPack));
  const readPolicy = async () => policyOf(config, await readPolicyVersion(sql));
  const { policy } = await readPolicy();
  const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`;
  const containerToken = containerTokenOf(registrationToken);
  /** Known once somebody listens there. */
  const at = { url: "" };
  const { services, background, caching, forgetter, epoch, pages, readers, asker } =
    await createServices(context, config, {
      ...{ policy, engine, packs, installation, registrationToken, holder },
      codeDigest: await readCodeDigest(),
      joinEnv: (pool, replica) =>
        joinEnv({ config, engine, registrationToken, containerToken, url: at.url }, pool, replica),
    });
  if (config.installation === null) {
    const { providers } = await createMachines({
      ...{ config, context, installation, env: process.env, onChange: () => undefined },
    });
    await refuseLostInstallation(context, providers, installation);
  }
  undo.add(() => readers.close());
  undo.add(() => pages.close());
  undo.add(async () => asker?.close());
  undo.add(async () => caching.cache?.close());
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
  at.url = await listen(app, config, notice);
  await lead(
    {
      ...{ context, config, readPolicy, engine, installation, holder },
      ...{ registrationToken },
      ...{ containerEnv, containerToken, env: process.env, onNotice: notice, url: at.url },
      background: leaderServices(
        context,
        config,
        { background, caching, forgetter },
        tunerFacts(config),
      ),
      endKnown: caching.cachedWork.sweep,
      onLost: () => background.rescuer.wake(),
    },
    { directUrl, beside: services.feed },
    undo,
  );
  const listening = await listenForWork(sql, () => announce(context));
  undo.add(() => listening.unlisten());
  return { url: at.url, installation, engine };
}

/** From here on this control plane may lead; a service runs beside that, whoever leads. */
async function lead(
  parts: Omit<DutyParts, "mayAct" | "isEnding">,
  { directUrl, beside }: { readonly directUrl: string; readonly beside: Service },
  undo: Undo,
): Promise<void> {
  let isEnding = false;
  const duties = createDuties({
    ...parts,
    mayAct: () => leadership.isLeader(),
    isEnding: () => isEnding,
  });
  const leadership = createLeadership(parts.context, {
    ...duties,
    holder: parts.holder,
    connectDirect: () => connectLeader(directUrl),
  });
  await startAll([beside, leadership]);
  undo.add(() => {
    isEnding = true;
    return stopAll([beside, leadership]);
  });
}

/** Rented machines bring a model server in their image: there is none to be found here. */
async function engineFor(config: Config, packModels: PackModels): Promise<EngineChoice> {
  const isRented = config.providers.some(({ kind }) => kind === "verda" || kind === "kubernetes");
  const isElsewhere = config.engine === "openai" || config.openaiUrl !== null;
  const stages = modelsUnseen(config, packModels, "ollama", rentedVramGb(config));
  const models = { vision: stages.vision.name, text: stages.text.name };
  const isKnown = models.vision !== null && models.text !== null;
  if (!isRented || isElsewhere || config.engine === "extractive" || !isKnown) {
    return chooseEngine(config, packModels);
  }
  const reason = "each rented machine brings its own model server";
  return { name: "ollama", url: config.ollamaHost, models, reason, stages };
}

/** The largest machine that is listed; null: a provider has a list of its own. */
function rentedVramGb({ providers }: Config): number | null {
  const rented = providers.filter(({ kind }) => kind === "verda" || kind === "kubernetes");
  const listed = rented.map((one) => (one.kind === "kubernetes" ? one.machines : []));
  if (listed.some((machines) => machines.length === 0)) return null;
  return Math.max(...listed.flat().map(({ vramGb }) => vramGb));
}

/** Opens the API of rented containers to us alone. */
const containerTokenOf = (registrationToken: string): string =>
  createHash("sha256").update(`container ${registrationToken}`).digest("base64url");

async function activatePacks(service: PackService, read: readonly ReadPack[]): Promise<void> {
  for (const { pack, files } of read) await service.activate(pack, files);
}

/** A page takes a second; more than that many is nobody looking at slides. */
const pageDrawing = { waitingMax: 200, drawMsMax: 60_000 };

/** What a deletion could not remove at once is tried again so often. */
const forgetterMs = 10_000;

/** A person waits for it; a model that is slower is not what they wait for. */
const askMsMax = 60_000;

interface ServiceParts {
  readonly policy: Policy;
  readonly engine: EngineChoice;
  readonly packs: PackService;
  readonly installation: string;
  readonly registrationToken: string;
  readonly holder: string;
  readonly joinEnv: (pool: string, replica: number) => Record<string, string>;
  readonly codeDigest: string;
}

async function createServices(context: ServiceContext, config: Config, parts: ServiceParts) {
  const { policy, engine, packs, installation, registrationToken, holder } = parts;
  const startable = startableWith(policy, engine);
  const background = createBackground(context, config, { startable, installation });
  const { stranded, metrics } = background;
  const caching = await cachingOf(context, config, { ...parts, metrics });
  const epoch = createEpoch(context);
  const turnstile = createTurnstile(context, epoch, {
    retry: config.retry,
    onTurn: metrics.turned,
  });
  const timings = {
    heartbeatMs: config.timings.heartbeatMs,
    ttlMs: config.timings.containerTtlMs,
    pollMs: config.timings.leaseWaitMs,
  };
  const sample = join(checkout, "examples", "aurelia-cardio.pdf");
  const tempDir = join(config.stateDir, "tmp");
  const readers = createPdfReaders();
  const pages = createPageDrawer(context, {
    ...{ tempDir, limits: config.pdf, readers },
    ...pageDrawing,
  });
  const forgetter = createForgetter(context, { cache: caching.cache, everyMs: forgetterMs });
  const documents = createDocuments(context, startable.maxReplicas, stranded, pages);
  const asker = askerOf(config, engine);
  const services: HttpServices = {
    access: createAccess(context, config.apiKeys),
    intake: createIntake(context, {
      tempDir,
      limits: config.pdf,
      readers,
      presentations: config.presentations,
      probesMax: 2,
      cachedWork: caching.cachedWork,
    }),
    documents,
    plans: createDocumentPlans(context, documents.durations, {
      pools: Object.keys(policy.pools),
      policy: policy.name,
    }),
    documentFacts: createDocumentFacts(context, documents),
    ...moneyServices(context, config),
    deletions: createDeletions(context, forgetter),
    reviews: createReviews(context, documents, valueProblem),
    portfolio: createPortfolio(context, documents),
    comparisons: createComparisons(context, documents),
    asks: createAsks(context, documents, { asker, modelMsMax: askMsMax }),
    batches: createBatches(context),
    failures: createFailures(context, documents),
    feed: createFeed(context, 1000),
    ...fleetServices(context, config, parts),
    health: createHealth(context, {
      ...{ installation, version, holder, stranded, heartbeatMs: timings.heartbeatMs },
      cache: caching.cache,
      providers: config.providers.map(({ name }) => name),
    }),
    metrics,
    containers: createContainers(context, turnstile, registrationToken, timings),
    catalogue: createPackCatalogue(context, config.timings, startable),
    leases: createLeases(context, { packs, turnstile, cache: caching.cache }),
    visualCache: caching.service,
    timings,
    sampleDeck: existsSync(sample) ? sample : null,
  };
  return { services, background, caching, forgetter, epoch, pages, readers, asker };
}

function moneyServices(context: ServiceContext, { costs, slos: settings, providers }: Config) {
  const runLedger = createRunLedger(context);
  const slos = createSlos(context, settings, runLedger);
  const facts = { ...costs, providers: providers.map(({ name }) => name) };
  const rollout = createRollout(context, facts, slos);
  return { costs: createCosts(context, costs, runLedger), slos, rollout };
}

function fleetServices(
  context: ServiceContext,
  config: Config,
  { policy, installation, joinEnv }: ServiceParts,
) {
  const { topology, replicasMax, usdPerHourMax } = config.fleet;
  const { providers } = config;
  const fixed = providers.filter(({ kind }) => kind === "static");
  return {
    fleet: createFleet(context, {
      ...{ installation, topology, providers, policy: policy.name, pools: policy.pools },
      ceiling: { replicasMax, microUsdPerHourMax: Math.round(usdPerHourMax * 1e6) },
    }),
    fleetOutlook: createFleetOutlook(context, policy.pools),
    fleetOrders: createFleetOrders(context, {
      pools: policy.pools,
      fixedProviders: fixed.map(({ name }) => name),
      joinEnv,
    }),
    tuner: createTuner(context, tunerFacts(config)),
  };
}

function tunerFacts(config: Config): TunerFacts {
  const fixed = config.providers.filter(({ kind }) => kind === "static");
  return {
    base: policyBase(config),
    configured: config.autoscaler.policy,
    fixedProviders: fixed.map(({ name }) => name),
  };
}
