import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "../../../src/db/connect.ts";
import { reportProgress, saveSlide } from "../../../src/db/leases.ts";
import { applyMoves, promoteDelayed } from "../../../src/db/moves.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  delayOf,
  doneOf,
  submit,
} from "../../support/queue.ts";
import { check } from "./check.ts";
import type { Evidence } from "./evidence.ts";

let db: TestDatabase;
let evidence: Evidence;
beforeAll(async () => {
  db = await createTestDatabase();
  evidence = await recordRun();
});
afterAll(() => db.drop());

const pools = { vision: { min: 0, max: 2 }, text: { min: 0, max: 1 } };

/** Two tasks in a row over a deck of two slides; the first container was killed after one of them. */
async function recordRun(): Promise<Evidence> {
  const { sql } = db;
  await activateGraph(sql, "two", [
    { name: "look", pool: "vision" },
    { name: "think", pool: "text", after: "look" },
  ]);
  const { pipeline } = await submit(sql, "two");
  await sql`update documents set pages = 2`;
  const atMs = Date.now();
  const first = await startReplica("vision", 1, 101);
  const lost = await claimOne(sql, first);
  await readSlide(lost, 1);
  await applyMoves(sql, [delayOf(lost, 0, true)]);
  await endReplica("vision", 1, "failed");
  await promoteDelayed(sql);
  const second = await startReplica("vision", 1, 102);
  const again = await claimOne(sql, second);
  await readSlide(again, 2);
  await applyMoves(sql, [doneOf(again)]);
  const text = await startReplica("text", 1, 103);
  await applyMoves(sql, [doneOf(await claimOne(sql, text))]);
  await endReplica("vision", 1, "stopped");
  await endReplica("text", 1, "stopped");
  return {
    acknowledged: [pipeline],
    pools,
    hits: [{ fault: "killed", pid: 101, atMs }],
    sightings: [{ atMs, pool: "vision", count: 1 }],
    shown: [shownAt(pipeline, 1, 50), shownAt(pipeline, 1, 100)],
    left: [],
    rented: {
      bill: [
        { ...slotAt("vision-1", atMs), ref: "a" },
        { ...slotAt("text-1", atMs), ref: "b" },
      ],
      blind: [],
    },
  };
}

const slotAt = (name: string, fromMs: number, toMs = fromMs + 1_000) => ({ name, fromMs, toMs });

/** The bill of the recorded run with one more row. */
const withBill = (row: ReturnType<typeof slotAt>): Partial<Evidence> => ({
  rented: { bill: [...(evidence.rented?.bill ?? []), { ...row, ref: "c" }], blind: [] },
});

const shownAt = (pipeline: string, generation: number, percent: number) => ({
  pipeline,
  generation,
  percent,
});

type Claimed = Awaited<ReturnType<typeof claimOne>>;

async function readSlide(lease: Claimed, slide: number): Promise<void> {
  const saved = { recipe: "look", slide, result: {}, seconds: slide };
  expect(await saveSlide(db.sql, lease.container, lease, saved)).toBe(true);
  const progress = { fraction: slide / 2, done: slide, total: 2 };
  expect(await reportProgress(db.sql, lease.container, lease, progress)).toBe(true);
}

async function startReplica(pool: string, replica: number, pid: number): Promise<string> {
  await db.sql`insert into replicas (pool, replica, provider, phase, micro_usd_per_hour, billed_from)
    values (${pool}, ${replica}, 'test', 'requested', 1000000, pl_now())`;
  const container = await addContainer(db.sql, { pool, replica });
  await db.sql`update processing_servers set pid = ${pid} where id = ${container}`;
  return container;
}

async function endReplica(pool: string, replica: number, phase: string): Promise<void> {
  await db.sql`update processing_servers set ended_at = pl_now() where server_type = ${pool} and replica = ${replica} and ended_at is null`;
  await db.sql`
    with t as materialized (select pl_now() as now)
    update replicas set phase = ${phase}, billed_until = t.now, ended_at = t.now
    from t where pool = ${pool} and replica = ${replica} and ended_at is null`;
}

class Undone extends Error {}

/** Broken invariants of the recorded run after a change, which is taken back. */
async function brokenAfter(
  change: (tx: Db) => Promise<unknown>,
  seen: Partial<Evidence> = {},
): Promise<string[]> {
  let broken: string[] = [];
  const judged = db.sql.begin(async (tx) => {
    await change(tx);
    const verdicts = await check(tx, { ...evidence, ...seen });
    broken = verdicts.filter((one) => one.broken.length > 0).map(({ invariant }) => invariant);
    throw new Undone();
  });
  await judged.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return broken;
}

