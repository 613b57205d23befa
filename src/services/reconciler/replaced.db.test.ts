import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestContext, type TestContext } from "../../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { registerContainer } from "../../db/containers.ts";
import { endReplica, type ReplicaRow, readReplicas, requestReplica } from "../../db/replicas.ts";
import type { ReplicaSighting } from "../../providers/provider.ts";
import { adopt, recordEnd } from "./records.ts";

let db: TestDatabase;
let context: TestContext;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  context = await createTestContext(db);
});
afterEach(async () => {
  await db.sql`update processing_servers set ended_at = now() where ended_at is null`;
  await db.sql`truncate replicas`;
  await context.close();
});

const slot = { pool: "vision", replica: 1 };
const machine = { gpu: "L40S", gpus: 1, region: null, spot: true };

async function ask(): Promise<ReplicaRow> {
  const price = { microUsdPerHour: 1, quantumMs: 0 };
  await requestReplica(db.sql, { ...slot, ...machine, ...price, provider: "far", reason: "test" });
  return open();
}

async function open(): Promise<ReplicaRow> {
  const [row] = await readReplicas(db.sql);
  if (row === undefined) throw new Error("no run is open");
  return row;
}

let boots = 0;
/** What a container of this run's start parameters is answered. */
async function register(run: number): Promise<boolean> {
  boots += 1;
  const id = `vision-1.${boots}`;
  return registerContainer(db.sql, {
    ...{ ...slot, id, run, bootId: `boot-${boots}`, containerId: null, features: [], slots: 1 },
    tokenHash: createHash("sha256").update(id).digest(),
    capabilities: {},
    maxConcurrentPipelines: 1,
    coordinationUrl: null,
    visualCacheAccess: false,
    engine: { name: "extractive", model: null },
    gpu: null,
    pid: null,
    ttlMs: 60_000,
  });
}

/** What the provider shows of the machine in the place of the first one. */
const next = (startedAtMs: number): ReplicaSighting => ({
  name: "pl-inst-vision-1",
  installation: "inst",
  ...slot,
  state: "running",
  phase: null,
  trouble: null,
  providerRef: "second",
  startedAtMs,
  machine,
  exit: null,
});

async function replace(row: ReplicaRow, startedAtMs: number): Promise<void> {
  const run = { name: "pl-inst-vision-1", providerRef: "first", isDraining: false, row };
  const sighting = next(startedAtMs);
  await recordEnd(context, { run, how: "replaced", sighting });
  await adopt(context, { name: "far", billingQuantumMs: 0 }, sighting, 1);
}

it("lets a container in that its provider started with the parameters of the run before", async () => {
  const first = await ask();
  expect(await register(first.id)).toBe(true);
  await replace(first, Date.now() + 1_000);
  expect((await open()).container).toBeNull();
  expect(await register(first.id)).toBe(true);
  expect(await open()).toMatchObject({
    reason: "found running: adopted",
    container: `vision-1.${boots}`,
  });
});

it("keeps a container that registered before anybody saw that it replaces another", async () => {
  const first = await ask();
  await register(first.id);
  const startedAtMs = Date.now() - 5;
  await db.sql`update processing_servers set created_at = created_at - interval '1 minute'`;
  await register(first.id);
  await replace(first, startedAtMs);
  expect((await open()).container).toBe(`vision-1.${boots}`);
});

it("bills one machine until the next one begins, and that one from then on", async () => {
  const first = await ask();
  const nowMs = Date.now();
  await db.sql`update replicas set billed_from = to_timestamp(${nowMs / 1000 - 60}::float8)`;
  await replace(first, nowMs - 20_000);
  const rows = await db.sql`
    select round(extract(epoch from billed_from) * 1000)::float8 as from, round(extract(epoch from billed_until) * 1000)::float8 as until
    from replicas order by id`;
  expect([...rows]).toEqual([
    { from: nowMs - 60_000, until: nowMs - 20_000 },
    { from: nowMs - 20_000, until: null },
  ]);
  expect((await open()).providerRef).toBe("second");
});

it("lets no container in whose successor was asked for", async () => {
  const first = await ask();
  await endReplica(db.sql, slot.pool, slot.replica, null);
  expect(await register(first.id)).toBe(false);
  const second = await ask();
  expect(await register(first.id)).toBe(false);
  await replace(second, Date.now() + 1_000);
  expect(await register(first.id)).toBe(false);
  expect(await register(second.id)).toBe(true);
});
