import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, InjectOptions } from "fastify";
import { filesystemBlobs } from "../../src/blobs/filesystem.ts";
import { guarded } from "../../src/cache/guarded.ts";
import { postgresCache } from "../../src/cache/postgres.ts";
import type { VisualCache } from "../../src/cache/visual-cache.ts";
import { defaults } from "../../src/config/schema.ts";
import { valueProblem } from "../../src/contract/reviews.ts";
import type { Lease, LeasesAnswer, Outcome } from "../../src/contract/worker-protocol.ts";
import { scalingDefaults, scalingOf } from "../../src/core/autoscaler/settings.ts";
import { ensureInstallation } from "../../src/db/installation.ts";
import { createApp } from "../../src/http/app.ts";
import type { HttpServices } from "../../src/http/services.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { createWake } from "../../src/lib/wake.ts";
import { builtInPacksDir, readPackFolder } from "../../src/packs/read-pack.ts";
import { defaultPdfLimits, type PdfLimits, type PresentationOptions } from "../../src/pdf/index.ts";
import { createAccess } from "../../src/services/access.ts";
import { createAsks, type DeckAsker } from "../../src/services/asks.ts";
import { createBatches } from "../../src/services/batches.ts";
import { type CachedWork, createCachedWork } from "../../src/services/cached-work.ts";
import { createComparisons } from "../../src/services/comparisons.ts";
import { type ContainerTimings, createContainers } from "../../src/services/containers.ts";
import type { ServiceContext } from "../../src/services/context.ts";
import type { CostSettings } from "../../src/services/costs/costs.ts";
import { createDeletions } from "../../src/services/deletions.ts";
import { createDocumentFacts } from "../../src/services/document-facts.ts";
import { createDocumentPlans } from "../../src/services/document-plans.ts";
import { createDocuments } from "../../src/services/documents.ts";
import { createFailures } from "../../src/services/failures.ts";
import { createFeed } from "../../src/services/feed.ts";
import { createFleet } from "../../src/services/fleet.ts";
import { createFleetOrders } from "../../src/services/fleet-orders.ts";
import { createFleetOutlook } from "../../src/services/fleet-outlook.ts";
import { createForgetter, type Forgetter } from "../../src/services/forgetter.ts";
import { createHealth } from "../../src/services/health.ts";
import { createIntake } from "../../src/services/intake.ts";
import { createLeases } from "../../src/services/leases.ts";
import { createPackCatalogue } from "../../src/services/pack-catalogue.ts";
import { createPackService, type PackService } from "../../src/services/packs.ts";
import { createPageDrawer, type PageDrawerOptions } from "../../src/services/page-drawer.ts";
import { createPortfolio } from "../../src/services/portfolio.ts";
import { createQueueMetrics } from "../../src/services/queue-metrics.ts";
import { createRescuer } from "../../src/services/rescuer.ts";
import { createReviews } from "../../src/services/reviews.ts";
import { createStranded, type Stranded } from "../../src/services/stranded.ts";
import { createTuner, type TunerFacts } from "../../src/services/tuner.ts";
import { createEpoch } from "../../src/services/turnstile/epoch.ts";
import { createTurnstile } from "../../src/services/turnstile/turnstile.ts";
import { createVacuumWatch } from "../../src/services/vacuum-watch.ts";
import { createVisualCache } from "../../src/services/visual-cache.ts";
import { createLog, type Log } from "../../src/telemetry/log.ts";
import type { TestDatabase } from "./database.ts";
import { moneyServices } from "./money-services.ts";

/** As in the settings, with a shorter longest backoff. */
export const retryDefaults = { roundsExtra: 1, roundDelayMs: 120_000, backoffMaxMs: 60_000 };

export const registrationToken = "a registration token of a test";
export const exampleDeck = fileURLToPath(
  new URL("../../examples/aurelia-cardio.pdf", import.meta.url),
);

/** What services share, over a test database and a folder of its own. The clock can be put forward. */
export interface TestContext extends ServiceContext {
  readonly dir: string;
  /** Moves the services' clock; the database's own goes on. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export async function createTestContext(db: TestDatabase, log?: Log): Promise<TestContext> {
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-services-"));
  let aheadMs = 0;
  return {
    sql: db.sql,
    blobs: filesystemBlobs(join(dir, "blobs")),
    log: log ?? createLog({ name: "test", level: "silent", destination: 2 }),
    clock: { nowMs: () => Date.now() + aheadMs },
    random: seededRandom(1),
    work: createWake(),
    change: createWake(),
    dir,
    advance: (ms) => {
      aheadMs += ms;
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

export interface ControlPlane {
  readonly context: TestContext;
  readonly services: HttpServices;
  readonly packs: PackService;
  readonly cachedWork: CachedWork;
  readonly forgetter: Forgetter;
  readonly app: FastifyInstance;
  readonly rescuer: ReturnType<typeof createRescuer>;
  close(): Promise<void>;
}

export interface ControlPlaneOptions {
  readonly apiKeys?: readonly string[];
  readonly limits?: Partial<PdfLimits>;
  readonly presentations?: Partial<PresentationOptions>;
  readonly costs?: Partial<CostSettings>;
  readonly pages?: Partial<PageDrawerOptions>;
  readonly feedMs?: number;
  readonly timings?: ContainerTimings;
  readonly rescuerMs?: number;
  readonly log?: Log;
  /** Default: none, so that rules answer. */
  readonly asker?: DeckAsker;
  /** Default: on the test's database. */
  readonly cache?: VisualCache;
}

