import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  deadOf,
  delayOf,
  doneOf,
  factsOf,
  failure,
  hashOf,
  releaseOf,
  settleTask,
  snapshotOf,
  submit,
  submitSource,
} from "../../test/support/queue.ts";
import {
  type PipelineState,
  pipelineMoves,
  type TaskState,
  taskMoves,
} from "../core/pipeline/life-cycle.ts";
import { applyMoves, type LeaseKey, type Move, promoteDelayed } from "./moves.ts";

let db: TestDatabase;
let container = "";
beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "two", [{ name: "a" }, { name: "b", after: "a" }]);
  await activateGraph(db.sql, "beside", [{ name: "a" }, { name: "b" }]);
  container = await addContainer(db.sql);
});
afterAll(() => db.drop());

interface Situation {
  readonly pipeline: number;
  /** The task that is looked at. */
  readonly task: "a" | "b";
  /** A lease of this pipeline: the live one, or one that is gone. */
  readonly lease: LeaseKey;
}

const gone: LeaseKey = { epoch: 1, id: 1 };

/** Claims everything; answers the lease of a task. Others of earlier situations are given back. */
async function leaseOf(pipeline: number, task: string): Promise<LeaseKey> {
  const leases = await claim(db.sql, container);
  const own = leases.find((lease) => lease.pipelineId === pipeline && lease.task === task);
  const rest = leases.filter((lease) => lease !== own);
  await applyMoves(db.sql, rest.map(releaseOf));
  if (!own) throw new Error(`${task} was not ready`);
  return own;
}
const settle = (pipeline: number, task: string, move: (lease: LeaseKey) => Move) =>
  settleTask(db.sql, container, pipeline, task, move as never);
const cancel = (pipeline: number): Move => ({ kind: "cancel", pipeline, by: "test" });
const unfetchable = (pipeline: number): Move => ({ kind: "unfetchable", pipeline, failure });
const gappy = (lease: LeaseKey) => doneOf(lease, [3]);
const quarantineOf = ({ epoch, id }: LeaseKey): Move => ({
  kind: "quarantine",
  epoch,
  id,
  failure,
  lost: true,
});
const sourceUri = "file:///decks/deck.pdf";

/** Every way a task or pipeline can stand, each made through the same doors as in life. */
const situations: Record<string, () => Promise<Situation>> = {
  "blocked behind a leased task": async () => {
    const { id } = await submit(db.sql, "two");
    return { pipeline: id, task: "b", lease: await leaseOf(id, "a") };
  },
  ready: async () => ({ pipeline: (await submit(db.sql, "two")).id, task: "a", lease: gone }),
  leased: async () => {
    const { id } = await submit(db.sql, "two");
    return { pipeline: id, task: "a", lease: await leaseOf(id, "a") };
  },
  "leased last": async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", doneOf);
    return { pipeline: id, task: "b", lease: await leaseOf(id, "b") };
  },
  delayed: async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", delayOf);
    return { pipeline: id, task: "a", lease: gone };
  },
  "done, and the next is ready": async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", doneOf);
    return { pipeline: id, task: "a", lease: gone };
  },
  "done without gaps": async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", doneOf);
    await settle(id, "b", doneOf);
    return { pipeline: id, task: "a", lease: gone };
  },
  "done with a gap": async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", gappy);
    await settle(id, "b", doneOf);
    return { pipeline: id, task: "a", lease: gone };
  },
  "done behind a gap": async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", gappy);
    await settle(id, "b", doneOf);
    return { pipeline: id, task: "b", lease: gone };
  },
  dead: async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", deadOf);
    return { pipeline: id, task: "a", lease: gone };
  },
  "dead behind a gap": async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", gappy);
    await settle(id, "b", deadOf);
    return { pipeline: id, task: "b", lease: gone };
  },
  skipped: async () => {
    const { id } = await submit(db.sql, "two");
    await settle(id, "a", deadOf);
    return { pipeline: id, task: "b", lease: gone };
  },
  "cancelled when ready": async () => {
    const { id } = await submit(db.sql, "two");
    await applyMoves(db.sql, [cancel(id)]);
    return { pipeline: id, task: "a", lease: gone };
  },
  "cancelled when leased": async () => {
    const { id } = await submit(db.sql, "two");
    const lease = await leaseOf(id, "a");
    await applyMoves(db.sql, [cancel(id)]);
    return { pipeline: id, task: "a", lease };
  },
  "cancelled when blocked": async () => {
    const { id } = await submit(db.sql, "two");
    await applyMoves(db.sql, [cancel(id)]);
    return { pipeline: id, task: "b", lease: gone };
  },
  "blocked while the file is fetched": async () => {
    const { id } = await submitSource(db.sql, "two", sourceUri);
    return { pipeline: id, task: "a", lease: gone };
  },
  "cancelled while the file was fetched": async () => {
    const { id } = await submitSource(db.sql, "two", sourceUri);
    await applyMoves(db.sql, [cancel(id)]);
    return { pipeline: id, task: "a", lease: gone };
  },
  "ready beside a leased task": async () => {
    const { id } = await submit(db.sql, "beside");
    return { pipeline: id, task: "b", lease: await leaseOf(id, "a") };
  },
  "leased beside a leased task": async () => {
    const { id } = await submit(db.sql, "beside");
    const leases = await claim(db.sql, container);
    const own = leases.find((lease) => lease.pipelineId === id && lease.task === "a");
    return { pipeline: id, task: "b", lease: own ?? gone };
  },
  "delayed beside a leased task": async () => {
    const { id } = await submit(db.sql, "beside");
    await settle(id, "b", delayOf);
    return { pipeline: id, task: "b", lease: await leaseOf(id, "a") };
  },
  "done beside a leased task": async () => {
    const { id } = await submit(db.sql, "beside");
    await settle(id, "b", doneOf);
    return { pipeline: id, task: "b", lease: await leaseOf(id, "a") };
  },
  "dead beside a leased task": async () => {
    const { id } = await submit(db.sql, "beside");
    await settle(id, "b", deadOf);
    return { pipeline: id, task: "b", lease: await leaseOf(id, "a") };
  },
  "skipped by a quarantine": async () => {
    const { id } = await submit(db.sql, "beside");
    await applyMoves(db.sql, [quarantineOf(await leaseOf(id, "a"))]);
    return { pipeline: id, task: "b", lease: gone };
  },
  "never fetched": async () => {
    const { id } = await submitSource(db.sql, "two", sourceUri);
    await applyMoves(db.sql, [unfetchable(id)]);
    return { pipeline: id, task: "a", lease: gone };
  },
};

