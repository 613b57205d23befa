import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type ControlPlane,
  createControlPlane,
  doneOutcome,
  registerWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { factsOf, submit } from "../../test/support/queue.ts";
import { createKnownContainers, type KnownContainers, rememberMs } from "./known-containers.ts";

let db: TestDatabase;
let plane: ControlPlane;
let known: KnownContainers;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});
beforeEach(() => {
  known = createKnownContainers(plane.context);
});

const end = (id: string) =>
  db.sql`update processing_servers set ended_at = now(), status = 'stopped' where id = ${id}`;

describe("whose token it is", () => {
  it("is remembered for a moment, and read again after it", async () => {
    const { id, token } = await registerWorker(plane.app);
    expect((await known.find(token))?.id).toBe(id);
    await end(id);
    plane.context.advance(rememberMs - 500);
    expect((await known.find(token))?.id).toBe(id);
    plane.context.advance(500);
    expect(await known.find(token)).toBeUndefined();
  });

  it("is asked once by requests that come together", async () => {
    const { token } = await registerWorker(plane.app);
    const [one, other] = [known.find(token), known.find(token)];
    expect(one).toBe(other);
    await one;
  });

  it("is read again once it is said that something changed", async () => {
    const { id, token } = await registerWorker(plane.app);
    await known.find(token);
    await end(id);
    known.forgetAll();
    expect(await known.find(token)).toBeUndefined();
  });

  it("is not remembered when nobody is known by it", async () => {
    const { token, id } = await registerWorker(plane.app);
    const [row] = await db.sql`select token_hash from processing_servers where id = ${id}`;
    await db.sql`update processing_servers set token_hash = '\\x00' where id = ${id}`;
    expect(await known.find(token)).toBeUndefined();
    await db.sql`update processing_servers set token_hash = ${row!.token_hash} where id = ${id}`;
    expect((await known.find(token))?.id).toBe(id);
  });
});

describe("a container that has ended and is still remembered", () => {
  it("gets no work, and hears of its end by its heartbeat", async () => {
    const worker = await registerWorker(plane.app);
    expect((await worker.lease(1)).leases).toEqual([]);
    const { id } = await submit(db.sql, "pitch-deck");
    plane.context.work.wakeAll();
    await end(worker.id);
    expect((await worker.lease(1)).leases).toEqual([]);
    expect((await factsOf(db.sql, id)).tasks.visual_analysis).toBe("ready");
    expect((await worker.beat()).body.code).toBe("CONTAINER_UNKNOWN");
    await expect(worker.lease(1)).rejects.toThrow("CONTAINER_UNKNOWN");
  });

  it("settles what is still its own, and nothing once that was taken back", async () => {
    const worker = await registerWorker(plane.app);
    const {
      leases: [kept, lost],
    } = await worker.lease(2);
    await end(worker.id);
    expect((await worker.settle(kept!, doneOutcome({ slides: [] }))).status).toBe(204);
    await plane.rescuer.tick();
    const late = await worker.settle(lost!, doneOutcome({ slides: [] }));
    expect(late.body.code).toBe("LEASE_LOST");
  });

  it("is refused when another one has registered as its replica", async () => {
    const worker = await registerWorker(plane.app, { replica: 4711 });
    await worker.lease(1);
    await registerWorker(plane.app, { replica: 4711 });
    await expect(worker.lease(1)).rejects.toThrow("CONTAINER_UNKNOWN");
  });
});