/** The code that reads, as workers of a test say it. */
export const testCode = "code-of-test";

/** An installation with the request's own settings and prices. */
export const testTunerFacts: TunerFacts = {
  base: {
    scaling: scalingOf(scalingDefaults),
    topology: "split",
    microUsdPerHour: { vision: 500_000, text: 800_000, shared: 800_000 },
    quantumMs: 0,
  },
  configured: "reference",
  fixedProviders: ["static"],
};

/** Fleet, orders and health of an installation with one local provider. */
export function testFleet(
  context: ServiceContext,
  installation: string,
  pools: Readonly<Record<string, { minReplicas: number; maxReplicas: number }>>,
  stranded: Stranded,
) {
  const providers = [{ name: "local", kind: "local" }];
  const ceiling = { replicasMax: 8, microUsdPerHourMax: 25_000_000 };
  const about = { installation, policy: "reference", topology: "split", providers } as const;
  return {
    fleet: createFleet(context, { ...about, pools, ceiling }),
    fleetOutlook: createFleetOutlook(context, pools),
    fleetOrders: createFleetOrders(context, { pools, fixedProviders: [], joinEnv: () => ({}) }),
    tuner: createTuner(context, testTunerFacts),
    health: createHealth(context, {
      ...{
        installation,
        stranded,
        version: "0.0.0",
        holder: "test",
        heartbeatMs: 2000,
        cache: null,
      },
      providers: ["local"],
    }),
  };
}

const ceilings = { taskMsMax: 3_600_000, stallMsMax: 600_000 };

