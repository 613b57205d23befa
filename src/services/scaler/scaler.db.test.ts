import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestContext, type TestContext } from "../../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { createTestFleet, type TestFleet } from "../../../test/support/memory-fleet.ts";
import {
  activateGraph,
  addContainer,
  claimOne,
  doneOf,
  epoch,
  submit,
} from "../../../test/support/queue.ts";
import type { Json, Policy } from "../../core/autoscaler/decision.ts";
import type { Fact } from "../../core/autoscaler/facts.ts";
import { applyMoves } from "../../db/moves.ts";
import { endReplica } from "../../db/replicas.ts";
import { carryOut, Overtaken } from "./carry-out.ts";

let db: TestDatabase;
let context: TestContext;
let fleet: TestFleet;

beforeAll(async () => {
  db = await createTestDatabase();
  await activateGraph(db.sql, "deck", [
    { name: "visual_analysis" },
    { name: "extractions", after: "visual_analysis", pool: "text" },
    { name: "special", after: "extractions", pool: "text" },
  ]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  context = await createTestContext(db);
  fleet = await createTestFleet(context);
});
afterEach(async () => {
  const rows = await db.sql<{ id: number }[]>`select id from pipelines where finished_at is null`;
  await applyMoves(
    db.sql,
    rows.map(({ id }) => ({ kind: "cancel", pipeline: id, by: "test" })),
  );
  await db.sql`update processing_servers set ended_at = now(), status = 'stopped' where ended_at is null`;
  await db.sql`truncate replicas, decisions`;
  await db.sql`delete from events`;
  await context.close();
});

/** Fails every insert into a table until it is taken away again. */
async function blocked(table: string, during: () => Promise<void>): Promise<void> {
  await db.sql.unsafe(`
    create or replace function refuse_insert() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
    create trigger refuse_insert before insert or update on ${table} for each row execute function refuse_insert()`);
  try {
    await during();
  } finally {
    await db.sql.unsafe(`drop trigger refuse_insert on ${table}`);
  }
}

const starts = () => db.sql<{ id: number; tick: number; version: string }[]>`
  select id, tick, version from decisions where action = 'start' order by id`;
const places = async (): Promise<number> =>
  (await db.sql`select 1 from decisions where action = 'place'`).length;
const runs = () =>
  db.sql<{ decision: number }[]>`select decision_id as decision from replicas order by id`;
const ticks = async (): Promise<number> => {
  const [row] = await db.sql<{ tick: number }[]>`select tick from scaler_state`;
  return row?.tick ?? 0;
};

describe("a tick of the scaler", () => {
  it("writes a start, where it goes, its run and the memory of it together", async () => {
    await submit(db.sql, "deck");
    await fleet.scale();
    const [start] = await starts();
    expect(start).toMatchObject({ tick: 1, version: "test" });
    expect(await runs()).toEqual([{ decision: start?.id }]);
    expect(await places()).toBe(1);
    const [row] = await db.sql`
      select state #>> '{pools,vision,commands,0,replica}' as replica, term::int from scaler_state`;
    expect(row).toEqual({ replica: "vision-1", term: await termNow() });
  });

  it.each(["decisions", "replicas", "scaler_state"])(
    "writes nothing where %s cannot be written, and decides the same again",
    async (table) => {
      await submit(db.sql, "deck");
      await blocked(table, () => fleet.scale());
      expect([await starts(), await runs(), await places(), await ticks()]).toEqual([[], [], 0, 0]);
      await fleet.scale();
      await fleet.scale();
      expect(await starts()).toHaveLength(1);
      expect(await runs()).toHaveLength(1);
    },
  );

  it("writes nothing once another one leads, who decides instead", async () => {
    await submit(db.sql, "deck");
    const next = await createTestFleet(context, { goesOn: true });
    await fleet.scale();
    expect([await starts(), await runs(), await ticks()]).toEqual([[], [], 0]);
    await next.scale();
    expect(await starts()).toHaveLength(1);
    expect(await runs()).toHaveLength(1);
  });

  it("writes nothing when nothing is new", async () => {
    await submit(db.sql, "deck");
    await fleet.settleDown();
    const before = await ticks();
    await fleet.scale();
    await fleet.scale();
    expect(await ticks()).toBe(before);
  });

  it("goes on where another one was: what it asked for is not asked for again", async () => {
    await submit(db.sql, "deck");
    await fleet.scale();
    const before = await ticks();
    const next = await createTestFleet(context, { goesOn: true });
    await next.scale();
    await next.scale();
    expect(await starts()).toHaveLength(1);
    expect(await ticks()).toBeGreaterThan(before);
  });

  it("does not wait for what an earlier one asked for and what has ended since", async () => {
    await submit(db.sql, "deck");
    await fleet.scale();
    await endReplica(db.sql, "vision", 1, null);
    const next = await createTestFleet(context, { goesOn: true });
    await next.scale();
    expect(await starts()).toHaveLength(2);
    const [row] =
      await db.sql`select state #>> '{pools,vision,failures}' as failures from scaler_state`;
    expect(row).toEqual({ failures: "0" });
  });

  it("drops memories that nobody has used for a month", async () => {
    await db.sql`insert into scaler_state (policy, version, tick, term, state, updated_at) values ('old', 'x', 1, 1, '{}', now() - interval '31 days'), ('young', 'x', 1, 1, '{}', now() - interval '29 days')`;
    await fleet.scale();
    const rows = await db.sql`select policy from scaler_state where version = 'x'`;
    expect([...rows]).toEqual([{ policy: "young" }]);
  });
});

describe("carrying a stop out", () => {
  const stopOf = (rule: string) =>
    carryOut(
      context,
      {
        placements: [],
        steps: [
          {
            placed: null,
            decision: {
              ...{ pool: "vision", action: "stop", replica: "vision-1", rule, inputs: {} },
              ...{ sentence: "vision-1 stopped: test", alternative: "keep it" },
            },
          },
        ],
      },
      {
        ...{ policy: { name: "test", version: "x" }, tick: 1, state: "{}", told: null },
        term: termOfTest,
      },
    );
  let termOfTest = 0;
  let container = "";
  beforeEach(async () => {
    termOfTest = await termNow();
    await submit(db.sql, "deck");
    await fleet.scale();
    container = await addContainer(db.sql, { pool: "vision", replica: 1 });
    await db.sql`delete from scaler_state`;
  });
  const phase = async () => {
    const [row] = await db.sql`
      select r.phase, s.drain from replicas r join processing_servers s on s.id = r.container_id`;
    return row;
  };

  it("marks one that is idle", async () => {
    await stopOf("idle");
    expect(await phase()).toEqual({ phase: "draining", drain: true });
    expect(await ticks()).toBe(1);
  });

  it("writes nothing about one that was given work since it was looked at", async () => {
    await claimOne(db.sql, container);
    await expect(stopOf("idle")).rejects.toThrow(Overtaken);
    expect(await phase()).toEqual({ phase: "ready", drain: false });
    expect(await ticks()).toBe(0);
    expect(await db.sql`select 1 from decisions where action = 'stop'`).toHaveLength(0);
  });

  it("marks one at work where an operator wants it", async () => {
    await claimOne(db.sql, container);
    await stopOf("operator");
    expect(await phase()).toEqual({ phase: "draining", drain: true });
  });
});

/** Remembers all it was ever told, and wants nothing. */
const listener: Policy = {
  name: "listener",
  pools: {},
  attention: { documents: true, facts: true, slides: true, milestones: [] },
  initial: [],
  want: ({ facts }, state) => ({
    wants: {},
    state: [...(state as Json[]), ...(facts as unknown as Json[])],
  }),
};

const heard = async (): Promise<Fact[]> => {
  const [row] = await db.sql<{ facts: Fact[] }[]>`
    select state -> 'policy' as facts from scaler_state where policy = 'listener'`;
  return row?.facts ?? [];
};
const kinds = async (): Promise<string[]> => (await heard()).map(({ kind }) => kind);

/** Until it was told so many; a transaction of whoever else uses this server may hold facts back for a moment. */
const hears = (ear: TestFleet, facts: number): Promise<void> =>
  vi.waitFor(
    async () => {
      await ear.scale();
      expect(await heard()).toHaveLength(facts);
    },
    { timeout: 10_000 },
  );

describe("a policy that wants to know what happens", () => {
  it("is told each fact once, in order of time, whatever fails in between", async () => {
    let ear = await createTestFleet(context, { policy: listener });
    const { pipeline } = await submit(db.sql, "deck");
    await hears(ear, 1);
    expect(await heard()).toMatchObject([{ kind: "uploaded", pipeline, slides: 10 }]);

    const vision = await addContainer(db.sql, { pool: "vision" });
    const text = await addContainer(db.sql, { pool: "text" });
    const seen = await claimOne(db.sql, vision);
    await db.sql`select save_slide(${vision}, ${epoch}, ${seen.id}, 'deck@1/visual_analysis/x', 1, '{}', 2.5)`;
    await blocked("scaler_state", () => ear.scale());
    expect(await kinds()).toEqual(["uploaded"]);
    await applyMoves(db.sql, [doneOf(seen)]);
    await hears(ear, 4);
    expect((await heard()).slice(1)).toMatchObject([
      { kind: "slide-done", pipeline, tookMs: 2500 },
      { kind: "task-done", pipeline, pool: "vision", task: "visual_analysis" },
      { kind: "text-needed", pipeline },
    ]);

    ear = await createTestFleet(context, { policy: listener, goesOn: true });
    const first = await claimOne(db.sql, text);
    await applyMoves(db.sql, [doneOf(first)]);
    await hears(ear, 6);
    const second = await claimOne(db.sql, text);
    await applyMoves(db.sql, [doneOf(second)]);
    await hears(ear, 8);
    expect((await kinds()).slice(4)).toEqual([
      "text-started",
      "task-done",
      "task-done",
      "pipeline-ended",
    ]);
    const times = (await heard()).map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("is told the past again when nothing is stored, to the same end", async () => {
    const ear = await createTestFleet(context, { policy: listener });
    await submit(db.sql, "deck");
    const vision = await addContainer(db.sql, { pool: "vision" });
    await applyMoves(db.sql, [doneOf(await claimOne(db.sql, vision))]);
    await hears(ear, 3);
    const before = await heard();
    const anew = await createTestFleet(context, { policy: listener });
    await hears(anew, 3);
    expect(await heard()).toEqual(before);
  });

  it("is told of what happened while nobody led, however much it was", async () => {
    const ear = await createTestFleet(context, { policy: listener });
    await ear.scale();
    await db.sql`
      insert into events (type, pipeline_id, data) select 'moved', p.id, '[["document.accepted", null, {}]]'
      from generate_series(1, 2300) cross join (select id from pipelines limit 1) p`;
    const next = await createTestFleet(context, { policy: listener, goesOn: true });
    await hears(next, 2300);
  });
});

const termNow = async (): Promise<number> => {
  const [row] = await db.sql<{ term: number }[]>`select term::int from leader`;
  return row?.term ?? 0;
};
