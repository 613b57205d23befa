import { connect } from "../../../src/db/connect.ts";
import { listenForWork } from "../../../src/db/events.ts";
import { addPipelines } from "../../../src/db/submissions.ts";
import { createApp } from "../../../src/http/app.ts";
import { defaultPdfLimits } from "../../../src/pdf/index.ts";
import { createAccess } from "../../../src/services/access.ts";
import { createContainers } from "../../../src/services/containers.ts";
import { announce } from "../../../src/services/context.ts";
import { createDocuments } from "../../../src/services/documents.ts";
import { createFeed } from "../../../src/services/feed.ts";
import { createFleet } from "../../../src/services/fleet.ts";
import { createHealth } from "../../../src/services/health.ts";
import { createIntake } from "../../../src/services/intake.ts";
import { createLeases } from "../../../src/services/leases.ts";
import { createPackService } from "../../../src/services/packs.ts";
import { createRescuer } from "../../../src/services/rescuer.ts";
import { createEpoch } from "../../../src/services/turnstile/epoch.ts";
import { createTurnstile } from "../../../src/services/turnstile/turnstile.ts";
import { prepareQueue, submission } from "../fixture.ts";
import { controlPlaneTask, type Heard, submitOrder } from "./messages.ts";

/** The product's control plane, without a provider: its containers come by themselves. */

const installation = "bench";
const token = "the registration token of the benchmark";
const backoffMaxMs = 60_000;
/** As in the product, except that a machine that is short of time loses no container. */
const timings = { heartbeatMs: 2000, ttlMs: 60_000, pollMs: 20_000 };

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
  const { services, rescuer } = await createServices(context);
  const limits = defaultPdfLimits;
  const app = await createApp({
    ...{ services, log: context.log, version: "0.0.0", webRoot: null, loopbackOnly: true },
    bytesMax: limits.bytesMax,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const listening = await listenForWork(sql, () => announce(context));
  await services.feed.start();
  await rescuer.start();
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
    await rescuer.stop();
    await services.feed.stop();
    await listening.unlisten();
    await app.close();
    await sql.end();
  });
  say({ state: "listening", url, token });
}

async function createServices(context: Awaited<ReturnType<typeof prepareQueue>>) {
  const epoch = createEpoch(context);
  await epoch.draw();
  const turnstile = createTurnstile(context, epoch, { backoffMaxMs });
  const packs = createPackService(context.sql, { taskMsMax: 600_000, stallMsMax: 300_000 });
  const pools = Object.fromEntries(
    ["vision", "text"].map((pool) => [pool, { minReplicas: 0, maxReplicas: 32 }]),
  );
  const intake = { tempDir: "/nonexistent", limits: defaultPdfLimits, probesMax: 1 };
  const services = {
    access: createAccess(context, []),
    intake: createIntake(context, intake),
    documents: createDocuments(context, { vision: 32, text: 32 }),
    feed: createFeed(context, 1000),
    fleet: createFleet(context, { installation, policy: "none", pools }),
    health: createHealth(context, { installation, version: "0.0.0" }),
    containers: createContainers(context, turnstile, token, timings),
    leases: createLeases(context, packs, turnstile),
    timings,
    sampleDeck: null,
  };
  return { services, rescuer: createRescuer(context, { everyMs: 1000, backoffMaxMs }) };
}