/** The real services and the real HTTP surface; nothing listens yet and no loop but the feed runs. */
export async function createControlPlane(
  db: TestDatabase,
  options: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const context = await createTestContext(db, options.log);
  const apiKeys = options.apiKeys ?? [];
  const limits = { ...defaultPdfLimits, ...options.limits };
  const packs = createPackService(context.sql, ceilings);
  const { pack, files } = await readPackFolder(join(builtInPacksDir(), "pitch-deck"));
  await packs.activate(pack, files);
  const epoch = createEpoch(context);
  const turnstile = createTurnstile(context, epoch, { retry: retryDefaults });
  const { clock, log } = context;
  const cache = guarded(options.cache ?? postgresCache(context.sql), {
    ...{ timeoutMs: 5_000, clock, log },
  });
  const leases = createLeases(context, { packs, turnstile, cache });
  const cachedWork = createCachedWork(context, {
    ...{ packs, cache, codeDigest: testCode },
    engine: { name: "extractive", models: {} },
  });
  await ensureInstallation(context.sql, "test");
  await epoch.draw();
  const timings = options.timings ?? { heartbeatMs: 2000, ttlMs: 60_000, pollMs: 5000 };
  const pools = {
    vision: { minReplicas: 0, maxReplicas: 2 },
    text: { minReplicas: 0, maxReplicas: 3 },
  };
  const stranded = createStranded(context, {
    maxReplicas: { vision: 2, text: 3 },
    features: { vision: ["vision"], text: [] },
  });
  const tempDir = join(context.dir, "tmp");
  const pages = createPageDrawer(context, {
    ...{ tempDir, limits, waitingMax: 3, drawMsMax: 60_000 },
    ...options.pages,
  });
  const forgetter = createForgetter(context, { cache, everyMs: 60_000 });
  const documents = createDocuments(context, { vision: 2, text: 3 }, stranded, pages);
  const services: HttpServices = {
    access: createAccess(context, apiKeys),
    intake: createIntake(context, {
      ...{ tempDir, limits, probesMax: 2, cachedWork },
      presentations: { ...defaults.presentations, ...options.presentations },
    }),
    documents,
    plans: createDocumentPlans(context, documents.durations, {
      pools: Object.keys(pools),
      policy: "just-in-time",
    }),
    documentFacts: createDocumentFacts(context, documents),
    ...moneyServices(context, options.costs),
    deletions: createDeletions(context, forgetter),
    reviews: createReviews(context, documents, valueProblem),
    portfolio: createPortfolio(context, documents),
    comparisons: createComparisons(context, documents),
    asks: createAsks(context, documents, { asker: options.asker ?? null, modelMsMax: 60_000 }),
    batches: createBatches(context),
    failures: createFailures(context, documents),
    feed: createFeed(context, options.feedMs ?? 50),
    ...testFleet(context, "test", pools, stranded),
    metrics: createQueueMetrics(context, { stranded, watch: createVacuumWatch(context, 60_000) }),
    containers: createContainers(context, turnstile, registrationToken, timings),
    leases,
    catalogue: createPackCatalogue(context, ceilings, {
      maxReplicas: { vision: 2, text: 3 },
      features: { vision: ["vision"], text: ["step:extract_fields", "step:answer_template"] },
    }),
    visualCache: createVisualCache(context, {
      cache,
      limits: { bytesMax: 1e9, workspaceBytesMax: 1e9, ageMsMax: 30 * 86_400_000 },
    }),
    timings,
    sampleDeck: exampleDeck,
  };
  const app = await createApp({
    services,
    log: context.log,
    version: "0.0.0",
    webRoot: null,
    loopbackOnly: apiKeys.length === 0,
    bytesMax: limits.bytesMax,
  });
  await services.access.start();
  await services.feed.start();
  await app.ready();
  return {
    context,
    services,
    packs,
    cachedWork,
    forgetter,
    app,
    rescuer: createRescuer(context, {
      everyMs: options.rescuerMs ?? 60_000,
      retry: retryDefaults,
    }),
    async close() {
      await app.close();
      await pages.close();
      await services.feed.stop();
      await context.close();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly raw: Buffer;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly payload?: Buffer | string;
  readonly headers?: Record<string, string>;
}

/** One request through the whole HTTP surface. */
export async function call(
  app: FastifyInstance,
  method: "GET" | "POST" | "PUT" | "DELETE",
  url: string,
  options: CallOptions = {},
): Promise<Answer> {
  const headers: Record<string, string> = { host: "localhost", ...options.headers };
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
  const request: InjectOptions = { method, url, headers };
  if (options.body !== undefined) request.payload = options.body as object;
  if (options.payload !== undefined) request.payload = options.payload;
  const answer = await app.inject(request);
  const type = String(answer.headers["content-type"] ?? "");
  return {
    status: answer.statusCode,
    headers: answer.headers as Record<string, string>,
    body: type.includes("json") ? answer.json() : answer.body,
    raw: answer.rawPayload,
  };
}

/** A form with one file, as a browser sends it. */
export function formOf(
  name: string,
  file: Buffer,
  field = "file",
): { payload: Buffer; headers: Record<string, string> } {
  const boundary = "----pilotlight-test";
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: application/pdf\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  return {
    payload: Buffer.concat([Buffer.from(head), file, Buffer.from(tail)]),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

/** A container that speaks the worker protocol through the HTTP surface. */
export interface TestWorker {
  readonly id: string;
  readonly token: string;
  readonly bootId: string;
  beat(phase?: string, leases?: readonly string[]): Promise<Answer>;
  /** Settles and leases in one call, without waiting. */
  lease(
    capacity: number,
    settle?: readonly { lease: string; outcome: Outcome }[],
  ): Promise<LeasesAnswer>;
  settle(lease: Lease | string, outcome: Outcome): Promise<Answer>;
  call(method: "GET" | "POST" | "PUT", url: string, options?: CallOptions): Promise<Answer>;
}

let boots = 0;

export async function registerWorker(
  app: FastifyInstance,
  given: {
    pool?: string;
    replica?: number;
    slots?: number;
    pipelines?: number;
    /** Weights it says it reads with; null: it does not say. */
    weights?: string | null;
  } = {},
): Promise<TestWorker> {
  boots += 1;
  const bootId = `boot-of-test-${boots}`;
  const pool = given.pool ?? "vision";
  const features = pool === "vision" ? ["vision"] : [];
  const registered = await call(app, "POST", "/api/containers", {
    token: registrationToken,
    body: {
      protocol: 1,
      bootId,
      pool,
      replica: given.replica ?? boots,
      containerId: null,
      features,
      limits: { slots: given.slots ?? 8, maxConcurrentPipelines: given.pipelines ?? 8 },
      coordinationUrl: null,
      engine: { name: "extractive", model: null },
      gpu: null,
      pid: null,
    },
  });
  if (registered.status !== 201) throw new Error(JSON.stringify(registered.body));
  const { id, token } = registered.body as { id: string; token: string };
  const own: TestWorker["call"] = (method, url, options) =>
    call(app, method, url, { token, ...options });
  const worker: TestWorker = {
    id,
    token,
    bootId,
    call: own,
    beat: (phase = "ready", leases = []) =>
      own("POST", `/api/containers/${id}/heartbeat`, {
        body: { bootId, phase, leases, note: null },
      }),
    async lease(capacity, settle = []) {
      const reader = given.weights ? `${testCode}/${given.weights}` : null;
      const body = { bootId, capacity, waitSeconds: 0, settle, reader };
      const answer = await own("POST", `/api/containers/${id}/leases`, { body });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return answer.body as LeasesAnswer;
    },
    settle: (lease, outcome) =>
      own("POST", `/api/leases/${typeof lease === "string" ? lease : lease.id}/settle`, {
        body: outcome,
      }),
  };
  await worker.beat();
  return worker;
}

export const doneOutcome = (result: Record<string, unknown>, gaps: number[] = []): Outcome => ({
  kind: "done",
  result,
  gaps,
  applicable: true,
  reason: null,
  engine: { name: "extractive", model: null },
});