const leased = (tx: Db, task: string, place: "first" | "last") => tx`
  insert into events (id, type, pipeline, task) overriding system value
  select ${place === "first" ? tx`min(id) - 1` : tx`max(id) + 1`}, 'task.leased', ${evidence.acknowledged[0] ?? ""}, ${task} from events`;

interface Break {
  readonly invariant: string;
  readonly how: string;
  readonly change?: (tx: Db) => Promise<unknown>;
  readonly seen?: () => Partial<Evidence>;
}

const breaks: readonly Break[] = [
  {
    invariant: "one live lease a task",
    how: "the loss of the first lease is not written down",
    change: (tx) => tx`delete from events where type = 'task.delayed'`,
  },
  {
    invariant: "one live lease a task",
    how: "a try is gone",
    change: (tx) => tx`delete from attempts`,
  },
  {
    invariant: "a lease ends once",
    how: "a result was taken under a lease that was lost",
    change: (tx) => tx`
      update results r set epoch = a.epoch, lease_id = a.lease_id from attempts a where a.pipeline_id = r.pipeline_id and a.idx = r.idx`,
  },
  {
    invariant: "every accepted pipeline ended done",
    how: "one ended with gaps",
    change: (tx) => tx`update pipelines set state = 'done_with_gaps'`,
  },
  {
    invariant: "every accepted pipeline ended done",
    how: "one is not there",
    seen: () => ({ acknowledged: [...evidence.acknowledged, "p_gone"] }),
  },
  {
    invariant: "no lease left, nothing waiting",
    how: "a task is ready",
    change: (tx) => tx`
      insert into ready (class_id, rank, pipeline_id, idx, generation, attempt) select 1, 1, id, 0, 1, 1 from pipelines`,
  },
  {
    invariant: "one result a task, none lost",
    how: "the event of a result is there twice",
    change: async (tx) => {
      await leased(tx, "look", "first");
      await tx`update events set type = 'task.done' where id = (select min(id) from events)`;
    },
  },
  {
    invariant: "each slide read once in a generation",
    how: "a slide was read by both containers",
    change: (tx) => tx`
      insert into events (type, pipeline, task, data)
      select type, pipeline, task, '{"slide": 1, "container": "another", "seconds": 7}' from events where type = 'slide.done' limit 1`,
  },
  {
    invariant: "each slide read once in a generation",
    how: "a slide is lost",
    change: (tx) =>
      tx`delete from events where id = (select max(id) from events where type = 'slide.done')`,
  },
  {
    invariant: "the progress of a try never falls",
    how: "half is said after all",
    change: (tx) => tx`
      insert into events (type, pipeline, task, data)
      select type, pipeline, task, '{"fraction": 0.5}' from events where type = 'task.progress' limit 1`,
  },
  {
    invariant: "shown progress never falls",
    how: "less was shown later",
    seen: () => ({ shown: [shownAt("p", 1, 60), shownAt("p", 1, 40), shownAt("p", 2, 0)] }),
  },
  {
    invariant: "one run a slot",
    how: "a slot is used twice",
    change: (tx) => tx`update replicas set requested_at = requested_at - interval '1 minute'
      where id = (select max(id) from replicas where pool = 'vision')`,
  },
  {
    invariant: "replicas within their bounds",
    how: "two text replicas ran",
    change: (tx) => tx`
      insert into replicas (pool, replica, provider, phase, requested_at, ended_at)
      select pool, 2, provider, phase, requested_at, ended_at from replicas where pool = 'text'`,
  },
  {
    invariant: "what runs is within its bounds",
    how: "the provider showed three",
    seen: () => ({ sightings: [{ atMs: 0, pool: "vision", count: 3 }] }),
  },
  {
    invariant: "no replica is left",
    how: "the provider still runs one",
    seen: () => ({ left: ["vision-2"] }),
  },
  {
    invariant: "no replica is left",
    how: "a container has not ended",
    change: (tx) => tx`update processing_servers set ended_at = null where pid = 103`,
  },
  {
    invariant: "a replica with work is stopped for a cause",
    how: "nobody hit the container that was lost",
    seen: () => ({ hits: [{ fault: "killed", pid: 102, atMs: 0 }] }),
  },
  {
    invariant: "nothing of ours runs unpaid-for",
    how: "a machine was charged for that no run stands for",
    seen: () => withBill(slotAt("text-2", Date.now(), Date.now() + 6_000)),
  },
  {
    invariant: "nothing of ours runs unpaid-for",
    how: "a machine runs on after its run has ended",
    seen: () => withBill(slotAt("vision-1", Date.now() + 2_000, Date.now() + 60_000)),
  },
  {
    invariant: "a slot is rented once at a time",
    how: "two machines stood for a slot",
    seen: () => withBill(slotAt("text-1", (evidence.hits[0]?.atMs ?? 0) + 500)),
  },
  {
    invariant: "every bill is closed",
    how: "a run has ended and is still charged for",
    change: (tx) => tx`update replicas set billed_until = null where pool = 'text'`,
  },
  {
    invariant: "every bill is closed",
    how: "a run that has a price was never charged for",
    change: (tx) =>
      tx`update replicas set billed_from = null, billed_until = null where pool = 'text'`,
  },
];

