import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestContext, type TestContext } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { createTestFleet, type TestFleet } from "../../test/support/memory-fleet.ts";
import { activateGraph, addContainer, claimOne, submit } from "../../test/support/queue.ts";
import { heartbeat } from "../db/containers.ts";
import { createFleetOrders, type FleetOrdersService } from "./fleet-orders.ts";

let db: TestDatabase;
let context: TestContext;
let fleet: TestFleet;
let orders: FleetOrdersService;

beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "one", [{ name: "a" }]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  context = await createTestContext(db);
  fleet = await createTestFleet(context);
  orders = createFleetOrders(context, {
    pools: { vision: { maxReplicas: 2 }, text: { maxReplicas: 3 } },
    fixedProviders: ["lab"],
    joinEnv: (pool, replica) => ({ SLOT: `${pool}-${replica}` }),
  });
});
afterEach(async () => {
  await db.sql`truncate replicas, decisions, fleet_orders`;
  await db.sql`delete from processing_servers`;
  await db.sql`delete from leases`;
  await db.sql`delete from ready`;
  await db.sql`update pipelines set finished_at = now(), state = 'cancelled' where finished_at is null`;
  await context.close();
});

const rules = () =>
  db.sql<{ rule: string }[]>`select rule from decisions order by id`.then((rows) =>
    rows.map(({ rule }) => rule),
  );

/** A replica that works. */
async function atWork(): Promise<void> {
  await submit(db.sql, "one");
  await fleet.settleDown();
  const container = await addContainer(db.sql, { replica: 1 });
  await heartbeat(db.sql, container, { phase: "ready", note: null, ttlMs: 3_600_000 });
  await claimOne(db.sql, container);
}

describe("an operator's order", () => {
  it("holds back every start of a paused pool, until it is resumed", async () => {
    expect((await orders.pause("vision", "new driver")).changed).toBe(true);
    expect((await orders.pause("vision", null)).changed).toBe(false);
    await submit(db.sql, "one");
    await fleet.settleDown();
    expect(fleet.provider.starts).toEqual([]);
    expect(await rules()).toContain("paused");
    expect((await orders.resume("vision", null)).changed).toBe(true);
    await fleet.settleDown();
    expect(fleet.provider.starts).toEqual(["pl-inst-vision-1"]);
  });

  it("keeps one more replica for its time, and no longer", async () => {
    await orders.start("text", 600_000, null);
    await orders.start("text", 600_000, null);
    await fleet.settleDown();
    expect(fleet.provider.starts).toEqual(["pl-inst-text-1", "pl-inst-text-2"]);
    // Asked for beyond the pool's maximum: refused at once, with its code.
    await orders.start("text", null, null);
    await expect(orders.start("text", null, null)).rejects.toMatchObject({ code: "POOL_FULL" });
    await orders.resume("text", null);
    context.advance(700_000);
    await fleet.settleDown();
    context.advance(700_000);
    await fleet.settleDown();
    expect(fleet.provider.live.size).toBe(0);
  });

  it("drains a replica that works, and stops it at once only when told to", async () => {
    await atWork();
    const drained = await orders.drain("vision-1", null);
    expect(drained.sentence).toMatch(/finishes those it holds/);
    await fleet.settleDown();
    expect(fleet.provider.stops).toEqual([]);
    expect(await rules()).toContain("operator");
    await orders.stop("vision-1", null);
    await fleet.settleDown();
    expect(fleet.provider.stops).toEqual(["pl-inst-vision-1"]);
  });

  it("is refused for what is not there", async () => {
    await expect(orders.drain("vision-1", null)).rejects.toMatchObject({
      code: "REPLICA_NOT_FOUND",
    });
    await expect(orders.pause("audio", null)).rejects.toMatchObject({ code: "POOL_NOT_FOUND" });
    expect(await orders.join("vision")).toEqual({
      replica: "vision-100",
      env: { SLOT: "vision-100" },
    });
  });
});
