import { createBackground } from "../../../src/background.ts";
import { valueProblem } from "../../../src/contract/reviews.ts";
import { connect } from "../../../src/db/connect.ts";
import { listenForWork } from "../../../src/db/events.ts";
import { addPipelines } from "../../../src/db/submissions.ts";
import { createApp } from "../../../src/http/app.ts";
import { startAll, stopAll } from "../../../src/lib/service.ts";
import { defaultPdfLimits } from "../../../src/pdf/index.ts";
import { createAccess } from "../../../src/services/access.ts";
import { createAsks } from "../../../src/services/asks.ts";
import { createBatches } from "../../../src/services/batches.ts";
import { createComparisons } from "../../../src/services/comparisons.ts";
import { createContainers } from "../../../src/services/containers.ts";
import { announce } from "../../../src/services/context.ts";
import { createCosts } from "../../../src/services/costs/costs.ts";
import { createDeletions } from "../../../src/services/deletions.ts";
import { createDocumentFacts } from "../../../src/services/document-facts.ts";
import { createDocumentPlans } from "../../../src/services/document-plans.ts";
import { createDocuments } from "../../../src/services/documents.ts";
import { createFailures } from "../../../src/services/failures.ts";
import { createFeed } from "../../../src/services/feed.ts";
import { createFleet } from "../../../src/services/fleet.ts";
import { createFleetOrders } from "../../../src/services/fleet-orders.ts";
import { createFleetOutlook } from "../../../src/services/fleet-outlook.ts";
import { createForgetter } from "../../../src/services/forgetter.ts";
import { createHealth } from "../../../src/services/health.ts";
import { createIntake } from "../../../src/services/intake.ts";
import { createLeases } from "../../../src/services/leases.ts";
import { createPackCatalogue } from "../../../src/services/pack-catalogue.ts";
import { createPackService } from "../../../src/services/packs.ts";
import { createPortfolio } from "../../../src/services/portfolio.ts";
import { createReviews } from "../../../src/services/reviews.ts";
import { createRollout } from "../../../src/services/rollout/rollout.ts";
import { createSlos } from "../../../src/services/slos/slos.ts";
import { createTuner } from "../../../src/services/tuner.ts";
import { createEpoch } from "../../../src/services/turnstile/epoch.ts";
import { createTurnstile } from "../../../src/services/turnstile/turnstile.ts";
import { createVisualCache } from "../../../src/services/visual-cache.ts";
import { defaultConfig, prepareQueue, startable, submission } from "../fixture.ts";
import { controlPlaneTask, type Heard, submitOrder } from "./messages.ts";

/** The product's control plane, without a provider: its containers come by themselves. */

const installation = "bench";
const token = "the registration token of the benchmark";
/** As the product has them, except that a machine that is short of time loses no container. */
const { heartbeatMs, leaseWaitMs: pollMs } = defaultConfig.timings;
const timings = { heartbeatMs, ttlMs: 60_000, pollMs };

const say = (message: Heard): void => void process.send?.(message);

process.once("message", (message) => {
  start(controlPlaneTask.parse(message).databaseUrl).catch((error: unknown) => {
    say({ state: "failed", message: String(error) });
    process.exitCode = 1;
    process.disconnect?.();
  });
});

async function start(databaseUrl: string): Promise<void> {
  const sql = connect(databaseUrl, { max: 10, name: "bench" });
  const context = await prepareQueue(sql);
  const { services, background } = await createServices(context);
  const running = [services.feed, ...background.services];
  const limits = defaultPdfLimits;
  const app = await createApp({
    ...{ services, log: context.log, version: "0.0.0", webRoot: null, loopbackOnly: true },
    bytesMax: limits.bytesMax,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const listening = await listenForWork(sql, () => announce(context));
  await startAll(running);
  process.on("message", async (order) => {
    const [first] = await addPipelines(sql, submission(submitOrder.parse(order).submit));
    const { classIds = [], rank = 0 } = first ?? {};
    announce(
      context,
      classIds.map((classId) => ({ classId, rank })),
    );
    say({ state: "submitted" });
  });
  process.once("disconnect", async () => {
    await listening.unlisten();
    await stopAll(running);
    await app.close();
    await sql.end();
  });
  say({ state: "listening", url, token });
}

const fleetFacts = {
  installation,
  policy: "none",
  topology: "split",
  ceiling: { replicasMax: 99, microUsdPerHourMax: 0 },
  providers: [],
} as const;

async function createServices(context: Awaited<ReturnType<typeof prepareQueue>>) {
  const epoch = createEpoch(context);
  await epoch.draw();
  const background = createBackground(context, defaultConfig, { startable, installation });
  const turnstile = createTurnstile(context, epoch, {
    retry: defaultConfig.retry,
    onTurn: background.metrics.turned,
  });
  const packs = createPackService(context.sql, defaultConfig.timings);
  const pools = Object.fromEntries(
    ["vision", "text"].map((pool) => [pool, { minReplicas: 0, maxReplicas: 32 }]),
  );
  const { presentations } = defaultConfig;
  const intake = { tempDir: "/nonexistent", limits: defaultPdfLimits, presentations, probesMax: 1 };
  const documents = createDocuments(context, startable.maxReplicas, background.stranded);
  const slos = createSlos(context, defaultConfig.slos);
  const services = {
    access: createAccess(context, []),
    intake: createIntake(context, intake),
    documents,
    plans: createDocumentPlans(context, documents.durations, {
      ...{ pools: Object.keys(pools), policy: "reference" },
    }),
    documentFacts: createDocumentFacts(context, documents),
    slos,
    rollout: createRollout(context, { ...defaultConfig.costs, providers: [] }, slos),
    costs: createCosts(context, defaultConfig.costs),
    deletions: createDeletions(context, createForgetter(context, { cache: null, everyMs: 60_000 })),
    reviews: createReviews(context, documents, valueProblem),
    portfolio: createPortfolio(context, documents),
    comparisons: createComparisons(context, documents),
    asks: createAsks(context, documents, { asker: null, modelMsMax: 60_000 }),
    batches: createBatches(context),
    failures: createFailures(context, documents),
    feed: createFeed(context, 1000),
    fleet: createFleet(context, { ...fleetFacts, pools }),
    fleetOutlook: createFleetOutlook(context, {}),
    fleetOrders: createFleetOrders(context, { pools, fixedProviders: [], joinEnv: () => ({}) }),
    tuner: createTuner(context, {
      base: {
        ...{ scaling: defaultConfig.scaling, topology: "split" },
        microUsdPerHour: {},
        quantumMs: 0,
      },
      configured: "reference",
      fixedProviders: [],
    }),
    health: createHealth(context, {
      ...{ installation, version: "0.0.0", holder: "bench", heartbeatMs: timings.heartbeatMs },
      providers: [],
      cache: null,
      stranded: background.stranded,
    }),
    metrics: background.metrics,
    containers: createContainers(context, turnstile, token, timings),
    catalogue: createPackCatalogue(context, defaultConfig.timings, startable),
    leases: createLeases(context, { packs, turnstile, cache: null }),
    visualCache: createVisualCache(context, {
      cache: null,
      limits: { bytesMax: 0, workspaceBytesMax: 0, ageMsMax: 0 },
    }),
    timings,
    sampleDeck: null,
  };
  return { services, background };
}