describe("the checker", () => {
  it("finds nothing in a run that kept its promises, and looks at each of them", async () => {
    const verdicts = await check(db.sql, evidence);
    expect(verdicts.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(verdicts.filter(({ looked }) => looked === 0)).toEqual([]);
    const invariants = new Set(breaks.map(({ invariant }) => invariant));
    const others = ["no task before what it needs", "nothing moves once a pipeline has ended"];
    expect(new Set(verdicts.map(({ invariant }) => invariant))).toEqual(
      new Set([...invariants, ...others]),
    );
  });

  it.each(breaks)("finds that $how", async ({ invariant, change, seen }) => {
    const broken = await brokenAfter(change ?? (async () => undefined), seen?.());
    expect(broken).toEqual([invariant]);
  });

  it("finds a lease that came before what it needs, and one after the end", async () => {
    // Each is one event too many as well.
    const early = await brokenAfter((tx) => leased(tx, "think", "first"));
    expect(early).toEqual(["one live lease a task", "no task before what it needs"]);
    const late = await brokenAfter((tx) => leased(tx, "look", "last"));
    expect(late).toEqual(["one live lease a task", "nothing moves once a pipeline has ended"]);
  });

  it("takes a slide that was sent twice for one", async () => {
    const broken = await brokenAfter(
      (tx) => tx`
        insert into events (type, pipeline, task, data)
        select type, pipeline, task, data from events where type = 'slide.done' limit 1`,
    );
    expect(broken).toEqual([]);
  });

  it("takes a slide for read that another pipeline of the same bytes has read", async () => {
    const broken = await brokenAfter(async (tx) => {
      const [{ sha256 }] = await tx<[{ sha256: string }]>`select sha256 from documents`;
      const { pipeline } = await submit(tx, "two", { sha256 });
      await tx`update documents set pages = 2`;
      await tx`delete from ready`;
      await tx`update pipelines set state = 'done', finished_at = now() where public_id = ${pipeline}`;
    });
    expect(broken).toEqual([]);
  });

  it("lets an operator stop a replica with work", async () => {
    const broken = await brokenAfter(
      async (tx) => {
        await tx`insert into fleet_orders (kind, pool, replica, at) values ('stop', 'vision', 1, '2020-01-01Z')`;
        await tx`update replicas set container_id = (select id from processing_servers where pid = 101) where phase = 'failed'`;
      },
      { hits: [] },
    );
    expect(broken).toEqual([]);
  });

  it("lets a machine run unseen while its provider answers nobody", async () => {
    const nowMs = Date.now();
    const stray = withBill(slotAt("text-2", nowMs, nowMs + 40_000));
    const blind = [{ fromMs: nowMs - 1_000, toMs: nowMs + 20_000 }];
    const rented = { bill: stray.rented?.bill ?? [], blind };
    expect(await brokenAfter(async () => undefined, { rented })).toEqual([]);
  });

  it("knows nothing of services and decisions", async () => {
    for (const file of [
      "check.ts",
      "check-fleet.ts",
      "check-rented.ts",
      "check-main.ts",
      "recorded.ts",
    ]) {
      const text = await readFile(new URL(file, import.meta.url), "utf8");
      expect(text.match(/from "[^"]*src\/(?!db\/connect)[^"]*"/g)).toBeNull();
    }
  });
});
