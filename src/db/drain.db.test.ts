import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  deadOf,
  doneOf,
  epoch,
  factsOf,
  submit,
} from "../../test/support/queue.ts";
import { drainContainerById, heartbeat } from "./containers.ts";
import { applyMoves, type DoneMove, type LeaseKey } from "./moves.ts";
import { type GrantedLease, takeTurn } from "./turn.ts";

let db: TestDatabase;
const names = ["e", "c", "r", "s"];
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "fan", [
    { name: "e" },
    ...["c", "r", "s"].map((name) => ({ name, after: "e" })),
  ]);
  await activateGraph(db.sql, "one", [{ name: "a" }]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  const rows = await db.sql<{ id: number }[]>`select id from pipelines where finished_at is null`;
  const moves = rows.map(({ id }) => ({ kind: "cancel", pipeline: id, by: "test" }) as const);
  await applyMoves(db.sql, moves);
});

/** What a worker does: it settles, and asks in the same turn. */
async function turn(
  done: readonly LeaseKey[],
  ...asking: readonly (readonly [container: string, capacity: number])[]
): Promise<readonly GrantedLease[]> {
  const claims = asking.map(([container, capacity]) => ({ container, capacity, floor: 0 }));
  const moves = done.map((key) => doneOf(key) as DoneMove);
  const { accepted, leases } = await takeTurn(db.sql, { epoch, done: moves, claims });
  expect(accepted).toEqual(done.map(() => true));
  return leases;
}

const tasksOf = (leases: readonly GrantedLease[]) =>
  leases.map(({ container, pipelineId, idx }) => [container, pipelineId, names[idx]]);

const drainIt = (container: string) => drainContainerById(db.sql, container, "test");

/** A container that drains and holds the first task of a pipeline. */
async function atWork(slots = 1) {
  const container = await addContainer(db.sql, { slots });
  const { id } = await submit(db.sql, "fan");
  const leases = await turn([], [container, 1]);
  expect(tasksOf(leases)).toEqual([[container, id, "e"]]);
  await drainIt(container);
  return { container, id, leases };
}