const reopen = (kind: "retry" | "rerun", pipeline: number, fromMask: string): Move => ({
  kind,
  pipeline,
  by: "test",
  fromMask,
});
const sha256 = hashOf("fetched");
const moveDoors: Record<string, (at: Situation) => Move> = {
  done: (at) => doneOf(at.lease),
  "done with gaps": (at) => gappy(at.lease),
  delay: (at) => delayOf(at.lease),
  dead: (at) => deadOf(at.lease),
  quarantine: (at) => quarantineOf(at.lease),
  release: (at) => releaseOf(at.lease),
  cancel: (at) => cancel(at.pipeline),
  retry: ({ pipeline }) => ({ kind: "retry", pipeline, by: "test" }),
  "retry of the first": ({ pipeline }) => reopen("retry", pipeline, "1"),
  "retry of the second": ({ pipeline }) => reopen("retry", pipeline, "2"),
  rerun: ({ pipeline }) => ({ kind: "rerun", pipeline, by: "test" }),
  "rerun of the first": ({ pipeline }) => reopen("rerun", pipeline, "1"),
  "rerun of the second": ({ pipeline }) => reopen("rerun", pipeline, "2"),
  fetched: (at) => ({ kind: "fetched", pipeline: at.pipeline, sha256, bytes: 1, pages: 1 }),
  unfetchable: (at) => unfetchable(at.pipeline),
};
const otherDoors: Record<string, (at: Situation) => Promise<unknown>> = {
  claim: () => claim(db.sql, container),
  promote: () => promoteDelayed(db.sql),
};

/** What a situation is before and after a door, and whether the door said yes. */
async function pass(makeSituation: () => Promise<Situation>, door: string) {
  const at = await makeSituation();
  const before = await factsOf(db.sql, at.pipeline);
  const shot = await snapshotOf(db.sql, at.pipeline);
  const move = moveDoors[door];
  let accepted: boolean | null = null;
  if (move) [accepted = null] = await applyMoves(db.sql, [move(at)]);
  else await otherDoors[door]?.(at);
  const after = await factsOf(db.sql, at.pipeline);
  const changed = JSON.stringify(shot) !== JSON.stringify(await snapshotOf(db.sql, at.pipeline));
  // Nothing of this situation may be claimed in the next one.
  await applyMoves(db.sql, [cancel(at.pipeline)]);
  return { at, before, after, accepted, changed };
}

/** Tasks that wait or run. */
const queuedOf = ({ tasks }: Awaited<ReturnType<typeof factsOf>>): string[] =>
  Object.keys(tasks).filter((task) => ["ready", "delayed", "leased"].includes(tasks[task] ?? ""));

const doors = [...Object.keys(moveDoors), ...Object.keys(otherDoors)];
const pairsOf = (moves: Record<string, readonly string[]>) =>
  Object.entries(moves)
    .flatMap(([from, all]) => all.map((to) => `${from} -> ${to}`))
    .sort();

