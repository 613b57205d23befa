import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Lease, RegisterBody, Settlement } from "../../../src/contract/worker-protocol.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { type ControlClient, createControlClient } from "../../../src/worker/control-client.ts";
import { callServer, drained } from "../../../src/worker/control-http.ts";
import { doneOutcome, type Pool } from "../worker-pool.ts";
import { type Heard, type WorkerTask, workerTask } from "./messages.ts";

/** Containers in one process, each with the product's own client. Their tasks take no time. */

/** As the product starts them. */
const slotsOf = { vision: 2, text: 3 } as const;
const maxConcurrentPipelines = 3;
const tellEveryMs = 5;
const life = new AbortController();
// Each container listens to it for as long as it lives.
setMaxListeners(0, life.signal);
const log = createLog({ name: "bench", level: "silent", destination: 2 });

const say = (message: Heard): void => void process.send?.(message);

process.once("message", (message) => {
  run(workerTask.parse(message)).catch((error: unknown) => {
    if (!life.signal.aborted) say({ state: "failed", message: String(error) });
    life.abort();
    if (process.connected) process.disconnect?.();
  });
});
process.once("disconnect", () => life.abort());

async function run(task: WorkerTask): Promise<void> {
  const report = createReport(task.traces);
  const containers: Container[] = [];
  for (const pool of ["vision", "text"] as const) {
    for (let n = 0; n < task.containers; n += 1) {
      containers.push(await openContainer(task, pool, task.firstReplica + n));
    }
  }
  say({ state: "ready" });
  const ends = containers.flatMap((container) => [beat(container), work(container)]);
  await Promise.all(ends.map((end) => end.catch(report.failed)));

  async function work(container: Container): Promise<void> {
    const { client, body } = container;
    while (!life.signal.aborted) {
      const settle: Settlement[] = container.held.map((lease) => ({ lease, outcome }));
      // Whoever has something to settle hears at once how that went; it waits only with empty hands.
      const waitSeconds = settle.length > 0 ? 0 : (client.identity()?.pollSeconds ?? 1);
      const request = { capacity: body.limits.slots, waitSeconds, settle };
      const { settled, leases, unreadable } = await client.lease(request, life.signal);
      if (unreadable.length > 0 || settled.some(({ accepted }) => !accepted)) {
        throw new Error("A result was not accepted, or a lease could not be read.");
      }
      container.held = leases.map(({ id }) => id);
      report.add(settled.length, leases);
    }
  }
}

const outcome = { ...doneOutcome, gaps: [] as number[] };

interface Container {
  readonly client: ControlClient;
  readonly body: RegisterBody;
  /** Leases whose tasks have run and are to be settled. */
  held: string[];
}

async function openContainer(task: WorkerTask, pool: Pool, replica: number): Promise<Container> {
  const body: RegisterBody = {
    ...{ protocol: 1, bootId: randomUUID(), pool, replica, containerId: null, features: [] },
    limits: { slots: slotsOf[pool], maxConcurrentPipelines },
    ...{ coordinationUrl: null, engine: doneOutcome.engine, gpu: null, pid: process.pid },
  };
  const client = createControlClient({
    ...{ url: task.url, registrationToken: task.token, describe: () => body },
    ...{ random: systemRandom, log, onIdentity: () => {}, life: life.signal },
  });
  await client.register(life.signal);
  const container = { client, body, held: [] };
  await heartbeat(container);
  return container;
}

async function beat(container: Container): Promise<void> {
  const heartbeatMs = (container.client.identity()?.heartbeatSeconds ?? 1) * 1000;
  while (!life.signal.aborted) {
    await delay(heartbeatMs, undefined, { signal: life.signal });
    await heartbeat(container);
  }
}

async function heartbeat({ client, body, held }: Container): Promise<void> {
  const { bootId } = body;
  const who = client.identity();
  await callServer(
    {
      ...{ method: "POST", url: `${client.url}/api/containers/${who?.id}/heartbeat` },
      body: { bootId, phase: "ready", note: null, leases: held },
      ...{ token: who?.token ?? "", signal: life.signal, deadlineMs: 10_000, tries: 3 },
    },
    systemRandom,
    drained,
  );
}

/** Tells the benchmark at once when it is quiet, and in groups when it is not. */
function createReport(traces: boolean) {
  let count = 0;
  let ran: [string, string, number][] = [];
  let saidAtMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    saidAtMs = performance.now();
    say({ state: "accepted", count, ran });
    count = 0;
    ran = [];
  };
  return {
    add(accepted: number, leases: readonly Lease[]): void {
      const atMs = performance.timeOrigin + performance.now();
      if (traces) for (const { pipeline, task } of leases) ran.push([pipeline, task, atMs]);
      count += accepted;
      if (count + ran.length === 0 || timer !== undefined) return;
      const restMs = tellEveryMs - (performance.now() - saidAtMs);
      if (restMs <= 0) flush();
      else timer = setTimeout(flush, restMs);
    },
    failed(error: unknown): void {
      if (life.signal.aborted) return;
      say({ state: "failed", message: error instanceof Error ? error.message : String(error) });
      life.abort();
    },
  };
}