describe("a container that drains, and settles its last task of a pipeline", () => {
  it("goes on with what is left of it, one task after the other, to its end", async () => {
    const { container, id, leases } = await atWork();
    let held = leases;
    for (const name of ["c", "r", "s"]) {
      held = await turn(held, [container, 1]);
      expect(tasksOf(held)).toEqual([[container, id, name]]);
    }
    expect(await turn(held, [container, 1])).toEqual([]);
    expect(await factsOf(db.sql, id)).toMatchObject({ state: "done" });
  });

  it("does so too when it drains by itself", async () => {
    const container = await addContainer(db.sql, { slots: 1 });
    const { id } = await submit(db.sql, "fan");
    const first = await turn([], [container, 1]);
    await heartbeat(db.sql, container, { phase: "draining", note: null, ttlMs: 60_000 });
    const second = await turn(first, [container, 1]);
    expect(tasksOf(await turn(second, [container, 1]))).toEqual([[container, id, "r"]]);
  });

  it("gets as much of it as it has room for, and no other pipeline", async () => {
    const { container, id, leases } = await atWork(8);
    await submit(db.sql, "one", { priority: 9 });
    await submit(db.sql, "fan", { priority: 9 });
    const held = await turn(leases, [container, 1]);
    expect(tasksOf(held)).toEqual([[container, id, "c"]]);
    const rest = await turn(held, [container, 8]);
    expect(tasksOf(rest)).toEqual([
      [container, id, "r"],
      [container, id, "s"],
    ]);
    expect(await turn(rest, [container, 8])).toEqual([]);
  });

  it("goes on with every pipeline it settles a task of, by rank", async () => {
    const container = await addContainer(db.sql, { slots: 2 });
    const late = await submit(db.sql, "fan");
    const early = await submit(db.sql, "fan", { priority: 9 });
    const first = await turn([], [container, 2]);
    await drainIt(container);
    const second = await turn(first, [container, 2]);
    expect(tasksOf(second).map(([, id, name]) => [id, name])).toEqual([
      [early.id, "c"],
      [early.id, "r"],
    ]);
    // All that is left of the urgent one comes first, though both are its own.
    const third = await turn(second, [container, 2]);
    expect(tasksOf(third).map(([, id, name]) => [id, name])).toEqual([[early.id, "s"]]);
    expect(await factsOf(db.sql, late.id)).toMatchObject({ tasks: { c: "ready" } });
  });

  it("goes on beside another that settles a task of the same pipeline in the same turn", async () => {
    const [one, two] = [
      await addContainer(db.sql, { slots: 1 }),
      await addContainer(db.sql, { slots: 1 }),
    ];
    await activateGraph(db.sql, "pairs", [
      ...["c", "r"].map((name) => ({ name })),
      ...["v", "w"].map((name) => ({ name })),
    ]);
    const { id } = await submit(db.sql, "pairs");
    const held = [...(await turn([], [one, 1])), ...(await turn([], [two, 1]))];
    await drainIt(one);
    await drainIt(two);
    const next = await turn(held, [one, 1], [two, 1]);
    expect(next.map(({ container, pipelineId, idx }) => [container, pipelineId, idx])).toEqual([
      [one, id, 2],
      [two, id, 3],
    ]);
  });

  it("finds taken what another with room has asked for before", async () => {
    const { container, id, leases } = await atWork();
    const held = await turn(leases, [container, 1]);
    const other = await addContainer(db.sql, { slots: 1 });
    expect(tasksOf(await turn([], [other, 1]))).toEqual([[other, id, "r"]]);
    const last = await turn(held, [container, 1]);
    expect(tasksOf(last)).toEqual([[container, id, "s"]]);
    expect(await turn(last, [container, 1])).toEqual([]);
  });

  it("comes before another that asks in the same turn, and leaves him what it has no room for", async () => {
    const { container, id, leases } = await atWork();
    const held = await turn(leases, [container, 1]);
    const other = await addContainer(db.sql, { slots: 1 });
    expect(tasksOf(await turn(held, [other, 1], [container, 1]))).toEqual([
      [container, id, "r"],
      [other, id, "s"],
    ]);
  });

  it("holds it no more when it asks later", async () => {
    const { container, leases } = await atWork();
    const held = await turn(leases, [container, 1]);
    await turn(held);
    expect(await turn([], [container, 1])).toEqual([]);
  });

  it("holds it no more when that task did not go well", async () => {
    const { container, leases } = await atWork();
    const [key] = await turn(leases, [container, 1]);
    expect(await applyMoves(db.sql, [deadOf(key as LeaseKey)])).toEqual([true]);
    expect(await turn([], [container, 1])).toEqual([]);
  });
});

describe("one that does not drain", () => {
  it("takes its place in the queue when it has nothing left of a pipeline", async () => {
    const container = await addContainer(db.sql, { slots: 1 });
    const { id } = await submit(db.sql, "fan");
    const first = await turn([], [container, 1]);
    const urgent = await submit(db.sql, "one", { priority: 9 });
    const second = await turn(first, [container, 1]);
    expect(tasksOf(second)).toEqual([[container, id, "c"]]);
    const third = await turn(second, [container, 1]);
    expect(third.map(({ pipelineId }) => pipelineId)).toEqual([urgent.id]);
  });

  it("is handed out to in the same order, whoever drains beside it", async () => {
    const { container, id, leases } = await atWork();
    const others = [
      await addContainer(db.sql, { slots: 1 }),
      await addContainer(db.sql, { slots: 1 }),
    ] as const;
    const held = await turn(leases, [container, 1]);
    const low = await submit(db.sql, "one", { priority: 1 });
    const high = await submit(db.sql, "one", { priority: 9 });
    const got = await turn(held, [container, 1], [others[0], 1], [others[1], 1]);
    expect(tasksOf(got).map(([who, pipeline]) => [who, pipeline])).toEqual([
      [container, id],
      [others[0], high.id],
      [others[1], id],
    ]);
    expect(await factsOf(db.sql, low.id)).toMatchObject({ tasks: { a: "ready" } });
  });
});