describe("the life cycle in the database", () => {
  const taskPairs = new Set<string>();
  const pipelinePairs = new Set<string>();

  it.each(Object.keys(situations))("makes only allowed moves from: %s", async (name) => {
    for (const door of doors) {
      const { at, before, after, accepted, changed } = await pass(situations[name]!, door);
      for (const task of ["a", "b"]) {
        const [from, to] = [before.tasks[task] as TaskState, after.tasks[task] as TaskState];
        if (from === to) continue;
        expect(taskMoves[from], `${door}: ${task} ${from} -> ${to}`).toContain(to);
        if (task === at.task) taskPairs.add(`${from} -> ${to}`);
      }
      const [from, to] = [before.state as PipelineState, after.state as PipelineState];
      if (from !== to) {
        expect(pipelineMoves[from], `${door}: pipeline ${from} -> ${to}`).toContain(to);
        pipelinePairs.add(`${from} -> ${to}`);
      }
      if (door.startsWith("re") && door !== "release" && accepted) {
        expect(["active", "fetching"]).toContain(to);
      }
      // A rerun is a new generation, and takes nothing out of anybody's hands.
      if (door.startsWith("rerun") && accepted) {
        expect(after.generation).toBe(before.generation + 1);
        expect(queuedOf(after)).toEqual(expect.arrayContaining(queuedOf(before)));
      }
      // A refused move changes nothing; an accepted one something.
      if (accepted !== null) expect(changed, `${door} said ${accepted}`).toBe(accepted);
    }
  });

  it("makes every allowed move of a task by some door", () => {
    expect([...taskPairs].sort()).toEqual(pairsOf(taskMoves));
  });

  it("makes every allowed move of a pipeline by some door", () => {
    expect([...pipelinePairs].sort()).toEqual(pairsOf(pipelineMoves));
  });

  it.each(Object.keys(situations))("loses no task on the way, from: %s", async (name) => {
    for (const door of doors) {
      const at = await situations[name]!();
      const move = moveDoors[door];
      if (move) await applyMoves(db.sql, [move(at)]);
      else await otherDoors[door]?.(at);
      await runToEnd(at.pipeline);
      const facts = await factsOf(db.sql, at.pipeline);
      expect(facts.state, door).not.toBe("active");
    }
  });
});

/** Works as a container would until nothing of the pipeline is left to do. */
async function runToEnd(pipeline: number): Promise<void> {
  const kept = await db.sql<LeaseKey[]>`select epoch, id from leases`;
  await applyMoves(
    db.sql,
    kept.map((lease) => doneOf(lease)),
  );
  for (let round = 0; round < 4; round += 1) {
    await promoteDelayed(db.sql);
    const leases = await claim(db.sql, container);
    await applyMoves(
      db.sql,
      leases.map((lease) => doneOf(lease)),
    );
    const facts = await factsOf(db.sql, pipeline);
    if (facts.state !== "active") return;
  }
}

describe("the tables themselves", () => {
  it.each([
    ["an ended pipeline without an end", "update pipelines set state = 'done'"],
    ["an active pipeline with an end", "update pipelines set finished_at = now()"],
    ["a task both done and dead", "update pipelines set done_mask = 1, dead_mask = 1"],
    ["a task the pack does not have", "update pipelines set done_mask = 4"],
    ["an unknown state", "update pipelines set state = 'lost'"],
    ["two places in the queue", "insert into ready select * from ready"],
    [
      "an ended replica without an end",
      "insert into replicas (pool, replica, provider, phase) values ('vision', 1, 'local', 'stopped')",
    ],
  ])("refuse %s", async (_title, statement) => {
    const { id } = await submit(db.sql, "two");
    const scoped = statement.startsWith("update") ? `${statement} where id = ${id}` : statement;
    await expect(db.sql.unsafe(scoped)).rejects.toMatchObject({
      code: expect.stringMatching(/^23/),
    });
    await applyMoves(db.sql, [cancel(id)]);
  });
});

describe("a pack of 63 tasks", () => {
  it("runs to its end, the last bit of the mask included", async () => {
    const tasks = Array.from({ length: 63 }, (_, n) => ({
      name: `t${n}`,
      after: n === 62 ? "t0" : null,
    }));
    await activateGraph(db.sql, "wide", tasks);
    const { id } = await submit(db.sql, "wide");
    const first = await claim(db.sql, container);
    expect(first).toHaveLength(62);
    await applyMoves(
      db.sql,
      first.map((lease) => doneOf(lease)),
    );
    const last = await claim(db.sql, container);
    expect(last.map((lease) => lease.task)).toEqual(["t62"]);
    await applyMoves(db.sql, last.map(deadOf));
    expect((await factsOf(db.sql, id)).state).toBe("done_with_gaps");
    const retry: Move = { kind: "retry", pipeline: id, by: "test", fromMask: String(2n ** 62n) };
    expect(await applyMoves(db.sql, [retry])).toEqual([true]);
    await settle(id, "t62", doneOf);
    expect((await factsOf(db.sql, id)).state).toBe("done");
  });
});
