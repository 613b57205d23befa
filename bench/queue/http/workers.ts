import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type {
  HeartbeatBody,
  Lease,
  LeasesAnswer,
  LeasesBody,
  RegisterAnswer,
  RegisterBody,
  Settlement,
} from "../../../src/contract/worker-protocol.ts";
import { doneOutcome, type Pool } from "../worker-pool.ts";
import { type Client, createClient } from "./client.ts";
import { type Heard, type WorkerTask, workerTask } from "./messages.ts";

/** Containers in one process that speak the worker protocol. Their tasks take no time. */

/** As the product starts them. */
const slotsOf = { vision: 2, text: 3 } as const;
const maxConcurrentPipelines = 3;
const tellEveryMs = 5;
const life = new AbortController();

const say = (message: Heard): void => void process.send?.(message);

process.once("message", (message) => {
  run(workerTask.parse(message)).catch(fail);
});
// With it the control plane goes too, and whoever waits for work is cut off.
process.once("disconnect", () => {
  life.abort();
  process.exit(0);
});

function fail(error: unknown): void {
  if (life.signal.aborted) return;
  life.abort();
  say({ state: "failed", message: error instanceof Error ? error.message : String(error) });
}

interface Container {
  readonly client: Client;
  readonly body: RegisterBody;
  readonly who: RegisterAnswer;
  /** Leases whose tasks have run and are to be settled. */
  held: string[];
}

async function run(task: WorkerTask): Promise<void> {
  const report = createReport(task.traces);
  const client = createClient(task.url);
  const containers: Container[] = [];
  for (const pool of ["vision", "text"] as const) {
    for (let n = 0; n < task.containers; n += 1) {
      containers.push(await openContainer(client, task, pool, task.firstReplica + n));
    }
  }
  say({ state: "ready" });
  for (const container of containers) {
    beat(container).catch(fail);
    work(container, report).catch(fail);
  }
}

async function openContainer(
  client: Client,
  task: WorkerTask,
  pool: Pool,
  replica: number,
): Promise<Container> {
  const body: RegisterBody = {
    ...{ protocol: 1, bootId: randomUUID(), pool, replica, containerId: null, features: [] },
    limits: { slots: slotsOf[pool], maxConcurrentPipelines },
    ...{ coordinationUrl: null, engine: doneOutcome.engine, gpu: null, pid: process.pid },
  };
  const who = await client.post<RegisterAnswer>("/api/containers", task.token, body);
  const container = { client, body, who, held: [] };
  await heartbeat(container);
  return container;
}

async function beat(container: Container): Promise<void> {
  for (;;) {
    await delay(container.who.heartbeatSeconds * 1000);
    await heartbeat(container);
  }
}

async function heartbeat({ client, body: { bootId }, who, held }: Container): Promise<void> {
  const body: HeartbeatBody = { bootId, phase: "ready", note: null, leases: held };
  await client.post(`/api/containers/${who.id}/heartbeat`, who.token, body);
}

async function work(container: Container, report: Report): Promise<void> {
  const { client, who } = container;
  const { bootId, limits } = container.body;
  for (;;) {
    const settle: Settlement[] = container.held.map((lease) => ({ lease, outcome }));
    // Whoever has something to settle hears at once how that went; it waits only with empty hands.
    const waitSeconds = settle.length > 0 ? 0 : who.pollSeconds;
    const body: LeasesBody = { bootId, capacity: limits.slots, waitSeconds, settle };
    const path = `/api/containers/${who.id}/leases`;
    const { settled, leases } = await client.post<LeasesAnswer>(path, who.token, body);
    if (settled.some(({ accepted }) => !accepted)) throw new Error("A result was not accepted.");
    container.held = leases.map(({ id }) => id);
    report.add(settled.length, leases);
  }
}

const outcome = { ...doneOutcome, gaps: [] as number[] };

interface Report {
  add(accepted: number, leases: readonly Lease[]): void;
}

/** Tells the benchmark at once when it is quiet, and in groups when it is not. */
function createReport(traces: boolean): Report {
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
    add(accepted, leases) {
      const atMs = performance.timeOrigin + performance.now();
      if (traces) for (const { pipeline, task } of leases) ran.push([pipeline, task, atMs]);
      count += accepted;
      if (count + ran.length === 0 || timer !== undefined) return;
      const restMs = tellEveryMs - (performance.now() - saidAtMs);
      if (restMs <= 0) flush();
      else timer = setTimeout(flush, restMs);
    },
  };
}
